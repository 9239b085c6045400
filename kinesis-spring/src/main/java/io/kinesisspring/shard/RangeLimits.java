package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;

/**
 * Decides which records belong to a range, and when a shard has passed its end. The
 * arrival time of a record decides, if the service reports it. Arrival times are
 * approximate: a record may have an earlier one than the record before it. So a shard is
 * read somewhat beyond the end of the range. Immutable.
 */
final class RangeLimits {

	/** How much earlier than its predecessor a record may have arrived. */
	static final Duration ARRIVAL_TOLERANCE = Duration.ofSeconds(10);

	/**
	 * How far the arrival time of a record that is stored may be ahead of the service's
	 * time. For a second after a resharding, kinesalite reports arrival times of the next
	 * second.
	 */
	private static final Duration ARRIVAL_AHEAD = Duration.ofSeconds(2);

	/** How long a record that has arrived may be invisible to readers. */
	private static final Duration PROPAGATION = Duration.ofSeconds(1);

	private final @Nullable Instant from;

	private final Instant to;

	private final boolean strict;

	private final Instant asOf;

	private final long listedAt;

	/** From when on a read that ends at the tip of a shard has seen the range. */
	private final long tipSuffices;

	private RangeLimits(@Nullable Instant from, Instant to, boolean strict, Instant asOf, long listedAt,
			long tipSuffices) {
		this.from = from;
		this.to = to;
		this.strict = strict;
		this.asOf = asOf;
		this.listedAt = listedAt;
		this.tipSuffices = tipSuffices;
	}

	/**
	 * Fix the limits of a range.
	 * @param asOf the service's time, which is not later than {@code listedAt}
	 * @param latest a moment of the service that is certainly later
	 * @param listedAt when the service's time was received, in nanoseconds of the loop
	 */
	static RangeLimits of(StreamRange range, Instant asOf, Instant latest, long listedAt) {
		Instant from = null;
		if (range.from() != null && !(range.from() instanceof InitialPosition.Latest)
				&& range.from().pinnedAt(asOf) instanceof Checkpoint.AtTimestamp at) {
			from = at.timestamp();
		}
		if (range.to() == null) {
			return new RangeLimits(from, latest.plus(ARRIVAL_AHEAD), range.strictEnd(), asOf, listedAt, listedAt);
		}
		Duration ahead = Duration.between(asOf, range.to());
		long wait = ahead.isNegative() ? 0 : ahead.plus(PROPAGATION).toNanos();
		return new RangeLimits(from, range.to(), range.strictEnd(), asOf, listedAt, listedAt + wait);
	}

	/**
	 * The position at which to start. The service accepts no moment in the future.
	 */
	Checkpoint start(InitialPosition position) {
		Checkpoint start = position.pinnedAt(this.asOf);
		return (start instanceof Checkpoint.AtTimestamp at && at.timestamp().isAfter(this.asOf))
				? new Checkpoint.AtTimestamp(this.asOf) : start;
	}

	List<KinesisRecord<byte[]>> select(List<KinesisRecord<byte[]>> records, boolean positioned) {
		return records.stream()
			.takeWhile((record) -> !isStrictEnd(record))
			.filter((record) -> contains(record.approximateArrival(), positioned))
			.toList();
	}

	/**
	 * Whether nothing is read from this record on.
	 */
	private boolean isStrictEnd(KinesisRecord<byte[]> record) {
		return this.strict && !record.approximateArrival().isBefore(this.to);
	}

	private boolean contains(Instant arrival, boolean positioned) {
		if (isUnknown(arrival)) {
			return true;
		}
		return arrival.isBefore(this.to) && (positioned || this.from == null || !arrival.isBefore(this.from));
	}

	/**
	 * Whether a shard and its children cannot have any more records of the range. The end
	 * of a shard does not say that: the children may have some.
	 * @param atTip whether the shard is open and was read to its tip late enough
	 * @param requested when the read was requested, in nanoseconds of the loop
	 */
	boolean isPassed(ShardBatch batch, boolean atTip, long requested) {
		if (batch.records().stream().anyMatch(this::isStrictEnd)) {
			return true;
		}
		Instant last = batch.lastArrival();
		if (last != null && !isUnknown(last)) {
			return isBeyond(last);
		}
		if (batch.last()) {
			return false;
		}
		if (atTip) {
			return true;
		}
		return last == null && batch.millisBehindLatest() > 0 && isBeyond(position(batch, requested));
	}

	/**
	 * Whether a read that ends at the tip of a shard sees all of the range.
	 * @param requested when the read was requested, in nanoseconds of the loop
	 */
	boolean isTipSufficient(long requested) {
		return requested - this.tipSuffices >= 0;
	}

	private boolean isBeyond(Instant moment) {
		return !moment.isBefore(this.to.plus(ARRIVAL_TOLERANCE));
	}

	/**
	 * The moment up to which a shard has been read, or an earlier one.
	 */
	Instant position(ShardBatch batch, long requested) {
		Instant last = batch.lastArrival();
		return (last != null && !isUnknown(last)) ? last
				: this.asOf.plusNanos(requested - this.listedAt).minusMillis(batch.millisBehindLatest());
	}

	/**
	 * How much of a shard has been read.
	 * @param begin the moment of its first record, or of the range
	 * @param position the moment up to which it has been read
	 */
	double fraction(Instant begin, Instant position) {
		double whole = Duration.between(begin, this.to).toMillis();
		return (whole <= 0) ? 0 : Math.max(0, Math.min(1, Duration.between(begin, position).toMillis() / whole));
	}

	@Nullable Instant from() {
		return this.from;
	}

	private static boolean isUnknown(Instant arrival) {
		return arrival.equals(KinesisRecord.UNKNOWN_ARRIVAL);
	}

}
