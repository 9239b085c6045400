package io.kinesisspring.lease;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;

/**
 * The right to read one shard, as the store keeps it. Immutable. The pair of owner and
 * epoch is the fence: only the holder of the current pair can write.
 *
 * @param stream the name of the stream
 * @param shardId the shard
 * @param owner the worker that holds it; {@code null} while it is free
 * @param epoch grows by one each time the lease is claimed, never falls
 * @param checkpoint how far the shard has been processed
 * @param revision grows with each checkpoint that is written, never falls
 * @param parents the shards that have to be finished before this one starts
 * @param start the starting sequence number of the shard, {@code null} if it is unknown.
 * It tells the shards of a recreated stream from the former ones, which have the same ids
 * @since 0.1.0
 */
public record Lease(String stream, String shardId, @Nullable String owner, long epoch, Checkpoint checkpoint,
		long revision, SortedSet<String> parents, @Nullable SequenceNumber start) {

	public Lease {
		parents = Collections.unmodifiableSortedSet(new TreeSet<>(parents));
	}

	/**
	 * Create a lease whose starting sequence number is unknown.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param owner the worker that holds it; {@code null} while it is free
	 * @param epoch grows by one each time the lease is claimed
	 * @param checkpoint how far the shard has been processed
	 * @param revision grows with each checkpoint that is written
	 * @param parents the shards that have to be finished before this one starts
	 */
	public Lease(String stream, String shardId, @Nullable String owner, long epoch, Checkpoint checkpoint,
			long revision, SortedSet<String> parents) {
		this(stream, shardId, owner, epoch, checkpoint, revision, parents, null);
	}

	/**
	 * Create a lease that has had no holder.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param checkpoint where its first holder begins
	 * @param parents the shards that have to be finished before
	 * @return the lease
	 */
	public static Lease initial(String stream, String shardId, Checkpoint checkpoint, Collection<String> parents) {
		return initial(stream, shardId, checkpoint, parents, null);
	}

	/**
	 * Create a lease of a listed shard that has had no holder.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param checkpoint where its first holder begins
	 * @param parents the shards that have to be finished before
	 * @param start the starting sequence number of the shard, {@code null} if it is
	 * unknown
	 * @return the lease
	 */
	public static Lease initial(String stream, String shardId, Checkpoint checkpoint, Collection<String> parents,
			@Nullable SequenceNumber start) {
		return new Lease(stream, shardId, null, 0, checkpoint, 0, new TreeSet<>(parents), start);
	}

	/**
	 * The key of the lease in its store.
	 * @return stream and shard, joined by an underscore
	 */
	public String key() {
		return key(this.stream, this.shardId);
	}

	/**
	 * The text that requests this lease from its holder: the lease under its current
	 * epoch, not under a later one.
	 */
	String handoverRequest() {
		return key() + "@" + this.epoch;
	}

	static String key(String stream, String shardId) {
		return stream + "_" + shardId;
	}

	/**
	 * Whether its shard has been processed to its end.
	 * @return {@code true} if there is nothing left to read
	 */
	public boolean isFinished() {
		return this.checkpoint instanceof Checkpoint.ShardEnd;
	}

	/**
	 * The lease after a worker has claimed it.
	 * @param worker the new owner
	 * @return the claimed lease, with the next epoch
	 */
	public Lease claimedBy(String worker) {
		return new Lease(this.stream, this.shardId, worker, this.epoch + 1, this.checkpoint, this.revision,
				this.parents, this.start);
	}

	/**
	 * The lease after its owner has released it.
	 * @return the free lease
	 */
	public Lease released() {
		return new Lease(this.stream, this.shardId, null, this.epoch, this.checkpoint, this.revision, this.parents,
				this.start);
	}

	/**
	 * The lease with another checkpoint, written by a later write.
	 * @param next the checkpoint
	 * @param nextRevision the number of the write
	 * @return the lease that carries it
	 */
	public Lease advanced(Checkpoint next, long nextRevision) {
		return new Lease(this.stream, this.shardId, this.owner, this.epoch, next, nextRevision, this.parents,
				this.start);
	}

	/**
	 * The lease with the parents and the starting sequence number of another lease.
	 * @param shard the lease that has them
	 * @return the identified lease
	 */
	public Lease identifiedAs(Lease shard) {
		return new Lease(this.stream, this.shardId, this.owner, this.epoch, this.checkpoint, this.revision,
				shard.parents, shard.start);
	}

	/**
	 * The recreated lease: free, and with the next epoch, so that no earlier holder can
	 * write to it.
	 * @param replacement the lease whose checkpoint, parents and starting sequence number
	 * are used
	 * @return the recreated lease
	 */
	public Lease recreatedAs(Lease replacement) {
		return new Lease(this.stream, this.shardId, null, this.epoch + 1, replacement.checkpoint, this.revision,
				replacement.parents, replacement.start);
	}

	boolean isHeldAs(Lease held) {
		return this.epoch == held.epoch && held.owner != null && held.owner.equals(this.owner);
	}

}
