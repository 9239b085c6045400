package io.kinesisspring.producer;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.OutgoingRecord.Place;

/**
 * How fast records may go to one shard, and those that wait for their turn. Unlimited
 * until the shard refuses a good part of its records; then at the pace that the service
 * grants every shard, which shrinks by the part that is refused and creeps up again. Not
 * thread-safe.
 */
final class AdaptiveRateLimit {

	private static final Log logger = LogFactory.getLog(AdaptiveRateLimit.class);

	/** Released together, so that requests are worth their while. */
	private static final long LUMP = Duration.ofMillis(50).toNanos();

	/**
	 * How long to look at the answers before the pace is changed: the service counts by
	 * the second.
	 */
	private static final long WINDOW = Duration.ofSeconds(1).toNanos();

	/** How long to wait for answers of which there are few. */
	private static final long LONG_WINDOW = Duration.ofSeconds(5).toNanos();

	private static final int FEW = 10;

	/** Answers to look at before an unlimited shard is limited. */
	private static final int MANY = 100;

	/** The part of refused records that limits a shard: more than other faults cause. */
	private static final double STORM = 0.25;

	/** The part of refused records that a limited shard is slowed down for. */
	private static final double TOO_MANY = 0.12;

	/** The part of refused records that a limited shard may go faster with. */
	private static final double HARDLY_ANY = 0.05;

	/** How much more to send than was taken, so as not to be crowded out by others. */
	private static final double PROBE = 1.1;

	private static final double SLOWER = 0.1;

	/** How much faster to go after a good second; twice that after the next. */
	private static final double FIRST_RISE = 0.05;

	/** Of the pace that the service grants: 20 records a second. */
	private static final double SLOWEST = 0.02;

	private final String stream;

	private final @Nullable String shard;

	/** How large what a record will go as is going to be, about. */
	private final ToIntFunction<OutgoingRecord> size;

	private final Queue<OutgoingRecord> waiting = new PriorityQueue<>(ReadyQueue.TRIED_THEN_OLDEST);

	/** In parts of what the service grants a shard; 0 while there is no limit. */
	private double rate;

	private double rise = FIRST_RISE;

	/** Until when the records that have been released take up the shard. */
	private long busyUntil;

	/** What was sent before has nothing to say about a limit. */
	private long windowStart;

	private int taken;

	private int refused;

	/**
	 * Create a pace without a limit.
	 * @param stream the stream
	 * @param shard the shard, {@code null} for records whose shard is not known
	 * @param size as how many bytes a record takes up the shard when it goes
	 */
	AdaptiveRateLimit(String stream, @Nullable String shard, ToIntFunction<OutgoingRecord> size) {
		this.stream = stream;
		this.shard = shard;
		this.size = size;
	}

	/**
	 * The pace of a shard that takes over hash keys of another.
	 * @param successor the shard
	 * @return a pace that begins as this is
	 */
	AdaptiveRateLimit of(String successor) {
		AdaptiveRateLimit pace = new AdaptiveRateLimit(this.stream, successor, this.size);
		pace.rate = this.rate;
		pace.busyUntil = this.busyUntil;
		pace.windowStart = this.windowStart;
		return pace;
	}

	boolean limited() {
		return this.rate > 0;
	}

	void hold(OutgoingRecord record) {
		record.place = Place.BACKOFF;
		this.waiting.add(record);
	}

	/**
	 * When records that wait may go.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextRelease() {
		return this.waiting.isEmpty() ? StreamQueue.NEVER : this.busyUntil + LUMP;
	}

	/**
	 * Let go those whose turn it is, each charged with all that will go with it: were it
	 * charged alone, all keys of a shard would go at once, a megabyte together.
	 * @param now by the engine's clock
	 * @param ready takes them
	 */
	void release(long now, Consumer<OutgoingRecord> ready) {
		if (nextRelease() > now) {
			return;
		}
		this.busyUntil = Math.max(this.busyUntil, now - LUMP);
		while (this.busyUntil <= now && !this.waiting.isEmpty()) {
			OutgoingRecord record = this.waiting.remove();
			if (record.place != Place.GONE) {
				record.charged = this.size.applyAsInt(record);
				charge(ServiceLimits.shardTime(record.charged));
				ready.accept(record);
			}
		}
	}

	/**
	 * Give up all that wait.
	 * @param taker takes them
	 */
	void drain(Consumer<OutgoingRecord> taker) {
		this.waiting.stream().filter((record) -> record.place != Place.GONE).forEach(taker);
		this.waiting.clear();
	}

	void unlimit() {
		this.rate = 0;
		startWindow(0);
	}

	/**
	 * Take up the shard for a time, or give time back.
	 * @param time what the service needs, in nanoseconds
	 */
	void charge(long time) {
		if (limited()) {
			this.busyUntil += (long) (time / this.rate);
		}
	}

	/**
	 * The shard has answered a record.
	 * @param throttled whether it was refused
	 * @param sentAt when it was sent: what was sent before the pace changed says nothing
	 * about the new one
	 */
	void count(boolean throttled, long sentAt) {
		if (limited() && sentAt < this.windowStart) {
			return;
		}
		if (throttled) {
			this.refused++;
		}
		else {
			this.taken++;
		}
	}

	/**
	 * Change the pace if the answers say so.
	 * @param now by the engine's clock
	 * @return whether it has been changed
	 */
	boolean review(long now) {
		int answers = this.taken + this.refused;
		if (!limited()) {
			return answers >= MANY && limit((double) this.refused / answers, now);
		}
		long window = (answers < FEW) ? LONG_WINDOW : WINDOW;
		if (answers == 0 || now - this.windowStart < window) {
			return false;
		}
		adapt((double) this.refused / answers);
		startWindow(now);
		return true;
	}

	/**
	 * Once the storm is seen, this second's records have been taken.
	 */
	private boolean limit(double refusals, long now) {
		if (refusals <= STORM) {
			startWindow(now);
			return false;
		}
		this.rate = 1;
		this.busyUntil = now + WINDOW;
		startWindow(this.busyUntil);
		logger
			.warn(this + " takes fewer records than it is sent (1,000 records and 1 MB a second: add shards or spread "
					+ "the keys); they wait for their turn now");
		return true;
	}

	private void adapt(double refusals) {
		if (refusals > TOO_MANY) {
			this.rate = Math.max(SLOWEST, this.rate * Math.max(SLOWER, (1 - refusals) * PROBE));
			this.rise = FIRST_RISE;
		}
		else if (refusals < HARDLY_ANY) {
			this.rate += this.rate * this.rise;
			this.rise = Math.min(1, 2 * this.rise);
		}
	}

	private void startWindow(long start) {
		this.windowStart = start;
		this.taken = 0;
		this.refused = 0;
	}

	@Override
	public String toString() {
		return "Stream '" + this.stream + "': " + ((this.shard != null) ? "shard '" + this.shard + "'" : "a shard");
	}

}
