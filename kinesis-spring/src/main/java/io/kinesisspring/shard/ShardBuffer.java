package io.kinesisspring.shard;

import java.util.function.LongConsumer;

/**
 * One shard's part of the container's buffer: what it holds, and what it waits for.
 * Confined to the container's loop.
 */
final class ShardBuffer {

	private final BufferBudget budget;

	private long held;

	private boolean open = true;

	ShardBuffer(BufferBudget budget) {
		this.budget = budget;
	}

	/**
	 * What a read may bring.
	 * @param behind whether there is much to read
	 */
	long share(boolean behind) {
		return behind ? this.budget.share() : this.budget.smallShare();
	}

	/**
	 * Wait for room.
	 * @param bytes how much is wished for
	 * @param deferrable whether it is better to wait in line for so much than to get less
	 * @param onReserved told, once, how much is reserved; not any more after a close
	 */
	void reserve(long bytes, boolean deferrable, LongConsumer onReserved) {
		this.budget.reserve(this, bytes, deferrable, onReserved);
	}

	/**
	 * Correct a reservation by what came, or give it back.
	 */
	void adjust(long difference) {
		this.held += difference;
		this.budget.adjust(this, difference);
	}

	/**
	 * Give back what the listener is done with.
	 */
	void release(long bytes) {
		this.held -= bytes;
		this.budget.release(this, bytes);
	}

	/**
	 * Nothing more is read; what is held is still to be given back.
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
	 * The budget has granted some.
	 */
	void grant(long granted) {
		this.held += granted;
	}

}
