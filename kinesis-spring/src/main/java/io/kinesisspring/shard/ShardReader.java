package io.kinesisspring.shard;

import io.kinesisspring.KinesisException;
import io.kinesisspring.lease.Checkpoint;

/**
 * A source of one shard's records. Confined to the container's loop.
 */
interface ShardReader {

	/**
	 * Read on. Retries by itself whatever can be retried.
	 * @param reading told once what came next; not any more after a close
	 */
	void read(Reading reading);

	/**
	 * Stop reading and give back what is reserved.
	 */
	void close();

	/**
	 * What comes of a read. Called on the loop.
	 */
	interface Reading {

		/**
		 * The read brought something, or nothing new.
		 * @param batch what it brought
		 */
		void onBatch(ShardBatch batch);

		/**
		 * The stored checkpoint is of no use any more; reading goes on, and an answer is
		 * still to come.
		 * @param position where it goes on, which must survive a restart
		 */
		void onPositionMoved(Checkpoint position);

		/**
		 * The shard cannot be read at the moment; it is tried again.
		 * @param cause why
		 */
		default void onReadDelayed(Throwable cause) {
		}

		/**
		 * This shard cannot be read any further.
		 * @param ex the reason
		 */
		void onReadingStopped(KinesisException ex);

		/**
		 * The reader is closed, as another one takes its place. Reads with that one.
		 * @param next the other reader
		 */
		default void switchedTo(ShardReader next) {
			next.read(this);
		}

		/**
		 * Nothing can be read under this identity.
		 * @param ex what was denied
		 * @return whether to try again after a long pause
		 */
		boolean onAccessDenied(KinesisException ex);

	}

}
