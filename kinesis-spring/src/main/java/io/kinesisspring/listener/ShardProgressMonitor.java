package io.kinesisspring.listener;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.shard.ShardState;

/**
 * Whether a shard gets on, is idle or stalls. What deliveries tell may come from any
 * thread, and {@link #status} may be asked from any; everything else is confined to the
 * container's loop.
 */
final class ShardProgressMonitor {

	private final AtomicInteger inProgress = new AtomicInteger();

	private final AtomicLong finished = new AtomicLong();

	private final AtomicLong acknowledgments = new AtomicLong();

	private final FailureLog failureLog = new FailureLog();

	private final ListenerShard shard;

	private final ShardFailures failures;

	private volatile ShardState.Activity activity = ShardState.Activity.READING;

	/** Whether a session delivers its records. */
	private volatile boolean open = true;

	private volatile long millisBehind = -1;

	private volatile @Nullable Instant readAt;

	private volatile @Nullable Instant stalledSince;

	/** How many records wait to be acknowledged by hand. */
	private volatile IntSupplier unacknowledged = () -> 0;

	private volatile @Nullable Instant unacknowledgedSince;

	/** Since when what is in hand has been, as far as nothing of it has ended. */
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

	ShardProgressMonitor(ListenerShard shard, Clock clock) {
		this.shard = shard;
		this.failures = new ShardFailures(clock);
	}

	ListenerShard shard() {
		return this.shard;
	}

	/**
	 * What may be logged of its failures.
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
		this.failures.readFailed(cause);
	}

	void activityChanged(ShardState.Activity changed, @Nullable Throwable cause) {
		this.activity = changed;
		if (changed == ShardState.Activity.READING) {
			this.open = true;
			this.checked = false;
			this.failures.opened();
		}
		else {
			this.failures.stopped(cause);
		}
	}

	/**
	 * It is not read for the moment, on purpose.
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
	 * Something has been finished. Need not be exact: that it changes is all that counts.
	 */
	void recordsFinished() {
		this.finished.lazySet(this.finished.get() + 1);
	}

	/**
	 * The listener acknowledges by hand.
	 * @param records how many records wait for that; asked from any thread
	 */
	void trackUnacknowledged(IntSupplier records) {
		this.unacknowledged = records;
	}

	/**
	 * Something has been acknowledged by hand. Need not be exact either.
	 */
	void acknowledged() {
		this.acknowledgments.lazySet(this.acknowledgments.get() + 1);
	}

	void deliveryFailed(Object delivery, Throwable cause) {
		this.failures.deliveryFailed(delivery, cause);
	}

	void deliveryRecovered(Object delivery) {
		this.failures.deliveryRecovered(delivery);
	}

	void deliveryEnded() {
		this.busySince = (this.inProgress.decrementAndGet() > 0) ? this.failures.now() : null;
	}

	/**
	 * Look what has changed since the last time.
	 * @param now the loop's time
	 * @return the state if it is another than before, otherwise {@link State#UNCHANGED}
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
		return (this.state != before) ? this.state : State.UNCHANGED;
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
	 * Who asks before the first look gets the moment of asking.
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
	 * How it stands. Safe to call from any thread.
	 */
	ShardStatus status(Duration stalledAfter) {
		ShardFailure shardFailure = this.failures.worst();
		Instant stalled = this.stalledSince;
		boolean failing = shardFailure != null && !shardFailure.since().plus(stalledAfter).isAfter(this.failures.now());
		int unacknowledgedRecords = this.unacknowledged.getAsInt();
		return new ShardStatus(this.shard.stream(), this.shard.shardId(), this.activity, stalled != null || failing,
				lag(), (shardFailure != null) ? shardFailure.cause() : null,
				(shardFailure != null) ? shardFailure.since() : stalled, unacknowledgedRecords,
				(unacknowledgedRecords > 0) ? unacknowledgedSince() : null);
	}

	/**
	 * What came with the last read has been processed when nothing is in hand, and then
	 * the next read tells. What is in hand gets older, although reads behind it find
	 * nothing.
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
