package io.kinesisspring.listener;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.shard.ShardState;

/**
 * Decides whether a shard makes progress, is idle or has stalled. Deliveries may report
 * from any thread, and {@link #status} may be called from any thread. Everything else is
 * confined to the container's loop.
 */
final class ShardProgressMonitor {

	private final AtomicInteger inProgress = new AtomicInteger();

	private final AtomicLong finished = new AtomicLong();

	private final AtomicLong acknowledgments = new AtomicLong();

	private final FailureLog failureLog = new FailureLog();

	private final ListenerShard shard;

	private final ShardFailures failures;

	private final DeliveryCounts counts;

	private final LongAdder processed = new LongAdder();

	private volatile ShardState.Activity activity = ShardState.Activity.READING;

	/** Whether a session delivers its records. */
	private volatile boolean open = true;

	private volatile long millisBehind = -1;

	private volatile @Nullable Instant readAt;

	private volatile @Nullable Instant stalledSince;

	/** The number of delivered records that the listener has not acknowledged. */
	private volatile IntSupplier unacknowledged = () -> 0;

	private volatile @Nullable Instant unacknowledgedSince;

	/** Since when deliveries have been in progress without one that ended. */
	private volatile @Nullable Instant busySince;

	private boolean checked;

	private long reads;

	private long records;

	private long seenReads;

	private long seenRecords;

	private long seenFinished;

	private long seenAcknowledgments;

	private long lastRecord;

	private long lastProgress;

	private State state = State.BUSY;

	/** Since when the state has lasted, unless it is busy. */
	private long stateBegan;

	ShardProgressMonitor(ListenerShard shard, Clock clock, DeliveryCounts counts) {
		this.shard = shard;
		this.counts = counts;
		this.failures = new ShardFailures(clock);
	}

	ListenerShard shard() {
		return this.shard;
	}

	/**
	 * The limit for logging its failures.
	 */
	FailureLog failureLog() {
		return this.failureLog;
	}

	void read(int count, long millisBehindLatest) {
		this.open = true;
		this.reads++;
		this.records += count;
		this.millisBehind = millisBehindLatest;
		this.readAt = this.failures.now();
		this.failures.readSucceeded();
	}

	void readFailed(Throwable cause) {
		this.counts.failed();
		this.failures.readFailed(cause);
	}

	/**
	 * The shard is read, paused or stopped from now on.
	 * @return its activity before
	 */
	ShardState.Activity activityChanged(ShardState.Activity changed, @Nullable Throwable cause) {
		ShardState.Activity before = this.activity;
		this.activity = changed;
		if (changed == ShardState.Activity.READING) {
			this.open = true;
			this.checked = false;
			this.failures.opened();
		}
		else {
			this.failures.stopped(cause);
		}
		return before;
	}

	/**
	 * The shard is not read for the moment, on purpose.
	 */
	void sessionClosed() {
		this.open = false;
	}

	void deliveryStarted() {
		if (this.inProgress.incrementAndGet() == 1) {
			this.busySince = this.failures.now();
		}
	}

	/**
	 * Records have been finished. The count need not be exact, because only its change
	 * matters.
	 */
	void recordsFinished() {
		this.finished.lazySet(this.finished.get() + 1);
	}

	/**
	 * Track records that wait for acknowledgment.
	 * @param records supplies their number; called from any thread
	 */
	void trackUnacknowledged(IntSupplier records) {
		this.unacknowledged = records;
	}

	/**
	 * Records have been acknowledged. This count need not be exact either.
	 */
	void acknowledged() {
		this.acknowledgments.lazySet(this.acknowledgments.get() + 1);
	}

	/**
	 * The listener has processed records, or the filter has rejected them.
	 */
	void processed(int number) {
		this.processed.add(number);
		this.counts.processed(number);
	}

	void deliveryFailed(Object delivery, Throwable cause) {
		this.counts.failed();
		this.failures.deliveryFailed(delivery, cause);
	}

	void deliveryRecovered(Object delivery) {
		this.failures.deliveryRecovered(delivery);
	}

