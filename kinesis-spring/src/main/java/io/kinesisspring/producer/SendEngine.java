package io.kinesisspring.producer;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.scheduling.EventLoop.Cancellable;
import io.kinesisspring.scheduling.Uninterruptibles;

/**
 * Accepts records from any thread and sends each until it has an outcome. Callers wait
 * for room in the buffer and put their records into an inbox. Everything else happens in
 * turns on one event loop: drain the inbox, handle responses, fail expired records, send
 * requests, and publish outcomes.
 */
final class SendEngine implements SendObserver.SendState {

	/** How long callbacks may run after the shutdown timeout. */
	static final Duration CALLBACK_GRACE = Duration.ofSeconds(4);

	private static final Log logger = LogFactory.getLog(SendEngine.class);

	private static final int MAX_RECORDS_PER_TURN = 10_000;

	/** Delay of the next turn after one that threw an exception. */
	private static final long RETRY_DELAY = Duration.ofMillis(100).toNanos();

	private final ProducerOptions options;

	private final SendCounts observer;

	private final BufferMemory memory;

	private final FutureCompletion futureCompletion;

	private final RecordAccounting recordAccounting;

	private final RequestDispatcher requestDispatcher;

	private final TurnScheduler turnScheduler;

	private final RecordInbox recordInbox;

	private final AtomicBoolean terminating = new AtomicBoolean();

	/** Completes when the loop has ended. */
	private final CompletableFuture<Void> terminated = new CompletableFuture<>();

	/** Whether a caller waits for room, so that no record should linger. */
	private volatile boolean roomNeeded;

	/** Whether records in the inbox are rejected, unless the inbox is open again. */
	private boolean rejecting;

	SendEngine(SendContext context, ProducerOptions options) {
		this.options = options;
		this.observer = new SendCounts((options.observer() != SendObserver.NONE)
				? new GuardedObserver(options.observer()) : SendObserver.NONE);
		this.turnScheduler = new TurnScheduler(context.loop(), this::turn);
		this.memory = new BufferMemory(options.bufferMemory());
		this.futureCompletion = new FutureCompletion(context.executor(), this.turnScheduler::wakeUp);
		this.recordInbox = new RecordInbox(options, this.memory, this.futureCompletion, this.observer,
				this.turnScheduler, this::requestRoom);
		this.recordAccounting = new RecordAccounting(this.memory, this.futureCompletion, options, this.observer);
		this.requestDispatcher = new RequestDispatcher(context, options, this.observer, this.recordAccounting,
				this.memory.gate(), this.turnScheduler::wakeUp);
	}

	/**
	 * Return the observer of requests and records, which does not throw.
	 */
	SendObserver observer() {
		return this.observer;
	}

	/**
	 * Accept a record, or fail its future. Blocks while the buffer is full.
	 */
	void submit(OutgoingRecord record) {
		this.recordInbox.accept(record, this.options.maxBlock());
		wakeUp(record);
	}

	/**
	 * Open a submission whose records share requests. After one record finds no room, the
	 * others do not wait for room.
	 * @return a submission that accepts records or fails their futures
	 */
	Submission openSubmission() {
		return new Submission(this.recordInbox, this.options, this::wakeUp);
	}

	/**
	 * Send all accepted records without lingering.
	 * @return completes when each record that was accepted before has an outcome
	 */
	CompletableFuture<Void> flush() {
		this.futureCompletion.countCallerAsFinished();
		CompletableFuture<Void> flushed = new CompletableFuture<>();
		this.turnScheduler.execute(() -> {
			drainInbox(Integer.MAX_VALUE);
			completeWhenFlushed(flushed);
			this.turnScheduler.runTurn();
		}, flushed);
		if (this.recordInbox.isClosedForGood()) {
			this.terminated.whenComplete((none, ex) -> flushed.complete(null));
		}
		return flushed;
	}

	@Override
	public long inFlight() {
		return this.futureCompletion.pendingCount();
	}

	@Override
	public long bufferUsed() {
		return this.memory.used();
	}

	@Override
	public long bufferSize() {
		return this.options.bufferMemory().toBytes();
	}

	@Override
	public int waiting() {
		return this.memory.waiting();
	}

