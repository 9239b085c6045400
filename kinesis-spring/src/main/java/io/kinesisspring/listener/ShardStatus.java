package io.kinesisspring.listener;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.shard.ShardState;

/**
 * The status of a shard that this instance holds, as the instance knows it. Immutable.
 *
 * @param stream the name of the stream
 * @param shardId the shard
 * @param activity whether it is read, paused or stopped by a failure
 * @param stalled whether it makes no progress: nothing has been finished, or a record has
 * failed, for the container's {@code stalledAfter}
 * @param millisBehindLatest how far behind the tip of the shard its last read ended, plus
 * the time since then if that is not processed yet; -1 before the first read
 * @param failure the current failure, {@code null} if there is none
 * @param since the start of the failure or of the time without progress, {@code null} if
 * there is none
 * @param unacknowledged how many of its records the listener has not acknowledged; 0
 * unless the ack mode is {@link AckMode#MANUAL}
 * @param unacknowledgedSince since when no record has been acknowledged although some
 * wait for it, accurate to about a second; {@code null} if none wait
 * @param records how many of its records the listener has processed or the filter has
 * rejected since this instance acquired it. It only grows, so that a rate is the
 * difference of two
 * @since 0.1.0
 */
public record ShardStatus(String stream, String shardId, ShardState.Activity activity, boolean stalled,
		long millisBehindLatest, @Nullable Throwable failure, @Nullable Instant since, int unacknowledged,
		@Nullable Instant unacknowledgedSince, long records) {

}
