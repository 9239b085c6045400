package io.kinesisspring.boot.console;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;

/**
 * What has to be read of a shard to count what a reset means for it, and what has been
 * counted. Used by one thread.
 */
final class ShardPreview {

	private static final Pattern SEQUENCE_NUMBER = Pattern.compile("([0-9]{1,128})(?:/([0-9]{1,18}))?");

	private final Lease lease;

	private final String shardId;

	/** By the clock of this host, so that it serves estimates only. */
	private final Instant now;

	private Direction direction = Direction.UNKNOWN;

	/** Where reading begins; {@code null} if nothing has to be read. */
	private @Nullable Checkpoint start;

	/** The last record that counts, unless all do until {@link #until}. */
	private Checkpoint.@Nullable After last;

	private @Nullable Instant until;

	private long records;

	private boolean complete;

	/** Whether the absence of records does not tell that there are none to count. */
	private boolean ambiguous;

	private @Nullable Instant first;

	private @Nullable Instant latest;

	private ShardPreview(Lease lease, Instant now) {
		this.lease = lease;
		this.now = now;
		this.shardId = lease.shardId();
	}

	/**
	 * Plan what to read first.
	 * @param position the position of the reset
	 * @param now this moment
	 * @throws IllegalArgumentException if it is no position
	 */
	static ShardPreview of(Lease lease, String position, Instant now) {
		ShardPreview plan = new ShardPreview(lease, now);
		Checkpoint from = lease.checkpoint();
		Checkpoint to = target(position, now);
		if (to == null) {
			plan.read(Direction.SKIPPED, lease.isFinished() ? null : from);
		}
		else if (from.equals(to)) {
			plan.read(Direction.NONE, null);
		}
		else if (from instanceof Checkpoint.TrimHorizon) {
			plan.read(Direction.SKIPPED, from);
			plan.endAt(to);
		}
		else if (to instanceof Checkpoint.TrimHorizon || lease.isFinished()) {
			plan.read(Direction.AGAIN, to);
			plan.endAt(from);
		}
		else if (from instanceof Checkpoint.After here && to instanceof Checkpoint.After there) {
			boolean back = there.compareTo(here) < 0;
			plan.read(back ? Direction.AGAIN : Direction.SKIPPED, back ? there : here);
			plan.endAt(back ? here : there);
		}
		else if (from instanceof Checkpoint.AtTimestamp here && to instanceof Checkpoint.AtTimestamp there) {
			boolean back = there.timestamp().isBefore(here.timestamp());
			plan.read(back ? Direction.AGAIN : Direction.SKIPPED, back ? there : here);
			plan.endAt(back ? here : there);
		}
		else {
			plan.read(Direction.SKIPPED, from);
			plan.endAt(to);
			plan.ambiguous = to instanceof Checkpoint.After;
		}
		return plan;
	}

	/**
	 * The checkpoint of a position; {@code null} for the tip of the shard.
	 */
	private static @Nullable Checkpoint target(String position, Instant now) {
		Matcher number = SEQUENCE_NUMBER.matcher(position);
		if (number.matches()) {
			return Checkpoint.after(SequenceNumber.of(number.group(1)),
					(number.group(2) != null) ? Long.parseLong(number.group(2)) : Checkpoint.WHOLE_RECORD);
		}
		InitialPosition initial = InitialPosition.of(position);
		return (initial instanceof InitialPosition.Latest) ? null : initial.pinnedAt(now);
	}

	/**
	 * The moment of a position that is one.
	 */
	static Checkpoint.@Nullable AtTimestamp moment(String position, Instant now) {
		return (target(position, now) instanceof Checkpoint.AtTimestamp moment) ? moment : null;
	}

	/**
	 * The time of a position, as far as it is known.
	 */
	static @Nullable Instant time(String position, Instant now) {
		Checkpoint target = target(position, now);
		if (target instanceof Checkpoint.AtTimestamp moment) {
			return moment.timestamp();
		}
		return (target != null) ? null : now;
	}

