package io.kinesisspring.lease;

/**
 * Events that the parts of a coordinator report to it. Called on the coordinator's loop.
 */
interface CoordinatorEvents {

	/**
	 * Read the lease table and act on it, as soon as possible.
	 * @param wakeOthers whether other workers may have to act and not know it yet
	 */
	void reconcile(boolean wakeOthers);

	/**
	 * Reconcile after a back-off, because another worker won a claim.
	 */
	void reconcileLater();

	/**
	 * The response to a write was lost. The write may take effect soon, or much later.
	 */
	void onWriteInDoubt();

	/**
	 * A shard was read to its end.
	 */
	void onShardFinished(Lease lease);

	/**
	 * This worker is cut off from the store and must not deliver any records.
	 */
	void onCutOff();

	/**
	 * This worker is in no group, for example because it was evicted.
	 */
	void onOutOfGroup();

}
