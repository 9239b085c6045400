package io.kinesisspring.shard;

import java.util.function.Consumer;

/**
 * A source of one shard's records. Confined to the container's loop.
 */
interface ShardReader {

	/**
	 * Read on. Retries by itself whatever can be retried.
	 * @param whenRead called once, on the loop, with what came next; not called again
	 * after a close
	 */
	void read(Consumer<ShardBatch> whenRead);

	/**
	 * Stop reading and give back what is reserved.
	 */
	void close();

}
