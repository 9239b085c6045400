package io.kinesisspring.listener;

import java.time.Instant;

/**
 * A failure that lasts. Immutable.
 *
 * @param cause the latest cause
 * @param since the start of the failure
 */
record ShardFailure(Throwable cause, Instant since) {

	ShardFailure withCause(Throwable latest) {
		return new ShardFailure(latest, this.since);
	}

}
