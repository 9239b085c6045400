package io.kinesisspring.producer;

import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter: a time from 0 to a bound that doubles with each
 * attempt.
 */
final class Backoff {

	private final long initial;

	private final long max;

	private final RandomGenerator random;

	Backoff(ProducerOptions options, RandomGenerator random) {
		this.initial = options.initialBackoff().toNanos();
		this.max = options.maxBackoff().toNanos();
		this.random = random;
	}

	/**
	 * The time to wait.
	 * @param attempts how many attempts have failed, from 1
	 * @return nanoseconds
	 */
	long next(int attempts) {
		long bound = this.initial;
		for (int i = 1; i < attempts && bound < this.max; i++) {
			bound *= 2;
		}
		return this.random.nextLong(Math.min(bound, this.max) + 1);
	}

}
