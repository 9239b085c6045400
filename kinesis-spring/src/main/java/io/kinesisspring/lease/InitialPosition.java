package io.kinesisspring.lease;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;

/**
 * Where reading starts in a shard that has no checkpoint and no parent with one.
 * Immutable.
 *
 * @since 0.1.0
 */
public sealed interface InitialPosition {

	/** Begin with the oldest record that the stream still keeps. */
	InitialPosition TRIM_HORIZON = new TrimHorizon();

	/** Begin with what arrives after the shard has been seen first. */
	InitialPosition LATEST = new Latest();

	/**
	 * Read a position.
	 * @param text {@code trim-horizon}, {@code latest} or an ISO-8601 instant such as
	 * {@code 2026-11-23T10:00:00Z}; case and underscores do not matter
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
		try {
			return new At(OffsetDateTime.parse(text.strip()).toInstant());
		}
		catch (DateTimeException ex) {
			throw new IllegalArgumentException("'" + text
					+ "' is no initial position: use 'trim-horizon', 'latest' or an ISO-8601 instant such as '2026-11-23T10:00:00Z'");
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