	/**
	 * Ask the loop for the status, which has no paces if the loop has ended.
	 */
	CompletableFuture<ProducerStatus> status() {
		CompletableFuture<ProducerStatus> status = new CompletableFuture<>();
		this.turnScheduler.execute(() -> status.complete(this.observer.status(this, this.requestDispatcher.paces())),
				status);
		if (this.recordInbox.isClosedForGood()) {
			this.terminated.whenComplete((none, ex) -> status.complete(this.observer.status(this, Map.of())));
		}
		return status;
	}

	BufferMemory memory() {
		return this.memory;
	}

	/**
	 * Accept no more records. Send the accepted ones, and fail those that have no outcome
	 * in time.
	 * @param timeout the time for sending; callbacks get a few seconds more
	 * @return completes with the number of records that failed because of the timeout
	 */
	CompletableFuture<Integer> close(Duration timeout) {
		this.recordInbox.close();
		this.futureCompletion.countCallerAsFinished();
		CompletableFuture<Integer> failed = new CompletableFuture<>();
		CompletableFuture<Void> flushed = new CompletableFuture<>();
		this.turnScheduler.execute(() -> {
			drainInbox(Integer.MAX_VALUE);
			this.rejecting = true;
			long upTo = this.recordAccounting.lastNumber();
			completeWhenFlushed(flushed);
			Cancellable recordTimer = this.turnScheduler.schedule(timeout, () -> {
				failed.complete(failRemaining(upTo, "had no outcome within the shutdown-timeout of " + timeout));
				this.turnScheduler.runTurn();
			});
			Cancellable callbackTimer = this.turnScheduler.schedule(timeout.plus(CALLBACK_GRACE),
					() -> abandonCallbacks(flushed));
			flushed.whenComplete((none, ex) -> {
				recordTimer.cancel();
				callbackTimer.cancel();
			});
			this.turnScheduler.runTurn();
		}, flushed);
		return flushed.thenApply((none) -> failed.getNow(0));
	}

	/**
	 * Accept records again after {@link #close(Duration)}.
	 */
	void reopen() {
		this.recordInbox.open();
		this.turnScheduler.execute(() -> this.rejecting = false);
	}

	/**
	 * Fail all remaining records and end the loop for good. Waits until the futures are
	 * handed to the executor, even if the current thread is interrupted.
	 */
	void terminate() {
		this.recordInbox.closeForGood();
		if (!this.terminating.compareAndSet(false, true)) {
			return;
		}
		CountDownLatch ended = new CountDownLatch(1);
		boolean waits = !isLoop();
		try {
			this.turnScheduler.execute(() -> {
				try {
					shutDown(!waits);
				}
				finally {
					this.turnScheduler.close();
					ended.countDown();
				}
			});
			if (waits && Uninterruptibles.awaitUninterruptibly(ended, CALLBACK_GRACE)) {
				this.futureCompletion.completeOnCallingThread();
			}
		}
		finally {
			this.memory.gate().openForGood();
			this.recordInbox.rejectRemaining();
			this.terminated.complete(null);
		}
	}

	/**
	 * Return whether the current thread is the engine's, which must not wait for it.
	 */
	boolean isLoop() {
		return this.turnScheduler.isLoopThread();
	}

	/**
	 * Reserve room for a record that is submitted later, or not at all.
	 * @param record the record
	 * @param wait whether to wait for room
	 * @return why there is no room, or {@code null} if there is
	 */
	@Nullable SendFailedException reserveRoom(OutgoingRecord record, boolean wait) {
		return this.recordInbox.reserveRoom(record, wait ? this.options.maxBlock() : Duration.ZERO);
	}

	/**
	 * Release the room of a record that is not submitted.
	 * @param record a record with reserved room
	 */
	void releaseRoom(OutgoingRecord record) {
		this.recordInbox.releaseRoom(record);
	}

	/**
	 * Report a record that the engine never gets.
	 * @param stream the stream, if it is known
	 * @param exception why the record is not sent
	 */
	void reportRejection(@Nullable String stream, KinesisException exception) {
		this.observer.failed(stream, exception);
	}

	private void requestRoom() {
		this.roomNeeded = true;
		try {
			this.turnScheduler.wakeUp();
		}
		catch (Throwable ex) {
			logger.debug("The template's loop could not be woken. Its next turn makes room", ex);
		}
	}

