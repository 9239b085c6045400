package io.kinesisspring.embedded.store;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Decides when and how far a stream in on-demand mode scales. Thread-safe.
 */
final class OnDemandScaler {

	private static final long NEVER = Long.MAX_VALUE;

	/** How often a stream is checked for shards that it does not need any more. */
	private static final long CHECK_INTERVAL = Duration.ofHours(1).toMillis();

	/** The least number of shards: those of a new stream in the service. */
	private static final int MIN_SHARDS = 4;

	/** How many times the peak a stream has capacity for. */
	private static final int HEADROOM = 2;

	private final ReentrantLock lock = new ReentrantLock();

	private OnDemandScaling scaling = OnDemandScaling.none();

	private WritePeak peak = new WritePeak();

	private long growAt = NEVER;

	/** Not before writes were counted for as long as peaks are remembered. */
	private long shrinkAt = NEVER;

	private volatile long dueAt = NEVER;

	private volatile boolean enabled;

	/**
	 * Scale in another way. What was written before is forgotten.
	 */
	void use(OnDemandScaling other, long now) {
		this.lock.lock();
		try {
			this.scaling = other;
			this.enabled = other != OnDemandScaling.none();
			this.peak = new WritePeak();
			plan(NEVER, this.enabled ? now + WritePeak.WINDOW.toMillis() : NEVER);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Count a record that was accepted.
	 * @param size its size
	 * @param shards the number of open shards
	 * @param now the current time in milliseconds since the epoch
	 */
	void written(long size, int shards, long now) {
		this.lock.lock();
		try {
			this.peak.add(size, now);
			if (this.enabled && this.growAt == NEVER && isTooSmall(shards, now)) {
				plan(later(now), this.shrinkAt);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether anything that is written matters.
	 */
	boolean isEnabled() {
		return this.enabled;
	}

	boolean isDue(long now) {
		return now >= this.dueAt;
	}

	/**
	 * Decide whether it is time to scale, and by how many shards. A caller that is told
	 * to scale does so before it reports {@link #scaled}; meanwhile no other is told.
	 * @param shards the number of open shards
	 * @param min the least number of shards that there is a reason for
	 * @param now the current time in milliseconds since the epoch
	 * @return the number of shards to add, or to remove if it is negative
	 */
	int change(int shards, int min, long now) {
		this.lock.lock();
		try {
			if (now < this.dueAt) {
				return 0;
			}
			int change = (this.growAt <= now) ? growth(shards, now) : -surplus(shards, min, now);
			if (change != 0) {
				plan(NEVER, NEVER);
			}
			else {
				replan(shards, now);
			}
			return change;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Go on after a change, whether it succeeded or not.
	 */
	void scaled(int shards, long now) {
		this.lock.lock();
		try {
			if (this.enabled) {
				replan(shards, now);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void replan(int shards, long now) {
		boolean planned = this.growAt > now && this.growAt != NEVER;
		long growth = planned ? this.growAt : later(now);
		plan(isTooSmall(shards, now) ? growth : NEVER, now + CHECK_INTERVAL);
	}

	private void plan(long growth, long shrinking) {
		this.growAt = growth;
		this.shrinkAt = shrinking;
		this.dueAt = Math.min(growth, shrinking);
	}

	private long later(long now) {
		return now + this.scaling.delay().toMillis();
	}

	private boolean isTooSmall(int shards, long now) {
		return needed(now) > shards;
	}

	private double needed(long now) {
		return HEADROOM * this.peak.shards(now);
	}

	/** A stream doubles, as far as it may. */
	private int growth(int shards, long now) {
		return isTooSmall(shards, now) ? Math.max(0, Math.min(shards, this.scaling.maxShards() - shards)) : 0;
	}

	/** A stream halves if half of the shards suffices. */
	private int surplus(int shards, int min, long now) {
		double needed = needed(now);
		int kept = Math.max(Math.max(min, MIN_SHARDS), (int) Math.ceil(needed));
		return (needed * 2 <= shards) ? Math.max(0, Math.min(shards / 2, shards - kept)) : 0;
	}

}
