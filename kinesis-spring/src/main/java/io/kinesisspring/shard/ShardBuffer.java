package io.kinesisspring.shard;

import java.util.function.LongConsumer;

/**
 * One shard's part of the container's buffer: the bytes that it holds, and those that it
 * waits for. Confined to the container's loop.
 */
final class ShardBuffer {

	private final BufferBudget budget;

	private long held;

	private boolean open = true;

	ShardBuffer(BufferBudget budget) {
		this.budget = budget;
	}

	/**
	 * How many bytes a read may request.
	 * @param behind whether the shard is behind
	 */
	long share(boolean behind) {
		return behind ? this.budget.share() : this.budget.smallShare();
	}

	/**
	 * How many shards share the budget.
	 */
	int shards() {
		return this.budget.shards();
	}

	/**
	 * The size of a record to expect in a shard of which nothing has been read yet.
	 */
	long expectedRecordSize() {
		return this.budget.expectedRecordSize();
	}

	/**
	 * A read has shown the mean size of a shard's records.
	 */
	void learnRecordSize(long bytes) {
		this.budget.learnRecordSize(bytes);
	}

	/**
	 * Request memory.
	 * @param bytes the bytes to reserve
	 * @param deferrable whether to wait for all bytes rather than accept fewer
	 * @param onReserved called once with the reserved bytes; not after a close
	 */
	void reserve(long bytes, boolean deferrable, LongConsumer onReserved) {
		this.budget.reserve(this, bytes, deferrable, onReserved);
	}

	/**
	 * Correct a reservation by the actual size, or release it.
	 */
	void adjust(long difference) {
		this.held += difference;
		this.budget.adjust(this, difference);
	}

	/**
	 * Release the bytes of processed records.
	 */
	void release(long bytes) {
		this.held -= bytes;
		this.budget.release(this, bytes);
	}

	/**
	 * Stop reserving. Bytes that are held are still to be released.
	 */
	void close() {
		if (this.open) {
			this.open = false;
			this.budget.remove(this);
		}
	}

	long held() {
		return this.held;
	}

	boolean isOpen() {
		return this.open;
	}

	/**
	 * The budget has granted bytes.
	 */
	void grant(long granted) {
		this.held += granted;
	}

}
