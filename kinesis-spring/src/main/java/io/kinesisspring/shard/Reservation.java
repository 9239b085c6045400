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
	 * @param wanted the bytes to reserve
	 * @param deferrable whether to wait for all bytes rather than accept fewer
	 * @param onReserved run when memory is reserved; not after the buffer is closed
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
	 * Correct the reservation, and pass it on to the receiver of the batch, which
	 * releases it.
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
