package io.kinesisspring.shard;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The bytes that all shards of a container may hold together. Who asks for more than is
 * left waits in line; who asks for more than there is gets it when nobody else holds any.
 * A shard that has got behind asks for its share, so that a few shards that are stuck
 * cannot take the room of all others. Confined to the container's loop.
 */
final class BufferBudget {

	/** Five such reads a second are more than the 2 MB that a shard gives in it. */
	private static final long ENOUGH_FOR_FULL_SPEED = 512 << 10;

	private static final long ENOUGH_FOR_A_QUIET_SHARD = 64 << 10;

	private final long limit;

	private final ReadingObserver observer;

	private final Deque<Waiting> waiting = new ArrayDeque<>();

	private long used;

	private int readers;

	BufferBudget(long limit, ReadingObserver observer) {
		this.limit = limit;
		this.observer = observer;
	}

	void join() {
		this.readers++;
	}

	void leave() {
		this.readers--;
	}

	/**
	 * What a shard that is behind may read at once: it holds two such batches.
	 */
	long share() {
		long fair = Math.max(ENOUGH_FOR_FULL_SPEED, this.limit / (2L * Math.max(1, this.readers)));
		return Math.max(ENOUGH_FOR_A_QUIET_SHARD, Math.min(this.limit, fair));
	}

	/**
	 * What a shard that has caught up may read at once.
	 */
	long smallShare() {
		return Math.max(ENOUGH_FOR_A_QUIET_SHARD, share() / 8);
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
		this.observer.buffered(this.used, this.limit);
	}

	private record Waiting(long bytes, Runnable whenReserved) {

	}

}
