package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.random.RandomGenerator;

import org.springframework.util.Assert;

/**
 * Exponential back-off with full jitter: a random delay up to a bound that doubles with
 * each failure. Callers that failed together do not retry together. Immutable, and
 * thread-safe if its random generator is.
 *
 * @since 0.1.0
 */
public final class FullJitter {

	private final long initial;

	private final long max;

	private final RandomGenerator random;

	/**
	 * Create a back-off.
	 * @param initial the bound after the first failure; more than 0
	 * @param max the maximum of the bound
	 * @param random chooses the delays
	 */
	public FullJitter(Duration initial, Duration max, RandomGenerator random) {
		Assert.isTrue(initial.compareTo(Duration.ZERO) > 0, "'initial' must be more than 0");
		Assert.isTrue(max.compareTo(initial) >= 0, "'max' must be at least 'initial'");
		this.initial = initial.toNanos();
		this.max = max.toNanos();
		this.random = random;
	}

	/**
	 * Return the next delay.
	 * @param failures the number of failures in a row, from 1
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
