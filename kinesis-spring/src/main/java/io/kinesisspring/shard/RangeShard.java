package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ShardDescription;

/**
 * A shard of a range that is read. Confined to the loop of the read.
 */
final class RangeShard implements ShardReader.Reading {

	/**
	 * If the service does not report the tip, so many responses in a row without records
	 * count as the tip.
	 */
	private static final int EMPTY_RESPONSES_AT_TIP = 5;

	private static final int READS_AT_TIP = 2;

	/**
	 * Some servers never report the end of a closed shard that is read from behind its
	 * last record.
	 */
	private static final int READS_AT_ENDLESS_TIP = 10;

	/** After so many reads in a row, the shards that wait have precedence. */
	private static final int READS_IN_A_ROW = 50;

	private ShardDescription description;

	private final StreamRangeReader owner;

	private final RangeLimits limits;

	private final Checkpoint from;

	/** Opened with the first read, as each open one takes a part of the budget. */
	private @Nullable ShardBuffer buffer;

	/** Whether the position was given for this shard. */
	private final boolean positioned;

	private @Nullable ShardReader reader;

	private State state = State.WAITING;

	private long requested;

	private @Nullable Long failingSince;

	private int readsAtTip;

	private int emptyReadsAtTip;

	private int emptyResponses;

	private int readsInARow;

	private boolean behind;

	private @Nullable Instant begin;

	private double fraction;

	/**
	 * Create the shard.
	 * @param from where to begin
	 * @param positioned whether that position was given for this shard
	 */
	RangeShard(ShardDescription description, StreamRangeReader owner, Checkpoint from, boolean positioned) {
		this.description = description;
		this.owner = owner;
		this.limits = owner.limits();
		this.from = from;
		this.positioned = positioned;
		this.begin = this.limits.from();
	}

	ShardDescription description() {
		return this.description;
	}

	/**
	 * A later listing describes the shard.
	 */
	void update(ShardDescription later) {
		this.description = later.closed() ? later : this.description;
	}

	String id() {
		return this.description.shardId();
	}

	State state() {
		return this.state;
	}

	double fraction() {
		return this.state.isFinished() ? 1 : this.fraction;
	}

	/**
	 * Whether to read it again before the shards that wait for their turn.
	 */
	boolean hasPrecedence() {
		return this.behind && this.readsInARow < READS_IN_A_ROW;
	}

	void yieldTurn() {
		this.readsInARow = 0;
	}

	/**
	 * The parents are finished: the shard may be read.
	 * @return whether there is anything to read
	 */
	boolean begin() {
		if (this.from instanceof Checkpoint.ShardEnd) {
			finish(State.ENDED);
			return false;
		}
		this.state = State.READING;
		return true;
	}

	void read() {
		if (this.buffer == null) {
			this.buffer = this.owner.budget().open();
		}
		if (this.reader == null) {
			this.reader = this.owner.open(id(), this.from, this.buffer);
		}
		this.readsInARow++;
		this.requested = this.owner.loop().nanoTime();
		this.reader.read(this);
	}

	@Override
	public void onBatch(ShardBatch batch) {
		this.failingSince = null;
		Instant position = this.limits.position(batch, this.requested);
		this.begin = (this.begin != null) ? this.begin : firstArrival(batch, position);
		this.fraction = Math.max(this.fraction, this.limits.fraction(this.begin, position));
		this.behind = batch.millisBehindLatest() > 0 || !batch.records().isEmpty();
		boolean atTip = isAtTip(batch);
		if (this.limits.isPassed(batch, atTip, this.requested)) {
			finish(State.PASSED);
		}
		else if (batch.last() || (this.description.closed() && this.emptyReadsAtTip >= READS_AT_ENDLESS_TIP)) {
			finish(State.ENDED);
		}
		List<KinesisRecord<byte[]>> records = this.limits.select(batch.records(), this.positioned);
		if (records.isEmpty()) {
			release(batch.bytes());
		}
		this.owner.onRead(this, records, batch);
	}

	private static Instant firstArrival(ShardBatch batch, Instant position) {
		return batch.records().isEmpty() ? position : batch.records().get(0).approximateArrival();
	}

	/**
	 * Whether the reads in a row have ended at the tip, and the shard is open. A single
	 * response may come just before the one that ends a closed shard, whose children have
	 * records of the range. A response that does not report the tip says little, unless
	 * the service never reports it.
	 */
	private boolean isAtTip(ShardBatch batch) {
		boolean unknown = !batch.atTip() && batch.records().isEmpty() && batch.millisBehindLatest() == 0;
		this.emptyReadsAtTip = (batch.atTip() && batch.records().isEmpty()) ? this.emptyReadsAtTip + 1 : 0;
		boolean late = this.limits.isTipSufficient(this.requested);
		this.readsAtTip = (late && batch.atTip()) ? this.readsAtTip + 1 : 0;
		this.emptyResponses = (late && unknown) ? this.emptyResponses + 1 : 0;
		return !this.description.closed()
				&& (this.readsAtTip >= READS_AT_TIP || this.emptyResponses >= EMPTY_RESPONSES_AT_TIP);
	}

	void release(long bytes) {
		if (this.buffer != null) {
			this.buffer.release(bytes);
		}
	}

	void finish(State finished) {
		this.state = finished;
		close();
	}

	void close() {
		if (this.reader != null) {
			this.reader.close();
		}
		if (this.buffer != null) {
			this.buffer.close();
		}
	}

	@Override
	public void onPositionMoved(Checkpoint position) {
	}

	@Override
	public void onReadDelayed(Throwable cause) {
		long now = this.owner.loop().nanoTime();
		long since = (this.failingSince != null) ? this.failingSince : now;
		this.failingSince = since;
		this.owner.onReadDelayed(this, cause, Duration.ofNanos(now - since));
	}

	@Override
	public void onReadingStopped(KinesisException ex) {
		this.owner.fail(new KinesisException("Shard '" + id() + "' of stream '" + this.owner.stream()
				+ "' cannot be read completely: records of the range have expired before they were read", ex));
	}

	@Override
	public boolean onAccessDenied(KinesisException ex) {
		this.owner.fail(ex);
		return false;
	}

	/**
	 * What has become of a shard.
	 */
	enum State {

		/** Its parents are not finished. */
		WAITING,

		/** It is being read. */
		READING,

		/** It has been read to its end. Its children follow. */
		ENDED,

		/** It has no more records of the range, and its children have none. */
		PASSED;

		boolean isFinished() {
			return this == ENDED || this == PASSED;
		}

	}

}