	/**
	 * Write a checkpoint as the endpoint does.
	 */
	static String write(Checkpoint checkpoint) {
		if (checkpoint instanceof Checkpoint.After after) {
			long sub = after.subSequenceNumber();
			return after.sequenceNumber() + ((sub != 0 && sub != Checkpoint.WHOLE_RECORD) ? "/" + sub : "");
		}
		if (checkpoint instanceof Checkpoint.AtTimestamp at) {
			return at.timestamp().toString();
		}
		return (checkpoint instanceof Checkpoint.ShardEnd) ? "shard-end" : "trim-horizon";
	}

	private void read(Direction planned, @Nullable Checkpoint from) {
		this.direction = (from != null) ? planned : Direction.NONE;
		this.start = from;
		this.complete = from == null;
	}

	private void endAt(Checkpoint end) {
		if (end instanceof Checkpoint.After after) {
			this.last = after;
		}
		else if (end instanceof Checkpoint.AtTimestamp at) {
			this.until = at.timestamp();
		}
	}

	/**
	 * Plan to read in the other direction: nothing lies between the checkpoint and a
	 * later moment, so perhaps something does between an earlier one and the checkpoint.
	 * @return whether there is something to read
	 */
	boolean turn(Checkpoint.AtTimestamp moment) {
		if (!this.complete || this.records > 0 || this.direction != Direction.SKIPPED
				|| !moment.timestamp().isBefore(this.now)
				|| !(this.lease.checkpoint() instanceof Checkpoint.After after)) {
			return false;
		}
		this.direction = Direction.AGAIN;
		this.start = moment;
		this.last = after;
		this.until = null;
		this.complete = false;
		return true;
	}

	boolean isComplete() {
		return this.complete;
	}

	@Nullable Checkpoint start() {
		return this.start;
	}

	/**
	 * Count a record of the shard.
	 */
	void count(KinesisRecord<byte[]> record) {
		if (this.complete) {
			return;
		}
		Instant arrival = record.approximateArrival();
		Checkpoint.After position = new Checkpoint.After(record.sequenceNumber(), record.subSequenceNumber());
		boolean beyond = (this.last != null) ? position.compareTo(this.last) > 0
				: this.until != null && !arrival.isBefore(this.until);
		if (beyond) {
			this.complete = true;
			return;
		}
		this.records++;
		this.first = (this.first != null) ? this.first : arrival;
		this.latest = arrival;
	}

	/**
	 * All has been read that there is.
	 */
	void end() {
		this.complete = true;
	}

	/**
	 * Return where the count ends in time.
	 * @param lag how far this instance is behind, if it reads the shard and counts up to
	 * its checkpoint
	 */
	private @Nullable Instant endTime(@Nullable Duration lag) {
		if (this.last == null) {
			return (this.until != null) ? this.until : this.now;
		}
		return (lag != null) ? this.now.minus(lag) : null;
	}

	/**
	 * The result.
	 * @param lag how far this instance is behind the tip of the shard, {@code null} if it
	 * does not know
	 */
	Result result(@Nullable Duration lag) {
		if (this.complete && this.records == 0 && this.ambiguous) {
			return new Result(this.lease, Direction.UNKNOWN, null, true);
		}
		if (this.complete) {
			return new Result(this.lease, (this.records > 0) ? this.direction : Direction.NONE, this.records, false);
		}
		Instant end = endTime(lag);
		if (this.first == null || this.latest == null || end == null || !this.latest.isAfter(this.first)) {
			return new Result(this.lease, (this.records > 0) ? this.direction : Direction.UNKNOWN, null, true);
		}
		double share = (double) Duration.between(this.first, end).toMillis()
				/ Duration.between(this.first, this.latest).toMillis();
		return new Result(this.lease, this.direction, Math.round(this.records * Math.max(1, share)), true);
	}

	String shardId() {
		return this.shardId;
	}

	/**
	 * What a reset does to the records of a shard.
	 */
	enum Direction {

		/** They are delivered again. */
		AGAIN,

		/** They are not delivered. */
		SKIPPED,

		/** There are none. */
		NONE,

		/** It could not be found out. */
		UNKNOWN

	}

	/**
	 * What a reset means for a shard.
	 *
	 * @param lease its lease
	 * @param direction what happens to the records
	 * @param records how many they are; {@code null} if that is unknown
	 * @param estimated whether the number is not exact
	 */
	record Result(Lease lease, Direction direction, @Nullable Long records, boolean estimated) {

	}

}
