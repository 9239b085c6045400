package io.kinesisspring.shard;

/**
 * The memory that a reader holds for the read in progress. Confined to the container's
 * loop.
 */
final class Reservation {

	private final ShardBuffer buffer;

	private long bytes;

	Reservation(ShardBuffer buffer) {
		this.buffer = buffer;
	}

	/**
	 * Wait for memory.
	 * @param wanted how much
	 * @param deferrable whether it is better to wait for so much than to get less
	 * @param onReserved run when it is reserved; not after a close of the buffer
	 */
	void request(long wanted, boolean deferrable, Runnable onReserved) {
		this.buffer.reserve(wanted, deferrable, (granted) -> {
			this.bytes = granted;
			onReserved.run();
		});
	}

	long bytes() {
		return this.bytes;
	}

	void release() {
		adjust(0);
	}

	/**
	 * Correct the reservation, and leave it to whoever gets the batch to release it.
	 */
	void handOver(long actual) {
		adjust(actual);
		this.bytes = 0;
	}

	private void adjust(long actual) {
		long difference = actual - this.bytes;
		this.bytes = actual;
		this.buffer.adjust(difference);
	}

}
