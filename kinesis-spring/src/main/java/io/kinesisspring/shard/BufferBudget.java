package io.kinesisspring.shard;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The bytes that all shards of a container may hold together. Who asks for more than is
 * left waits in line; who asks for more than there is gets it when nobody else holds any.
 * Confined to the container's loop.
 */
final class BufferBudget {

	private final long limit;

	private final Deque<Waiting> waiting = new ArrayDeque<>();

	private long used;

	BufferBudget(long limit) {
		this.limit = limit;
	}

	void reserve(long bytes, Runnable whenReserved) {
		this.waiting.add(new Waiting(bytes, whenReserved));
		admit();
	}

	/**
	 * Correct a reservation by what came, or give it back.
	 */
	void adjust(long difference) {
		this.used += difference;
		admit();
	}

	long used() {
		return this.used;
	}

	private void admit() {
		Waiting next = this.waiting.peek();
		while (next != null && (this.used == 0 || this.used + next.bytes <= this.limit)) {
			this.waiting.remove();
			this.used += next.bytes;
			next.whenReserved.run();
			next = this.waiting.peek();
		}
	}

	private record Waiting(long bytes, Runnable whenReserved) {

	}

}
