package io.kinesisspring.testing;

import java.util.stream.LongStream;

/**
 * The seeds of a random test: {@code -Dkinesis.test.seeds} says how many, and
 * {@code -Dkinesis.test.first-seed} which is the first.
 */
public final class Seeds {

	private Seeds() {
	}

	/**
	 * Return the seeds.
	 * @param count how many where nobody says
	 * @return the seeds, in order
	 */
	public static LongStream of(long count) {
		long first = Long.getLong("kinesis.test.first-seed", 1);
		return LongStream.range(first, first + Long.getLong("kinesis.test.seeds", count));
	}

}
