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
 * failed, for as long as the container's {@link ContainerOptions#stalledAfter()} says
 * @param millisBehindLatest how far behind the tip of the shard its last read ended, plus
 * the time since then if that is not processed yet; -1 before the first read
 * @param failure what goes wrong at the moment, {@code null} if nothing does
 * @param since since when it goes wrong or stands still, {@code null} if it does not
 * @param unacknowledged how many records it has taken up that the listener has not
 * acknowledged by hand; 0 unless the ack mode is {@link AckMode#MANUAL}
 * @param unacknowledgedSince since when nothing has been acknowledged though records wait
 * for it, to about the second; {@code null} if none do
 * @since 0.1.0
 */
public record ShardStatus(String stream, String shardId, ShardState.Activity activity, boolean stalled,
		long millisBehindLatest, @Nullable Throwable failure, @Nullable Instant since, int unacknowledged,
		@Nullable Instant unacknowledgedSince) {

}
