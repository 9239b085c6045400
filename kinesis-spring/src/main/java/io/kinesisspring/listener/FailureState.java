package io.kinesisspring.listener;

/**
 * Whether a delivery is failing at the moment, as health shows it for the shard. Used by
 * one thread at a time.
 */
final class FailureState {

	private final ShardProgressMonitor shardMonitor;

	private boolean failing;

	FailureState(ShardProgressMonitor shardMonitor) {
		this.shardMonitor = shardMonitor;
	}

	void failed(Throwable ex) {
		this.failing = true;
		this.shardMonitor.deliveryFailed(this, ex);
	}

	/**
	 * Records are finished, so that the delivery makes progress.
	 */
	void recordsFinished() {
		this.shardMonitor.recordsFinished();
		clear();
	}

	void clear() {
		if (this.failing) {
			this.failing = false;
			this.shardMonitor.deliveryRecovered(this);
		}
	}

}
