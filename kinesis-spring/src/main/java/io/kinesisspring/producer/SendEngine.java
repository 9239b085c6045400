package io.kinesisspring.producer;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
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

	private final EventLoop loop;

	private final ProducerOptions options;

	private final BufferMemory memory;

	private final Outcomes outcomes;

	private final Ledger ledger;

	private final Dispatcher dispatcher;

	private final Alarm alarm;

	private final long start;

	private final Queue<OutgoingRecord> inbox = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean turnAhead = new AtomicBoolean();

	private volatile boolean accepting = true;

	private volatile boolean terminated;

	/** Whether a caller waits for room, so that nothing should linger. */
	private volatile boolean pressed;

	private volatile @Nullable Thread loopThread;

	/** Whether what is found in the inbox has come too late, unless opened again. */
	private boolean refusing;

	SendEngine(PutRecordsCall call, EventLoop loop, Executor executor, ProducerOptions options,
			RandomGenerator random) {
		this.loop = loop;
		this.options = options;
		this.start = loop.nanoTime();
		this.memory = new BufferMemory(options.bufferMemory());
		this.outcomes = new Outcomes(executor);
		this.ledger = new Ledger(this.memory, this.outcomes, options);
		this.dispatcher = new Dispatcher(call, executor, options,
				new FullJitter(options.initialBackoff(), options.maxBackoff(), random), this.ledger, this::wakeUp);
		this.alarm = new Alarm(loop, this::turn);
	}

	/**
	 * Accept a record, or fail its future. Blocks while the buffer is full.
	 * @param record the record
	 */
	void submit(OutgoingRecord record) {
		accept(record, this.options.maxBlock());
		wakeUp();
	}

	/**
	 * Accept records, or fail their futures, so that they share requests. Once there was
	 * no room for one, the others are not waited for.
	 * @param records the records
	 */
	void submit(Iterable<OutgoingRecord> records) {
		Duration maxBlock = this.options.maxBlock();
		for (OutgoingRecord record : records) {
			if (!accept(record, maxBlock)) {
				maxBlock = Duration.ZERO;
			}
		}
		wakeUp();
	}

	/**
	 * Send without lingering.
	 * @return completes when all that had been accepted has its outcome
	 */
	CompletableFuture<Void> flush() {
		CompletableFuture<Void> flushed = new CompletableFuture<>();
		this.loop.execute(() -> {
			takeIn(Integer.MAX_VALUE);
			flushTo(flushed);
			turn();
		});
		if (this.terminated) {
			flushed.complete(null);
		}
		return flushed;
	}

	/**
	 * How many records have been accepted and have no outcome.
	 * @return the number of records
	 */
	@Override
	public long inFlight() {
		return this.outcomes.open();
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
		this.accepting = false;
		int[] failed = new int[1];
		CompletableFuture<Void> flushed = new CompletableFuture<>();
		this.loop.execute(() -> {
			takeIn(Integer.MAX_VALUE);
			this.refusing = true;
			flushTo(flushed);
			Cancellable timer = this.loop.schedule(atMost, () -> {
				failed[0] = failRest(atMost);
				turn();
			});
			Cancellable last = this.loop.schedule(atMost.plus(CALLBACK_GRACE), () -> leaveCallbacks(flushed));
			flushed.thenRun(() -> {
				timer.cancel();
				last.cancel();
			});
			turn();
		});
		return flushed.thenApply((none) -> failed[0]);
	}

	/**
	 * Accept records again after {@link #close(Duration)}.
	 */
	void reopen() {
		this.accepting = true;
		this.loop.execute(() -> this.refusing = false);
	}

	/**
	 * Fail whatever is left and end the loop; there is no way back.
	 */
	void terminate() {
		this.accepting = false;
		this.terminated = true;
		this.loop.close();
		refuseLate();
	}

	private boolean accept(OutgoingRecord record, Duration maxBlock) {
		SendFailedException refusal = this.accepting ? reserve(record, maxBlock) : closed(record);
		if (refusal != null) {
			if (record.holdsRoom) {
				letGo(record);
			}
			this.options.observer().failed(record.stream(), refusal);
			record.future().completeExceptionally(refusal);
			return false;
		}
		this.outcomes.accepted();
		record.acceptedAt = now();
		this.inbox.add(record);
		if (this.terminated) {
			refuseLate();
		}
		return true;
	}

	/**
	 * Get room for a record.
	 * @param record the record
	 * @param maxBlock how long to wait for it
	 * @return why there is none, or {@code null} if there is
	 */
	private @Nullable SendFailedException reserve(OutgoingRecord record, Duration maxBlock) {
		if (record.holdsRoom || this.memory.tryReserve(record)) {
			return null;
		}
		if (!this.memory.canEverHold(record)) {
			return full(record, "a record of " + record.bytes() + " bytes is larger than the whole buffer");
		}
		this.pressed = true;
		wakeUp();
		Thread current = Thread.currentThread();
		if (current == this.loopThread || SdkThreads.isOne(current)) {
			return full(record, "thread '" + current.getName() + "' must not be blocked, as answers come in on it;"
					+ " send from another thread or make the buffer larger");
		}
		try {
			if (this.memory.reserve(record, maxBlock)) {
				return null;
			}
			return full(record, "no room within the max-block of " + this.options.maxBlock());
		}
		catch (InterruptedException ex) {
			current.interrupt();
			return full(record, "interrupted while waiting for room");
		}
	}

	/**
	 * Take room for a record that is submitted later, or let go.
	 * @param record the record
	 * @param wait whether to wait for room
	 * @return why there is none, or {@code null} if there is
	 */
	@Nullable SendFailedException hold(OutgoingRecord record, boolean wait) {
		SendFailedException refusal = this.accepting ? reserve(record, wait ? this.options.maxBlock() : Duration.ZERO)
				: closed(record);
		record.holdsRoom = (refusal == null);
		return refusal;
	}

	/**
	 * Give the room back of a record that is not submitted after all.
	 * @param record the record, which holds room
	 */
	void letGo(OutgoingRecord record) {
		record.holdsRoom = false;
		this.memory.release(BufferMemory.units(record));
	}

	/**
	 * A record is not sent at all.
	 * @param stream the stream, if it is known
	 * @param exception why
	 */
	void refused(@Nullable String stream, KinesisException exception) {
		this.options.observer().failed(stream, exception);
	}

	private SendFailedException full(OutgoingRecord record, String why) {
		return new SendFailedException(Reason.BUFFER_FULL, record.stream(),
				"The send buffer is full (" + this.memory + "): " + why, null);
	}

	private static SendFailedException closed(OutgoingRecord record) {
		return new SendFailedException(Reason.CLOSED, record.stream(),
				"The template has been stopped and accepts no record for stream '" + record.stream() + "'", null);
	}

	private void wakeUp() {
		if (!this.turnAhead.get() && this.turnAhead.compareAndSet(false, true)) {
			this.loop.execute(this::turn);
		}
	}

	private void turn() {
		this.loopThread = Thread.currentThread();
		this.turnAhead.set(false);
		takeIn(RECORDS_A_TURN);
		long now = now();
		this.dispatcher.takeAnswers(now);
		expire(now);
		if (this.pressed) {
			this.pressed = false;
			this.dispatcher.flush(this.ledger.lastNumber());
		}
		this.dispatcher.send(now);
		this.ledger.publish();
		setAlarm(now);
	}

	private void takeIn(int atMost) {
		for (int i = 0; i < atMost; i++) {
			OutgoingRecord record = this.inbox.poll();
			if (record == null) {
				return;
			}
			if (this.refusing && !this.accepting) {
				this.ledger.refuse(record, closed(record));
				continue;
			}
			this.ledger.enter(record);
			this.dispatcher.add(record);
		}
		wakeUp();
	}

	private void expire(long now) {
		OutgoingRecord oldest = this.ledger.oldest();
		while (oldest != null && deadline(oldest) <= now) {
			this.ledger.expire(oldest);
			this.dispatcher.giveUp(oldest);
			oldest = this.ledger.oldest();
		}
	}

	private void setAlarm(long now) {
		long next = this.dispatcher.nextSend();
		OutgoingRecord oldest = this.ledger.oldest();
		if (oldest != null) {
			next = Math.min(next, deadline(oldest));
		}
		if (next != StreamQueue.NEVER) {
			this.alarm.set(next, now);
		}
	}

	private void flushTo(CompletableFuture<Void> flushed) {
		this.dispatcher.flush(this.ledger.lastNumber());
		this.ledger.awaitAll(flushed);
	}

	private void leaveCallbacks(CompletableFuture<Void> flushed) {
		if (flushed.complete(null)) {
			logger.warn("The template stops while callbacks of " + inFlight()
					+ " records have not come to an end; every record has its outcome");
		}
	}

	private int failRest(Duration after) {
		int failed = 0;
		OutgoingRecord oldest = this.ledger.oldest();
		while (oldest != null) {
			String state = oldest.isUnderWay() ? "a request is under way, so that it may yet be stored"
					: "it has not been stored";
			this.ledger
				.fail(oldest,
						new SendFailedException(Reason.CLOSED, oldest.stream(),
								"The template was stopped and the record for stream '" + oldest.stream()
										+ "' had no outcome within the close-timeout of " + after + "; " + state,
								null));
			this.dispatcher.giveUp(oldest);
			failed++;
			oldest = this.ledger.oldest();
		}
		return failed;
	}

	/**
	 * Refuse what was handed over too late for the loop to see. The futures of these
	 * records are known to nobody but their callers, who are here.
	 */
	private void refuseLate() {
		OutgoingRecord record = this.inbox.poll();
		while (record != null) {
			SendFailedException refusal = closed(record);
			this.options.observer().failed(record.stream(), refusal);
			record.future().completeExceptionally(refusal);
			this.memory.release(BufferMemory.units(record));
			this.outcomes.refused();
			record = this.inbox.poll();
		}
	}

	private long deadline(OutgoingRecord record) {
		return record.acceptedAt + this.options.deliveryTimeout().toNanos();
	}

	private long now() {
		return this.loop.nanoTime() - this.start;
	}

}
