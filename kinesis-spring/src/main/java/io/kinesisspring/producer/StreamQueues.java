package io.kinesisspring.producer;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The queues of all streams, which take turns. Not thread-safe.
 */
final class StreamQueues {

	private final ProducerOptions options;

	private final SendObserver observer;

	private final Map<String, StreamQueue> streams = new HashMap<>();

	/** All streams; the one whose turn it is comes first. */
	private final Queue<StreamQueue> turns = new ArrayDeque<>();

	StreamQueues(ProducerOptions options, SendObserver observer) {
		this.options = options;
		this.observer = observer;
	}

	StreamQueue of(OutgoingRecord record) {
		StreamQueue queue = this.streams.get(record.stream());
		return (queue != null) ? queue : create(record.stream());
	}

	private StreamQueue create(String stream) {
		StreamQueue queue = new StreamQueue(stream, this.options, this.observer);
		this.streams.put(stream, queue);
		this.turns.add(queue);
		return queue;
	}

	void forEach(Consumer<StreamQueue> action) {
		this.turns.forEach(action);
	}

	/**
	 * Whose turn it is.
	 * @param now by the engine's clock
	 * @return the next stream that has something to send, if there is one
	 */
	@Nullable StreamQueue next(long now) {
		for (int i = 0; i < this.turns.size(); i++) {
			StreamQueue queue = this.turns.remove();
			this.turns.add(queue);
			if (queue.nextSend() <= now) {
				return queue;
			}
		}
		return null;
	}

	/**
	 * When one of them may have something to send, if nothing happens until then.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextSend() {
		long next = StreamQueue.NEVER;
		for (StreamQueue queue : this.turns) {
			next = Math.min(next, queue.nextSend());
		}
		return next;
	}

	/**
	 * When one of them may have something ready to send, if nothing happens until then.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextRelease() {
		long next = StreamQueue.NEVER;
		for (StreamQueue queue : this.turns) {
			next = Math.min(next, queue.nextRelease());
		}
		return next;
	}

}
