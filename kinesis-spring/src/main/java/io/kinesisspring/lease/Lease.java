package io.kinesisspring.lease;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The right to read one shard, as the store keeps it. Immutable. The pair of owner and
 * epoch is the fence: whoever does not hold the current pair writes nothing.
 *
 * @param stream the name of the stream
 * @param shardId the shard
 * @param owner the worker that holds it; {@code null} while it is free
 * @param epoch grows by one each time the lease is claimed, never falls
 * @param checkpoint how far the shard has been processed
 * @param parents the shards that have to be finished before this one starts
 * @since 0.1.0
 */
public record Lease(String stream, String shardId, @Nullable String owner, long epoch, Checkpoint checkpoint,
		Set<String> parents) {

	public Lease {
		parents = Set.copyOf(parents);
	}

	/**
	 * A lease that nobody has held yet.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param checkpoint where its first holder begins
	 * @param parents the shards that have to be finished before
	 * @return the lease
	 */
	public static Lease initial(String stream, String shardId, Checkpoint checkpoint, Set<String> parents) {
		return new Lease(stream, shardId, null, 0, checkpoint, parents);
	}

	/**
	 * The key of the lease in its store.
	 * @return stream and shard, joined by an underscore
	 */
	public String key() {
		return this.stream + "_" + this.shardId;
	}

	/**
	 * Whether its shard has been processed to its end.
	 * @return {@code true} if there is nothing left to read
	 */
	public boolean isFinished() {
		return this.checkpoint instanceof Checkpoint.ShardEnd;
	}

	/**
	 * The lease as it is once a worker has claimed it.
	 * @param worker the new owner
	 * @return the claimed lease, one epoch on
	 */
	public Lease claimedBy(String worker) {
		return new Lease(this.stream, this.shardId, worker, this.epoch + 1, this.checkpoint, this.parents);
	}

	/**
	 * The lease as it is once its owner has given it back.
	 * @return the free lease
	 */
	public Lease released() {
		return new Lease(this.stream, this.shardId, null, this.epoch, this.checkpoint, this.parents);
	}

	/**
	 * The lease with another checkpoint.
	 * @param other the checkpoint
	 * @return the lease that carries it
	 */
	public Lease withCheckpoint(Checkpoint other) {
		return new Lease(this.stream, this.shardId, this.owner, this.epoch, other, this.parents);
	}

	boolean isHeldAs(Lease held) {
		return this.epoch == held.epoch && held.owner != null && held.owner.equals(this.owner);
	}

}
