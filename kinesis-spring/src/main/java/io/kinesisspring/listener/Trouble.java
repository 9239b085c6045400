package io.kinesisspring.listener;

import java.time.Instant;

/**
 * Something that goes wrong. Immutable.
 *
 * @param cause what it is now
 * @param since since when
 */
record Trouble(Throwable cause, Instant since) {

	Trouble now(Throwable latest) {
		return new Trouble(latest, this.since);
	}

}
