package io.kinesisspring.testing;

import java.util.stream.LongStream;

/**
 * The seeds of a random test. {@code -Dkinesis.test.seeds} sets their number, and
 * {@code -Dkinesis.test.first-seed} the first one. {@code -Dkinesis.test.seeds-divisor}
 * takes a part of what a test has.
 */
public final class Seeds {

	private static final long DIVISOR = Long.getLong("kinesis.test.seeds-divisor",
			Boolean.getBoolean("kinesis.test.thorough") ? 1 : 8);

	private Seeds() {
	}

	/**
	 * Return the seeds.
	 * @param thorough their number in the profile {@code thorough}; an eighth of it
	 * otherwise
	 * @return the seeds, in order
	 */
	public static LongStream of(long thorough) {
		long first = Long.getLong("kinesis.test.first-seed", 1);
		return LongStream.range(first, first + count(thorough));
	}

	/**
	 * Return how many seeds a test tries.
	 * @param thorough their number in the profile {@code thorough}; an eighth of it
	 * otherwise
	 * @return the number
	 */
	public static long count(long thorough) {
		return Long.getLong("kinesis.test.seeds", Math.max(1, thorough / DIVISOR));
	}

}
