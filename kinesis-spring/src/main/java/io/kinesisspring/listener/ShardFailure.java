package io.kinesisspring.listener;

import java.time.Instant;

/**
 * Something that goes wrong. Immutable.
 *
 * @param cause what it is now
 * @param since since when
 */
record ShardFailure(Throwable cause, Instant since) {

	ShardFailure withCause(Throwable latest) {
		return new ShardFailure(latest, this.since);
	}

}
