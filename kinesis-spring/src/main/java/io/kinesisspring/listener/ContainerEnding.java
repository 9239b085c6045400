package io.kinesisspring.listener;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How the last run of a container ended. Immutable.
 *
 * @param phase whether it was stopped or has failed
 * @param failure why it has failed, {@code null} if it has not
 * @param at when it ended, {@code null} if there was none
 */
record ContainerEnding(ListenerStatus.Phase phase, @Nullable Throwable failure, @Nullable Instant at) {

	/**
	 * The status of a container that does not run.
	 */
	ListenerStatus status(DeliveryCounts counts) {
		return new ListenerStatus(this.phase, null, this.failure, this.at, false, Duration.ZERO, List.of(),
				counts.records(), counts.failures());
	}

}
