package io.kinesisspring.lease;

/**
 * What the parts of a coordinator tell it. Called on the coordinator's loop.
 */
interface CoordinatorEvents {

	/**
	 * Read the lease table and act on it, as soon as possible.
	 * @param wakeOthers whether other workers may have to act and not know it yet
	 */
	void reconcile(boolean wakeOthers);

	/**
	 * Reconcile after a back-off, because a claim was lost to another worker.
	 */
	void reconcileLater();

	/**
	 * A write got no answer. It may show in the table soon, or much later.
	 */
	void onWriteInDoubt();

	/**
	 * A shard was read to its end.
	 */
	void onShardFinished(Lease lease);

	/**
	 * This worker is cut off from the store: nothing may be delivered any more.
	 */
	void onCutOff();

	/**
	 * This worker is in no group, for example because it was evicted.
	 */
	void onOutOfGroup();

}
