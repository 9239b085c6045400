package io.kinesisspring.producer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.EventLoop.Cancellable;
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Uninterruptibles;

/**
 * Takes records from any thread and sees each through to its outcome. Callers wait for
 * room in the buffer and then leave their records in an inbox; all the rest happens on
 * one event loop, in turns: take in, deal with answers, fail what is too old, send.
 */
final class SendEngine implements SendObserver.SendState {

	/** How long callbacks may go on behind the close timeout. */
	static final Duration CALLBACK_GRACE = Duration.ofSeconds(4);

	private static final Log logger = LogFactory.getLog(SendEngine.class);

	private static final int RECORDS_A_TURN = 10_000;

	/** How long to wait before a turn is tried again that failed. */
	private static final long PAUSE = Duration.ofMillis(100).toNanos();

	private final EventLoop loop;

	private final ProducerOptions options;

	private final SendObserver observer;

	private final BufferMemory memory;

	private final FutureCompletion futureCompletion;

	private final RecordAccounting recordAccounting;

	private final RequestDispatcher requestDispatcher;

	private final Timer alarm;

	private final RecordInbox recordInbox;

	private final long start;

	private final AtomicBoolean turnAhead = new AtomicBoolean();

	private final AtomicBoolean ending = new AtomicBoolean();

	/** Completes when the loop has ended. */
	private final CompletableFuture<Void> over = new CompletableFuture<>();

	/** Whether a caller waits for room, so that nothing should linger. */
	private volatile boolean pressed;

	private volatile @Nullable Thread loopThread;

	/** Whether what is found in the inbox has come too late, unless opened again. */
	private boolean refusing;

	SendEngine(PutRecordsCall call, EventLoop loop, Executor executor, ProducerOptions options,
			RandomGenerator random) {
		TaskExecutor tasks = TaskExecutor.of(executor);
		this.loop = loop;
		this.options = options;
		this.observer = (options.observer() != SendObserver.NONE) ? new GuardedObserver(options.observer())
				: SendObserver.NONE;
		this.start = loop.nanoTime();
		this.memory = new BufferMemory(options.bufferMemory());
		this.futureCompletion = new FutureCompletion(tasks, this::wakeUp);
		this.recordInbox = new RecordInbox(options, this.memory, this.futureCompletion, this.observer, this::now,
				this::press, this::isUnblockable);
		this.recordAccounting = new RecordAccounting(this.memory, this.futureCompletion, options, this.observer);
		this.requestDispatcher = new RequestDispatcher(call, tasks, options, this.observer,
				new FullJitter(options.initialBackoff(), options.maxBackoff(), random), this.recordAccounting,
				this::wakeUp);
		this.alarm = new Timer(loop, this::turn);
	}

	/**
	 * Who is told what becomes of requests and records.
	 * @return an observer that does not throw
	 */
	SendObserver observer() {
		return this.observer;
	}

	/**
	 * Accept a record, or fail its future. Blocks while the buffer is full.
	 * @param record the record
	 */
	void submit(OutgoingRecord record) {
		this.recordInbox.accept(record, this.options.maxBlock());
		wakeUp(record);
	}

	/**
	 * Accept records, or fail their futures, so that they share requests. Once there was
	 * no room for one, the others are not waited for.
	 * @return takes the records
	 */
	Submission submission() {
		return new Submission(this.recordInbox, this.options, this::wakeUp);
	}

	/**
	 * Send without lingering.
	 * @return completes when all that had been accepted has its outcome
	 */
	CompletableFuture<Void> flush() {
		this.futureCompletion.excuseCaller();
		CompletableFuture<Void> flushed = new CompletableFuture<>();
		execute(() -> {
			takeIn(Integer.MAX_VALUE);
			flushTo(flushed);
			turn();
		}, flushed);
		if (this.recordInbox.ended()) {
			this.over.whenComplete((none, ex) -> flushed.complete(null));
		}
		return flushed;
	}

