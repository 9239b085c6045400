package io.kinesisspring.lease;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Where reading starts in a shard that has no checkpoint and no parent with one.
 * Immutable.
 *
 * @since 0.1.0
 */
public sealed interface InitialPosition {

	/** Begin with the oldest record that the stream still keeps. */
	InitialPosition TRIM_HORIZON = new TrimHorizon();

	/**
	 * Begin with what arrives after the shard has been seen first. The service tells its
	 * time in whole seconds: the first start waits for the next one. What was stored
	 * before is not read, and what is stored after the start is.
	 */
	InitialPosition LATEST = new Latest();

	/**
	 * Read a position.
	 * @param text {@code trim-horizon}, {@code latest}, an ISO-8601 instant such as
	 * {@code 2026-11-23T10:00:00Z}, or a duration back such as {@code 1h} or
	 * {@code PT1H}; case and underscores do not matter
	 * @return the position
	 * @throws IllegalArgumentException if it is none of these
	 */
	static InitialPosition of(String text) {
		String name = text.strip().toLowerCase(Locale.ROOT).replace('_', '-');
		if (name.equals("trim-horizon")) {
			return TRIM_HORIZON;
		}
		if (name.equals("latest")) {
			return LATEST;
		}
		Duration back = duration(text.strip());
		if (back != null) {
			return new Ago(back);
		}
		try {
			return new At(OffsetDateTime.parse(text.strip()).toInstant());
		}
		catch (DateTimeException ex) {
			throw new IllegalArgumentException("'" + text
					+ "' is no initial position: use 'trim-horizon', 'latest', an ISO-8601 instant such as '2026-11-23T10:00:00Z', or a duration back such as '1h'");
		}
	}

	private static @Nullable Duration duration(String text) {
		if (!text.matches("(?i)[+-]?(p.+|(\\d+[a-z]{1,2})+)")) {
			return null;
		}
		try {
			return DurationFormatterUtils.detectAndParse(text);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * The position as a checkpoint that does not depend on when it is read.
	 * @param seen when the shard was seen first, by the service's clock
	 * @return the checkpoint
	 */
	Checkpoint pinnedAt(Instant seen);

	/**
	 * Begin with the oldest record.
	 */
	record TrimHorizon() implements InitialPosition {

		@Override
		public String toString() {
			return "trim-horizon";
		}

		@Override
		public Checkpoint pinnedAt(Instant seen) {
			return Checkpoint.TRIM_HORIZON;
		}

	}

	/**
	 * Begin with what arrives next.
	 */
	record Latest() implements InitialPosition {

		@Override
		public String toString() {
			return "latest";
		}

		@Override
		public Checkpoint pinnedAt(Instant seen) {
			return new Checkpoint.AtTimestamp(seen);
		}

	}

	/**
	 * Begin with what has arrived for some time when the shard is seen first.
	 *
	 * @param duration for how long, counted back from that moment by the service's clock;
	 * positive, and no longer than the 365 days for which streams can keep records
	 */
	record Ago(Duration duration) implements InitialPosition {

		public Ago {
			if (duration.isNegative() || duration.isZero() || duration.compareTo(Duration.ofDays(365)) > 0) {
				throw new IllegalArgumentException("'" + duration
						+ "' is no duration back: use a positive one of up to 365 days such as '1h', or 'latest' or 'trim-horizon'");
			}
		}

		@Override
		public String toString() {
			return this.duration.toString();
		}

		@Override
		public Checkpoint pinnedAt(Instant seen) {
			return new Checkpoint.AtTimestamp(seen.minus(this.duration));
		}

	}

	/**
	 * Begin with the first record of a moment.
	 *
	 * @param timestamp the moment, by the service's clock
	 */
	record At(Instant timestamp) implements InitialPosition {

		@Override
		public String toString() {
			return this.timestamp.toString();
		}

		@Override
		public Checkpoint pinnedAt(Instant seen) {
			return new Checkpoint.AtTimestamp(this.timestamp);
		}

	}

}
