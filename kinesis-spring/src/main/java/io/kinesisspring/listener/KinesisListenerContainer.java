package io.kinesisspring.listener;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.shard.ShardState;

/**
 * Runs one listener: reads this instance's share of its streams' shards and delivers
 * their records. A bean that starts and stops with the application. Thread-safe.
 *
 * @since 0.1.0
 */
public interface KinesisListenerContainer extends SmartLifecycle {

	/**
	 * The default phase. Containers start last and stop first: before the template
	 * flushes and before the web server stops.
	 */
	int PHASE = Integer.MAX_VALUE - 100;

	/**
	 * Stop: finish the current records, write checkpoints and release the leases. Returns
	 * when this is done, or after the shutdown timeout. If a listener stops its own
	 * container, this returns at once, and the container stops after the current record
	 * or the next ones. A listener must not wait for anything else that waits for its
	 * record.
	 */
	@Override
	void stop();

	/**
	 * The id of the container.
	 * @return the id
	 */
	String getId();

	/**
	 * The streams that it reads.
	 * @return the streams
	 */
	List<StreamIdentifier> getStreams();

	/**
	 * The streams to which its listener sends answers, as far as they are known before
	 * the first record.
	 * @return the streams; none unless the listener has
	 * {@link org.springframework.messaging.handler.annotation.SendTo @SendTo}
	 */
	default List<StreamIdentifier> getReplyStreams() {
		return List.of();
	}

	/**
	 * Its options.
	 * @return the options
	 */
	ContainerOptions getOptions();

	/**
	 * Stop delivering after the current record, and keep all leases, so that no other
	 * instance takes over. Records wait in the stream until {@link #resume()}. With
	 * {@link AckMode#MANUAL}, records that are not acknowledged before the resume are
	 * delivered again. A pause ends when the container stops.
	 * @return completes when no record is being processed; if called by the listener
	 * itself, when no other record will be started
	 * @throws IllegalStateException if the container does not run
	 */
	CompletableFuture<Void> pause();

	/**
	 * Stop delivering the records of a stream, as for {@link #pause()}.
	 * @param stream the name of the stream
	 * @return completes when none of its records is being processed
	 * @throws IllegalStateException if the container does not run
	 */
	CompletableFuture<Void> pause(String stream);

	/**
	 * Stop delivering the records of a shard, as for {@link #pause()}.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @return completes when none of its records is being processed
	 * @throws IllegalStateException if the container does not run
	 */
	CompletableFuture<Void> pause(String stream, String shardId);

	/**
	 * Resume what {@link #pause()} has paused, and shards that the error handler has
	 * stopped. Streams and shards that were paused separately stay paused.
	 * @return completes when they are read again
	 * @throws IllegalStateException if the container does not run
	 */
	CompletableFuture<Void> resume();

	/**
	 * Resume what {@link #pause(String)} has paused, as for {@link #resume()}.
	 * @param stream the name of the stream
	 * @return completes when its shards are read again
	 * @throws IllegalStateException if the container does not run
	 */
	CompletableFuture<Void> resume(String stream);

	/**
	 * Resume what {@link #pause(String, String)} has paused, or a shard that the error
	 * handler has stopped.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @return completes when it is read again, unless its stream or all is paused
	 * @throws IllegalStateException if the container does not run
	 */
	CompletableFuture<Void> resume(String stream, String shardId);

	/**
	 * Move to another position in a shard, forward or back, together with its checkpoint.
	 * A restart or another instance starts there, too. Moving back delivers the records
	 * in between again; moving forward skips them.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param position where to continue; not the end of the shard
	 * @return whether this instance reads the shard and has moved it; exceptional if the
	 * checkpoint could not be written, and then reading continues at the former position
	 * @throws IllegalStateException if the container does not run
	 */
	CompletableFuture<Boolean> seek(String stream, String shardId, Checkpoint position);

	/**
	 * Move the checkpoints of a stream, or of one of its shards, whichever instances read
	 * it. The instances are asked to release their leases. Then the checkpoints are
	 * moved, and the next reader of each shard starts there. Finished shards are read
	 * again, unless the position is {@code latest}, and their children wait for them. The
	 * container need not run.
	 * @param stream the name of the stream
	 * @param shardId the shard, {@code null} for all
	 * @param position where to start
	 * @return the shards that have been moved; exceptional with a
	 * {@link io.kinesisspring.lease.LeaseResetException} that says whether anything has
	 * changed
	 */
	CompletableFuture<Set<String>> reset(String stream, @Nullable String shardId, InitialPosition position);

	/**
	 * Move the checkpoint of a shard, as for
	 * {@link #reset(String, String, InitialPosition)}.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param position the record after which to start
	 * @return the shard; exceptional with an {@link IllegalArgumentException} if the
	 * service finds no such record in the shard
	 */
	CompletableFuture<Set<String>> reset(String stream, String shardId, Checkpoint.After position);

	/**
	 * Let the instance that reads a shard release it after the current record. The shard
	 * then continues from its checkpoint on the instance that is assigned next, which may
	 * be the same one.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @return the shard, once it is free
	 */
	CompletableFuture<Set<String>> release(String stream, String shardId);

	/**
	 * All leases of the application, as its table shows them: those of all instances, and
	 * of all listeners with the same application.
	 * @return the leases
	 */
	CompletableFuture<List<Lease>> getLeases();

	/**
	 * The shards that this instance holds.
	 * @return their states, in no order; empty if the container does not run
	 */
	CompletableFuture<List<ShardState>> getShards();

	/**
	 * The status of the listener, as this instance knows it. Does not call any service
	 * and does not wait. Suitable for health checks.
	 * @return the status of the listener and its shards
	 */
	ListenerStatus getStatus();

	@Override
	default int getPhase() {
		return PHASE;
	}

}
