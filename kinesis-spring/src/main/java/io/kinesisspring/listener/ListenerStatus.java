package io.kinesisspring.listener;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The status of a listener, as this instance knows it. Immutable.
 *
 * @param phase whether it runs
 * @param workerId the prefix of the ids under which it holds leases; {@code null} while
 * it does not run
 * @param failure why it does not run if the phase is {@link Phase#FAILED}, or
 * {@link Phase#STOPPED} because its first start has failed; the current denial, which is
 * retried, if the phase is {@link Phase#RUNNING}; {@code null} otherwise
 * @param since the start of the phase, {@code null} before the first start
 * @param cutOff whether it could not reach the lease store for so long that it has
 * stopped delivering
 * @param unclaimed how long there have been shards that no worker reads; zero if there
 * are none
 * @param shards the shards that it holds, in no order
 * @param records how many records the listener has processed or the filter has rejected
 * since the container was created, those of shards that it no longer holds included
 * @param failures how often since then a delivery has failed, or a shard could not be
 * read for the moment
 * @since 0.1.0
 */
public record ListenerStatus(Phase phase, @Nullable String workerId, @Nullable Throwable failure,
		@Nullable Instant since, boolean cutOff, Duration unclaimed, List<ShardStatus> shards, long records,
		long failures) {

	public ListenerStatus {
		shards = List.copyOf(shards);
	}

	/**
	 * Whether a listener runs.
	 */
	public enum Phase {

		/**
		 * It has not been started, was stopped on purpose, or its first start has failed.
		 * The caller of the start got the exception.
		 */
		STOPPED,

		/** It is starting, for example waiting for a stream. */
		STARTING,

		/** It runs. */
		RUNNING,

		/**
		 * It could not be started again, or has stopped because access was denied.
		 */
		FAILED

	}

}