	void deliveryEnded() {
		this.busySince = (this.inProgress.decrementAndGet() > 0) ? this.failures.now() : null;
	}

	/**
	 * The state as of the last check.
	 */
	State state() {
		return this.state;
	}

	/**
	 * How long the state of the last check has lasted, unless it is busy.
	 */
	Duration lasted(long now) {
		return Duration.ofNanos(now - this.stateBegan);
	}

	/**
	 * Check what has changed since the last call.
	 * @param now the loop's time
	 * @return the state if it has changed, otherwise {@link State#UNCHANGED}
	 */
	State check(long now, Duration idleAfter, Duration stalledAfter) {
		boolean busy = this.inProgress.get() > 0;
		if (busy || this.records != this.seenRecords || !this.checked) {
			this.lastRecord = now;
		}
		boolean progressed = this.finished.get() != this.seenFinished || (!busy && this.reads != this.seenReads);
		if (progressed || !this.open || !this.checked) {
			this.lastProgress = now;
		}
		this.checked = true;
		checkAcknowledgments();
		this.seenRecords = this.records;
		this.seenReads = this.reads;
		this.seenFinished = this.finished.get();
		State before = this.state;
		if (now - this.lastProgress >= stalledAfter.toNanos()) {
			this.state = State.STALLED;
		}
		else {
			this.state = (now - this.lastRecord >= idleAfter.toNanos()) ? State.IDLE : State.BUSY;
		}
		if (this.state != State.STALLED) {
			this.stalledSince = null;
		}
		else if (this.stalledSince == null) {
			this.stalledSince = this.failures.now().minusNanos(now - this.lastProgress);
		}
		if (this.state == before) {
			return State.UNCHANGED;
		}
		this.stateBegan = (this.state == State.STALLED) ? this.lastProgress : this.lastRecord;
		return this.state;
	}

	private void checkAcknowledgments() {
		long acknowledged = this.acknowledgments.get();
		if (this.unacknowledged.getAsInt() == 0) {
			this.unacknowledgedSince = null;
		}
		else if (this.unacknowledgedSince == null || acknowledged != this.seenAcknowledgments) {
			this.unacknowledgedSince = this.failures.now();
		}
		this.seenAcknowledgments = acknowledged;
	}

	/**
	 * Before the first check, this is the moment of the call.
	 */
	private Instant unacknowledgedSince() {
		Instant since = this.unacknowledgedSince;
		if (since == null) {
			since = this.failures.now();
			this.unacknowledgedSince = since;
		}
		return since;
	}

	/**
	 * The status of the shard. Safe to call from any thread.
	 */
	ShardStatus status(Duration stalledAfter) {
		ShardFailure shardFailure = this.failures.worst();
		Instant stalled = this.stalledSince;
		boolean failing = shardFailure != null && !shardFailure.since().plus(stalledAfter).isAfter(this.failures.now());
		int unacknowledgedRecords = this.unacknowledged.getAsInt();
		return new ShardStatus(this.shard.stream(), this.shard.shardId(), this.activity, stalled != null || failing,
				lag(), (shardFailure != null) ? shardFailure.cause() : null,
				(shardFailure != null) ? shardFailure.since() : stalled, unacknowledgedRecords,
				(unacknowledgedRecords > 0) ? unacknowledgedSince() : null, this.processed.sum());
	}

	/**
	 * If no records are in progress, the last read tells the lag. Records in progress get
	 * older, even if later reads find nothing.
	 */
	private long lag() {
		Instant last = this.readAt;
		if (last == null) {
			return -1;
		}
		Instant busy = this.busySince;
		if (busy != null && this.inProgress.get() > 0) {
			return this.millisBehind + Math.max(millisSince(last), millisSince(busy));
		}
		boolean done = this.open && this.inProgress.get() == 0 && this.millisBehind == 0;
		return this.millisBehind + (done ? 0 : millisSince(last));
	}

	private long millisSince(Instant moment) {
		return Math.max(0, Duration.between(moment, this.failures.now()).toMillis());
	}

	enum State {

		BUSY, IDLE, STALLED, UNCHANGED

	}

}