	private void wakeUp(OutgoingRecord record) {
		try {
			this.turnScheduler.wakeUp();
		}
		catch (Throwable ex) {
			this.recordInbox.withdraw(record, ex);
		}
	}

	/**
	 * Do all pending work. If anything throws, which nothing should, the outcomes decided
	 * so far are published and another turn is scheduled.
	 */
	private void turn() {
		boolean complete = false;
		try {
			drainInbox(MAX_RECORDS_PER_TURN);
			long now = this.turnScheduler.now();
			this.requestDispatcher.handleResponses(now);
			failExpired(now);
			if (this.roomNeeded) {
				this.roomNeeded = false;
				this.requestDispatcher.flush(this.recordAccounting.lastNumber());
			}
			this.requestDispatcher.send(now);
			complete = true;
		}
		finally {
			long now = this.turnScheduler.now();
			try {
				this.recordAccounting.publishOutcomes(now);
			}
			finally {
				scheduleNextTurn(now, complete);
			}
		}
	}

	private void drainInbox(int limit) {
		for (int i = 0; i < limit; i++) {
			OutgoingRecord record = this.recordInbox.poll();
			if (record == null) {
				return;
			}
			if (this.rejecting && !this.recordInbox.isOpen()) {
				this.recordAccounting.reject(record, RecordInbox.closedException(record));
				continue;
			}
			this.recordAccounting.register(record);
			this.requestDispatcher.add(record);
		}
		this.turnScheduler.wakeUp();
	}

	private void failExpired(long now) {
		OutgoingRecord oldest = this.recordAccounting.oldest();
		while (oldest != null && deadline(oldest) <= now) {
			this.recordAccounting.failExpired(oldest);
			this.requestDispatcher.removeUnsent(oldest);
			oldest = this.recordAccounting.oldest();
		}
	}

	private void scheduleNextTurn(long now, boolean complete) {
		long next = Math.min(this.requestDispatcher.nextSend(), this.futureCompletion.nextCheck());
		OutgoingRecord oldest = this.recordAccounting.oldest();
		if (oldest != null) {
			next = Math.min(next, deadline(oldest));
		}
		if (!complete) {
			next = now + RETRY_DELAY;
		}
		if (next != StreamQueue.NEVER) {
			this.turnScheduler.scheduleAt(next, now);
		}
	}

	private void completeWhenFlushed(CompletableFuture<Void> flushed) {
		this.requestDispatcher.flush(this.recordAccounting.lastNumber());
		this.recordAccounting.completeAfterAll(flushed);
	}

	private void abandonCallbacks(CompletableFuture<Void> flushed) {
		if (flushed.isDone()) {
			return;
		}
		logger.warn("The template stops while callbacks of " + inFlight()
				+ " records are still running or waiting. Each record has an outcome");
		this.futureCompletion.completeOnSpareThread(flushed);
	}

	private int failRemaining(long upTo, String why) {
		int failed = 0;
		OutgoingRecord oldest = this.recordAccounting.oldest();
		while (oldest != null && oldest.number() <= upTo) {
			this.recordAccounting.failClosed(oldest, why);
			this.requestDispatcher.removeUnsent(oldest);
			failed++;
			oldest = this.recordAccounting.oldest();
		}
		return failed;
	}

	/**
	 * Fail all records and publish all outcomes.
	 * @param completeHere whether to complete futures on this thread if no executor takes
	 * them
	 */
	private void shutDown(boolean completeHere) {
		this.rejecting = true;
		drainInbox(Integer.MAX_VALUE);
		int failed = failRemaining(Long.MAX_VALUE, "had no outcome when it was closed");
		if (failed > 0) {
			logger.warn("Closed with " + failed + ((failed == 1) ? " record" : " records")
					+ " not known to be stored. The futures have failed");
		}
		this.requestDispatcher.abandonAll();
		long now = this.turnScheduler.now();
		this.recordAccounting.publishOutcomes(now);
		this.recordAccounting.completeFlushes();
		this.futureCompletion.dispatchAll(now);
		if (completeHere) {
			this.futureCompletion.completeOnCallingThread();
		}
	}

	private long deadline(OutgoingRecord record) {
		return record.acceptedAt() + this.options.deliveryTimeout().toNanos();
	}

}
