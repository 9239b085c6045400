package io.kinesisspring.shard;

import io.kinesisspring.KinesisException;
import io.kinesisspring.lease.Checkpoint;

/**
 * A source of one shard's records. Confined to the container's loop.
 */
interface ShardReader {

	/**
	 * Read the next records. Retries by itself.
	 * @param reading gets the result once; not after a close
	 */
	void read(Reading reading);

	/**
	 * Stop reading and release the reservation.
	 */
	void close();

	/**
	 * The receiver of a read's result. Called on the loop.
	 */
	interface Reading {

		/**
		 * The read has ended, with or without new records.
		 * @param batch the result
		 */
		void onBatch(ShardBatch batch);

		/**
		 * The stored checkpoint is stale. Reading continues at another position, and a
		 * result still follows.
		 * @param position where reading continues, which must survive a restart
		 */
		void onPositionMoved(Checkpoint position);

		/**
		 * Reading begins anew, because the service does not know the place where it was.
		 * The stream may have been recreated, and the shard may have only its id in
		 * common with the former one.
		 */
		default void onPlaceLost() {
		}

		/**
		 * The shard cannot be read at the moment. Reading is retried.
		 * @param cause the reason
		 */
		default void onReadDelayed(Throwable cause) {
		}

		/**
		 * This shard cannot be read any further.
		 * @param ex the reason
		 */
		void onReadingStopped(KinesisException ex);

		/**
		 * The reader is closed, and another one takes its place.
		 * @param next the other reader, to read with from now on
		 */
		default void switchedTo(ShardReader next) {
			next.read(this);
		}

		/**
		 * Nothing can be read under this identity.
		 * @param ex what was denied
		 * @return whether to retry after a long back-off
		 */
		boolean onAccessDenied(KinesisException ex);

	}

}