	/**
	 * How many records have been accepted and have no outcome.
	 * @return the number of records
	 */
	@Override
	public long inFlight() {
		return this.futureCompletion.open();
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

	BufferMemory memory() {
		return this.memory;
	}

	/**
	 * Accept nothing more, and see the rest through or fail it.
	 * @param atMost how long that may take; callbacks get a few seconds more
	 * @return completes with the number of records that were failed for want of time
	 */
	CompletableFuture<Integer> close(Duration atMost) {
		this.recordInbox.close();
		this.futureCompletion.excuseCaller();
		int[] failed = new int[1];
		CompletableFuture<Void> flushed = new CompletableFuture<>();
		execute(() -> {
			takeIn(Integer.MAX_VALUE);
			this.refusing = true;
			long upTo = this.recordAccounting.lastNumber();
			flushTo(flushed);
			Cancellable timer = this.loop.schedule(atMost, () -> {
				failed[0] = failRest(upTo, "had no outcome within the close-timeout of " + atMost);
				turn();
			});
			Cancellable last = this.loop.schedule(atMost.plus(CALLBACK_GRACE), () -> leaveCallbacks(flushed));
			flushed.whenComplete((none, ex) -> {
				timer.cancel();
				last.cancel();
			});
			turn();
		}, flushed);
		return flushed.thenApply((none) -> failed[0]);
	}

	/**
	 * Accept records again after {@link #close(Duration)}.
	 */
	void reopen() {
		this.recordInbox.open();
		this.loop.execute(() -> this.refusing = false);
	}

	/**
	 * Fail whatever is left and end the loop; there is no way back. Waits for that, for
	 * as long as it takes to complete futures, whether the thread is interrupted or not.
	 */
	void terminate() {
		this.recordInbox.end();
		if (!this.ending.compareAndSet(false, true)) {
			return;
		}
		CountDownLatch ended = new CountDownLatch(1);
		boolean waits = !isLoop();
		try {
			this.loop.execute(() -> {
				try {
					end(!waits);
				}
				finally {
					this.loop.close();
					ended.countDown();
				}
			});
			if (waits && Uninterruptibles.uninterruptibly(ended, CALLBACK_GRACE)) {
				this.futureCompletion.completeHere();
			}
		}
		finally {
			this.recordInbox.refuseLate();
			this.over.complete(null);
		}
	}

	/**
	 * Whether the current thread is the engine's own, which must not wait for itself.
	 */
	boolean isLoop() {
		return Thread.currentThread() == this.loopThread;
	}

	/**
	 * Take room for a record that is submitted later, or let go.
	 * @param record the record
	 * @param wait whether to wait for room
	 * @return why there is none, or {@code null} if there is
	 */
	@Nullable SendFailedException hold(OutgoingRecord record, boolean wait) {
		return this.recordInbox.hold(record, wait ? this.options.maxBlock() : Duration.ZERO);
	}

	/**
	 * Give the room back of a record that is not submitted after all.
	 * @param record the record, which holds room
	 */
	void letGo(OutgoingRecord record) {
		this.recordInbox.letGo(record);
	}

	/**
	 * A record is not sent at all.
	 * @param stream the stream, if it is known
	 * @param exception why
	 */
	void refused(@Nullable String stream, KinesisException exception) {
		this.observer.failed(stream, exception);
	}

	private boolean isUnblockable() {
		return isLoop() || SdkThreads.isOne(Thread.currentThread());
	}

	private void press() {
		this.pressed = true;
		try {
			wakeUp();
		}
		catch (Throwable ex) {
			logger.debug("The template's loop could not be woken; its next turn makes room", ex);
		}
	}

	private void wakeUp() {
		if (!this.turnAhead.get() && this.turnAhead.compareAndSet(false, true)) {
			try {
				this.loop.execute(this::turn);
			}
			catch (Throwable ex) {
				this.turnAhead.set(false);
				throw ex;
			}
		}
	}

	private void wakeUp(OutgoingRecord record) {
		try {
			wakeUp();
		}
		catch (Throwable ex) {
			this.recordInbox.withdraw(record, ex);
		}
	}

	private void execute(Runnable task, CompletableFuture<Void> future) {
		try {
			this.loop.execute(task);
		}
		catch (Throwable ex) {
			future.completeExceptionally(ex);
		}
	}

	/**
	 * Do whatever there is to do. If anything fails, which nothing should, what has been
	 * decided is handed out nevertheless, and there is another turn.
	 */
	private void turn() {
		this.loopThread = Thread.currentThread();
		this.turnAhead.set(false);
		boolean complete = false;
		try {
			takeIn(RECORDS_A_TURN);
			long now = now();
			this.requestDispatcher.takeAnswers(now);
			expire(now);
			if (this.pressed) {
				this.pressed = false;
				this.requestDispatcher.flush(this.recordAccounting.lastNumber());
			}
			this.requestDispatcher.send(now);
			complete = true;
		}
		finally {
			long now = now();
			try {
				this.recordAccounting.publish(now);
			}
			finally {
				setAlarm(now, complete);
			}
		}
	}

	private void takeIn(int atMost) {
		for (int i = 0; i < atMost; i++) {
			OutgoingRecord record = this.recordInbox.poll();
			if (record == null) {
				return;
			}
			if (this.refusing && !this.recordInbox.accepting()) {
				this.recordAccounting.refuse(record, RecordInbox.closed(record));
				continue;
			}
			this.recordAccounting.enter(record);
			this.requestDispatcher.add(record);
		}
		wakeUp();
	}

	private void expire(long now) {
		OutgoingRecord oldest = this.recordAccounting.oldest();
		while (oldest != null && deadline(oldest) <= now) {
			this.recordAccounting.expire(oldest);
			this.requestDispatcher.giveUp(oldest);
			oldest = this.recordAccounting.oldest();
		}
	}

	private void setAlarm(long now, boolean complete) {
		long next = Math.min(this.requestDispatcher.nextSend(), this.futureCompletion.nextLook());
		OutgoingRecord oldest = this.recordAccounting.oldest();
		if (oldest != null) {
			next = Math.min(next, deadline(oldest));
		}
		if (!complete) {
			next = now + PAUSE;
		}
		if (next != StreamQueue.NEVER) {
			try {
				this.alarm.set(next, now);
			}
			catch (Throwable ex) {
				wakeUp();
				throw ex;
			}
		}
	}

	private void flushTo(CompletableFuture<Void> flushed) {
		this.requestDispatcher.flush(this.recordAccounting.lastNumber());
		this.recordAccounting.awaitAll(flushed);
	}

	private void leaveCallbacks(CompletableFuture<Void> flushed) {
		if (flushed.isDone()) {
			return;
		}
		logger.warn("The template stops while callbacks of " + inFlight()
				+ " records have not come to an end; every record has its outcome");
		this.futureCompletion.completeNow(flushed);
	}

	private int failRest(long upTo, String why) {
		int failed = 0;
		OutgoingRecord oldest = this.recordAccounting.oldest();
		while (oldest != null && oldest.number <= upTo) {
			String state = oldest.isUnderWay() ? "a request is under way, so that it may yet be stored"
					: "it has not been stored";
			this.recordAccounting.fail(oldest,
					new SendFailedException(Reason.CLOSED, oldest.stream(),
							"The template was stopped and the record for stream '" + oldest.stream() + "' " + why + "; "
									+ state,
							null));
			this.requestDispatcher.giveUp(oldest);
			failed++;
			oldest = this.recordAccounting.oldest();
		}
		return failed;
	}

	/**
	 * Fail whatever there is and hand out what is decided.
	 * @param here whether nobody else completes what no executor takes
	 */
	private void end(boolean here) {
		this.refusing = true;
		takeIn(Integer.MAX_VALUE);
		int failed = failRest(Long.MAX_VALUE, "had no outcome when it was closed");
		if (failed > 0) {
			logger.warn("Closed with " + failed + " records not known to be stored; their futures have failed");
		}
		this.requestDispatcher.abandonAll();
		long now = now();
		this.recordAccounting.publish(now);
		this.recordAccounting.endWaits();
		this.futureCompletion.dispatchAll(now);
		if (here) {
			this.futureCompletion.completeHere();
		}
	}

	private long deadline(OutgoingRecord record) {
		return record.acceptedAt + this.options.deliveryTimeout().toNanos();
	}

	private long now() {
		return this.loop.nanoTime() - this.start;
	}

}
