package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.random.RandomGenerator;

import org.springframework.util.Assert;

/**
 * Exponential backoff with full jitter: a pause of any length from nothing to a bound
 * that doubles with each failure, so that those that failed together do not come back
 * together. Immutable, and as safe for threads as its source of chance.
 *
 * @since 0.1.0
 */
public final class FullJitter {

	private final long initial;

	private final long max;

	private final RandomGenerator random;

	/**
	 * Create a backoff.
	 * @param initial the bound of the pause after the first failure; more than 0
	 * @param max the bound of any pause
	 * @param random decides how long a pause is
	 */
	public FullJitter(Duration initial, Duration max, RandomGenerator random) {
		Assert.isTrue(initial.compareTo(Duration.ZERO) > 0, "'initial' must be more than 0");
		Assert.isTrue(max.compareTo(initial) >= 0, "'max' must be at least 'initial'");
		this.initial = initial.toNanos();
		this.max = max.toNanos();
		this.random = random;
	}

	/**
	 * How long to wait.
	 * @param failures how many times it has failed in a row, from 1
	 * @return nanoseconds
	 */
	public long pauseNanos(int failures) {
		long bound = this.initial;
		for (int i = 1; i < failures && bound < this.max; i++) {
			bound *= 2;
		}
		return this.random.nextLong(Math.min(bound, this.max) + 1);
	}

}
