package io.kinesisspring.producer;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Accepts records from any thread. A record waits for room in the buffer, then for the
 * engine's loop. Thread-safe.
 */
final class RecordInbox {

	private static final Log logger = LogFactory.getLog(RecordInbox.class);

	private final Queue<OutgoingRecord> inbox = new ConcurrentLinkedQueue<>();

	private final Duration maxBlock;

	private final BufferMemory memory;

	private final FutureCompletion futureCompletion;

	private final SendObserver observer;

	private final TurnScheduler turnScheduler;

	private final Runnable onFull;

	private volatile boolean open = true;

	private volatile boolean closedForGood;

	/**
	 * Create an open inbox.
	 * @param options the max-block
	 * @param memory the buffer
	 * @param futureCompletion counts records without an outcome
	 * @param observer notified of rejected records
	 * @param turnScheduler has the engine's clock, and knows the loop's thread
	 * @param onFull makes the engine send without lingering
	 */
	RecordInbox(ProducerOptions options, BufferMemory memory, FutureCompletion futureCompletion, SendObserver observer,
			TurnScheduler turnScheduler, Runnable onFull) {
		this.maxBlock = options.maxBlock();
		this.memory = memory;
		this.futureCompletion = futureCompletion;
		this.observer = observer;
		this.turnScheduler = turnScheduler;
		this.onFull = onFull;
	}

	/**
	 * Accept a record, or fail its future.
	 * @param record the record
	 * @param timeout how long to wait for room
	 * @return whether the record is accepted
	 */
	boolean accept(OutgoingRecord record, Duration timeout) {
		SendFailedException rejection = this.open ? awaitRoom(record, timeout) : closedException(record);
		if (rejection != null) {
			if (record.isRoomReserved()) {
				releaseRoom(record);
			}
			reject(record, rejection);
			return false;
		}
		this.futureCompletion.countAccepted();
		record.setAcceptedAt(this.turnScheduler.now());
		this.inbox.add(record);
		if (this.closedForGood) {
			rejectRemaining();
		}
		return true;
	}

	/**
	 * Reserve room for a record that is accepted later, or not at all.
	 * @param record the record
	 * @param timeout how long to wait for room
	 * @return why there is no room, or {@code null} if there is
	 */
	@Nullable SendFailedException reserveRoom(OutgoingRecord record, Duration timeout) {
		SendFailedException rejection = this.open ? awaitRoom(record, timeout) : closedException(record);
		record.setRoomReserved((rejection == null));
		return rejection;
	}

	/**
	 * Release the room of a record that is not accepted.
	 * @param record a record with reserved room
	 */
	void releaseRoom(OutgoingRecord record) {
		record.setRoomReserved(false);
		this.memory.release(BufferMemory.units(record));
	}

	/**
	 * Withdraw a record that the loop may never see.
	 * @param record the record
	 * @param cause why the loop may not see it
	 */
	void withdraw(OutgoingRecord record, Throwable cause) {
		if (this.inbox.remove(record)) {
			withdrawAndReject(record,
					new SendFailedException(Reason.UNEXPECTED, record.stream(), "The record for stream '"
							+ record.stream() + "' was not sent, as the template's loop could not be woken: " + cause,
							cause));
		}
	}

	/**
	 * Return the next record for the loop.
	 * @return the record, or {@code null} if there is none
	 */
	@Nullable OutgoingRecord poll() {
		return this.inbox.poll();
	}

	boolean isOpen() {
		return this.open;
	}

	boolean isClosedForGood() {
		return this.closedForGood;
	}

	void open() {
		this.open = !this.closedForGood;
	}

	void close() {
		this.open = false;
	}

	/**
	 * Accept no more records. The inbox cannot be opened again.
	 */
	void closeForGood() {
		this.closedForGood = true;
		this.open = false;
	}

	/**
	 * Reject the records that arrived too late for the loop. Only their callers know
	 * these futures, so the callers complete them.
	 */
	void rejectRemaining() {
		OutgoingRecord record = this.inbox.poll();
		while (record != null) {
			withdrawAndReject(record, closedException(record));
			record = this.inbox.poll();
		}
	}

	static SendFailedException closedException(OutgoingRecord record) {
		return new SendFailedException(Reason.CLOSED, record.stream(),
				"The template has been stopped and accepts no record for stream '" + record.stream() + "'", null);
	}

	private void withdrawAndReject(OutgoingRecord record, SendFailedException rejection) {
		this.memory.release(BufferMemory.units(record));
		this.futureCompletion.countWithdrawn();
		reject(record, rejection);
	}

	private void reject(OutgoingRecord record, SendFailedException rejection) {
		this.observer.failed(record.stream(), rejection);
		record.future().completeExceptionally(rejection);
	}

	/**
	 * Wait for room, unless the record has some.
	 * @param record the record
	 * @param timeout how long to wait
	 * @return why there is no room, or {@code null} if there is
	 */
	private @Nullable SendFailedException awaitRoom(OutgoingRecord record, Duration timeout) {
		if (record.isRoomReserved()) {
			return null;
		}
		Duration left = this.memory.gate().isOpen(record.stream()) ? timeout : awaitGate(record, timeout);
		if (this.memory.tryReserve(record)) {
			return null;
		}
		if (!this.memory.canEverHold(record)) {
			return bufferFullException(record,
					"a record of " + record.bytes() + " bytes is larger than the whole buffer");
		}
		this.onFull.run();
		Thread current = Thread.currentThread();
		if (!mayBlock(current)) {
			return bufferFullException(record,
					"thread '" + current.getName() + "' must not be blocked, because responses arrive on it;"
							+ " send from another thread or make the buffer larger");
		}
		try {
			if (this.memory.reserve(record, left)) {
				return null;
			}
			return bufferFullException(record, "no room within the max-block of " + this.maxBlock);
		}
		catch (InterruptedException ex) {
			current.interrupt();
			return bufferFullException(record, "interrupted while waiting for room");
		}
	}

	/**
	 * Wait until the stream takes more. That is no reason to reject a record.
	 * @param record the record
	 * @param timeout how long to wait
	 * @return how long to wait for room then
	 */
	private Duration awaitGate(OutgoingRecord record, Duration timeout) {
		Thread current = Thread.currentThread();
		if (timeout.isZero() || !mayBlock(current)) {
			return timeout;
		}
		try {
			return this.memory.gate().await(record.stream(), timeout, this::wakeUp);
		}
		catch (InterruptedException ex) {
			current.interrupt();
			return timeout;
		}
	}

	private void wakeUp() {
		try {
			this.turnScheduler.wakeUp();
		}
		catch (Throwable ex) {
			logger.debug("The template's loop could not be woken. The sender goes on soon", ex);
		}
	}

	private boolean mayBlock(Thread thread) {
		return !this.turnScheduler.isLoopThread() && !SdkThreads.isOne(thread);
	}

	private SendFailedException bufferFullException(OutgoingRecord record, String why) {
		return new SendFailedException(Reason.BUFFER_FULL, record.stream(),
				"The send buffer is full (" + this.memory + "): " + why, null);
	}

}
