package io.kinesisspring.lease;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A lease that this worker holds. Confined to the coordinator's loop, apart from
 * {@link #isValid()}.
 *
 * @since 0.1.0
 */
public final class HeldLease {

	private final HeldLeases leases;

	private final String key;

	private Lease lease;

	private volatile boolean markDropped;

	private long revision;

	private @Nullable CompletableFuture<Void> released;

	HeldLease(HeldLeases leases, Lease lease) {
		this.leases = leases;
		this.key = lease.key();
		this.lease = lease;
		this.revision = lease.revision();
	}

	/**
	 * The lease, with the checkpoint that was stored last.
	 * @return the lease
	 */
	public Lease lease() {
		return this.lease;
	}

	/**
	 * Whether records may still be delivered under the lease: it is not lost, and no
	 * other worker can have taken this one for dead. A lease that has become invalid
	 * never becomes valid again. Safe to call from any thread.
	 * @return {@code true} while it is valid
	 */
	public boolean isValid() {
		if (!this.markDropped && this.leases.isCutOff()) {
			this.markDropped = true;
			this.leases.giveUp(this);
		}
		return !this.markDropped;
	}

	/**
	 * Store a checkpoint.
	 * @param checkpoint the checkpoint
	 * @return whether it was stored; {@code false} if the lease is lost; exceptional if
	 * the call failed and can be retried
	 */
	public CompletableFuture<Boolean> checkpoint(Checkpoint checkpoint) {
		return this.leases.checkpoint(this, checkpoint);
	}

	/**
	 * Store to which shard the lease belongs, if its stored checkpoint shows that its
	 * holder has continued in a recreated stream, or if that was never stored.
	 * @param shard the shard of that id, as it is listed
	 * @return completes when that is stored or not necessary; exceptionally if the call
	 * failed and can be retried
	 */
	public CompletableFuture<Void> identify(ShardDescription shard) {
		return this.leases.identify(this, shard);
	}

	String key() {
		return this.key;
	}

	/**
	 * The lease as the next write stores it. Each write has its own revision, even if it
	 * repeats a write whose response was lost, because that write may still arrive.
	 */
	Lease next(Checkpoint checkpoint) {
		return this.lease.advanced(checkpoint, ++this.revision);
	}

	void update(Lease stored) {
		if (stored.revision() > this.lease.revision()) {
			this.lease = stored;
		}
	}

	void identified(Lease stored) {
		this.lease = stored;
	}

	boolean isDropped() {
		return this.markDropped;
	}

	void markDropped() {
		this.markDropped = true;
	}

	boolean isReleasing() {
		return this.released != null;
	}

	/**
	 * Remember the running release, so that there is only one.
	 */
	CompletableFuture<Void> releaseOnce(Supplier<CompletableFuture<Void>> release) {
		CompletableFuture<Void> running = this.released;
		if (running == null) {
			running = release.get();
			this.released = running;
		}
		return running;
	}

	@Override
	public String toString() {
		return this.key + " (epoch " + this.lease.epoch() + ")";
	}

}
