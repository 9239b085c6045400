package io.kinesisspring.lease;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A lease in the hands of this worker. Confined to the coordinator's loop, apart from
 * {@link #isValid()}.
 *
 * @since 0.1.0
 */
public final class HeldLease {

	private final LeaseCoordinator coordinator;

	private final String key;

	private Lease lease;

	private volatile boolean gone;

	private @Nullable CompletableFuture<Void> released;

	HeldLease(LeaseCoordinator coordinator, Lease lease) {
		this.coordinator = coordinator;
		this.key = lease.key();
		this.lease = lease;
	}

	/**
	 * The lease, with the checkpoint that was stored last.
	 * @return the lease
	 */
	public Lease lease() {
		return this.lease;
	}

	/**
	 * Whether records may still be delivered under the lease: it has not been lost, and
	 * the others cannot have declared this worker dead. Once it is not, it never is
	 * again. Safe to call from any thread.
	 * @return {@code true} while it is valid
	 */
	public boolean isValid() {
		if (!this.gone && this.coordinator.isCutOff()) {
			this.gone = true;
			this.coordinator.giveUp(this);
		}
		return !this.gone;
	}

	/**
	 * Store a checkpoint.
	 * @param checkpoint the checkpoint
	 * @return whether it was stored; {@code false} if the lease is gone. Exceptional when
	 * the store could not be asked: try again
	 */
	public CompletableFuture<Boolean> checkpoint(Checkpoint checkpoint) {
		return this.coordinator.checkpoint(this, checkpoint);
	}

	String key() {
		return this.key;
	}

	void update(Lease lease) {
		this.lease = lease;
	}

	boolean isGone() {
		return this.gone;
	}

	void gone() {
		this.gone = true;
	}

	boolean isReleasing() {
		return this.released != null;
	}

	/**
	 * Remember the release that is under way, so that there is only one.
	 */
	CompletableFuture<Void> releaseOnce(Supplier<CompletableFuture<Void>> release) {
		CompletableFuture<Void> underWay = this.released;
		if (underWay == null) {
			underWay = release.get();
			this.released = underWay;
		}
		return underWay;
	}

	@Override
	public String toString() {
		return this.key + " (epoch " + this.lease.epoch() + ")";
	}

}
