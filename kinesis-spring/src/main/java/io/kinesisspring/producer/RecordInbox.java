package io.kinesisspring.producer;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Takes records from any thread: they wait for room in the buffer, and then lie where the
 * engine's loop finds them. Thread-safe.
 */
final class RecordInbox {

	private final Queue<OutgoingRecord> inbox = new ConcurrentLinkedQueue<>();

	private final Duration maxBlock;

	private final BufferMemory memory;

	private final FutureCompletion futureCompletion;

	private final SendObserver observer;

	private final LongSupplier clock;

	private final Runnable press;

	private final BooleanSupplier unblockable;

	private volatile boolean accepting = true;

	private volatile boolean ended;

	/**
	 * Create an intake that accepts records.
	 * @param options how long to wait for room
	 * @param memory the room that there is
	 * @param futureCompletion counts what has no outcome
	 * @param observer told of what is refused
	 * @param clock the engine's clock
	 * @param press makes the engine send without waiting for more
	 * @param unblockable whether the current thread must not wait
	 */
	RecordInbox(ProducerOptions options, BufferMemory memory, FutureCompletion futureCompletion, SendObserver observer,
			LongSupplier clock, Runnable press, BooleanSupplier unblockable) {
		this.maxBlock = options.maxBlock();
		this.memory = memory;
		this.futureCompletion = futureCompletion;
		this.observer = observer;
		this.clock = clock;
		this.press = press;
		this.unblockable = unblockable;
	}

	/**
	 * Accept a record, or fail its future.
	 * @param record the record
	 * @param atMost how long to wait for room
	 * @return whether it is accepted
	 */
	boolean accept(OutgoingRecord record, Duration atMost) {
		SendFailedException refusal = this.accepting ? reserve(record, atMost) : closed(record);
		if (refusal != null) {
			if (record.holdsRoom) {
				letGo(record);
			}
			refuse(record, refusal);
			return false;
		}
		this.futureCompletion.accepted();
		record.acceptedAt = this.clock.getAsLong();
		this.inbox.add(record);
		if (this.ended) {
			refuseLate();
		}
		return true;
	}

	/**
	 * Take room for a record that is accepted later, or let go.
	 * @param record the record
	 * @param atMost how long to wait for room
	 * @return why there is none, or {@code null} if there is
	 */
	@Nullable SendFailedException hold(OutgoingRecord record, Duration atMost) {
		SendFailedException refusal = this.accepting ? reserve(record, atMost) : closed(record);
		record.holdsRoom = (refusal == null);
		return refusal;
	}

	/**
	 * Give the room back of a record that is not accepted after all.
	 * @param record the record, which holds room
	 */
	void letGo(OutgoingRecord record) {
		record.holdsRoom = false;
		this.memory.release(BufferMemory.units(record));
	}

	/**
	 * Take a record back that the loop has not seen and may never see.
	 * @param record the record
	 * @param cause why
	 */
	void withdraw(OutgoingRecord record, Throwable cause) {
		if (this.inbox.remove(record)) {
			release(record,
					new SendFailedException(Reason.UNEXPECTED, record.stream(), "The record for stream '"
							+ record.stream() + "' was not sent, as the template's loop could not be woken: " + cause,
							cause));
		}
	}

	/**
	 * The next record to deal with.
	 */
	@Nullable OutgoingRecord poll() {
		return this.inbox.poll();
	}

	boolean isEmpty() {
		return this.inbox.isEmpty();
	}

	boolean accepting() {
		return this.accepting;
	}

	boolean ended() {
		return this.ended;
	}

	void open() {
		this.accepting = !this.ended;
	}

	void close() {
		this.accepting = false;
	}

	/**
	 * Accept nothing more, for good: soon there is no loop to find records.
	 */
	void end() {
		this.ended = true;
		this.accepting = false;
	}

	/**
	 * Refuse what was handed over too late for the loop to see. The futures of these
	 * records are known to nobody but their callers, who are here.
	 */
	void refuseLate() {
		OutgoingRecord record = this.inbox.poll();
		while (record != null) {
			release(record, closed(record));
			record = this.inbox.poll();
		}
	}

	static SendFailedException closed(OutgoingRecord record) {
		return new SendFailedException(Reason.CLOSED, record.stream(),
				"The template has been stopped and accepts no record for stream '" + record.stream() + "'", null);
	}

	private void release(OutgoingRecord record, SendFailedException refusal) {
		this.memory.release(BufferMemory.units(record));
		this.futureCompletion.refused();
		refuse(record, refusal);
	}

	private void refuse(OutgoingRecord record, SendFailedException refusal) {
		this.observer.failed(record.stream(), refusal);
		record.future().completeExceptionally(refusal);
	}

	/**
	 * Get room for a record.
	 * @param record the record
	 * @param atMost how long to wait for it
	 * @return why there is none, or {@code null} if there is
	 */
	private @Nullable SendFailedException reserve(OutgoingRecord record, Duration atMost) {
		if (record.holdsRoom || this.memory.tryReserve(record)) {
			return null;
		}
		if (!this.memory.canEverHold(record)) {
			return full(record, "a record of " + record.bytes() + " bytes is larger than the whole buffer");
		}
		this.press.run();
		Thread current = Thread.currentThread();
		if (this.unblockable.getAsBoolean()) {
			return full(record, "thread '" + current.getName() + "' must not be blocked, as answers come in on it;"
					+ " send from another thread or make the buffer larger");
		}
		try {
			if (this.memory.reserve(record, atMost)) {
				return null;
			}
			return full(record, "no room within the max-block of " + this.maxBlock);
		}
		catch (InterruptedException ex) {
			current.interrupt();
			return full(record, "interrupted while waiting for room");
		}
	}

	private SendFailedException full(OutgoingRecord record, String why) {
		return new SendFailedException(Reason.BUFFER_FULL, record.stream(),
				"The send buffer is full (" + this.memory + "): " + why, null);
	}

}
