package io.kinesisspring.listener;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether a shard gets on, is idle or stalls. What deliveries tell may come from any
 * thread; everything else is confined to the container's loop.
 */
final class ShardWatch {

	private final AtomicInteger inHand = new AtomicInteger();

	private final AtomicLong finished = new AtomicLong();

	private final FailureLog failureLog = new FailureLog();

	private final ListenerShard shard;

	private boolean open = true;

	private boolean looked;

	private long reads;

	private long records;

	private long seenReads;

	private long seenRecords;

	private long seenFinished;

	private long lastRecord;

	private long lastStep;

	private State state = State.BUSY;

	ShardWatch(ListenerShard shard) {
		this.shard = shard;
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

	void read(int count) {
		this.open = true;
		this.reads++;
		this.records += count;
	}

	/**
	 * It is not read for the moment, on purpose.
	 */
	void closed() {
		this.open = false;
	}

	void began() {
		this.inHand.incrementAndGet();
	}

	/**
	 * Something has been finished. Need not be exact: that it changes is all that counts.
	 */
	void gotOn() {
		this.finished.lazySet(this.finished.get() + 1);
	}

	void ended() {
		this.inHand.decrementAndGet();
	}

	/**
	 * Look what has changed since the last time.
	 * @param now the loop's time
	 * @return the state if it is another than before, otherwise {@link State#UNCHANGED}
	 */
	State look(long now, Duration idleAfter, Duration stalledAfter) {
		boolean busy = this.inHand.get() > 0;
		if (busy || this.records != this.seenRecords || !this.looked) {
			this.lastRecord = now;
		}
		boolean step = this.finished.get() != this.seenFinished || (!busy && this.reads != this.seenReads);
		if (step || !this.open || !this.looked) {
			this.lastStep = now;
		}
		this.looked = true;
		this.seenRecords = this.records;
		this.seenReads = this.reads;
		this.seenFinished = this.finished.get();
		State before = this.state;
		if (now - this.lastStep >= stalledAfter.toNanos()) {
			this.state = State.STALLED;
		}
		else {
			this.state = (now - this.lastRecord >= idleAfter.toNanos()) ? State.IDLE : State.BUSY;
		}
		return (this.state != before) ? this.state : State.UNCHANGED;
	}

	enum State {

		BUSY, IDLE, STALLED, UNCHANGED

	}

}
