package io.kinesisspring.producer;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The queues of all streams, which take turns. Not thread-safe.
 */
final class StreamQueues {

	private static final Log logger = LogFactory.getLog(StreamQueues.class);

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
		mentionOtherSpelling(stream);
		StreamQueue queue = new StreamQueue(stream, this.options, this.observer);
		this.streams.put(stream, queue);
		this.turns.add(queue);
		return queue;
	}

	/**
	 * Nobody but the service knows whether a name and an ARN stand for one stream, as the
	 * ARN may be of another account. So each has a queue, and keys an order in each.
	 */
	private void mentionOtherSpelling(String stream) {
		for (String other : this.streams.keySet()) {
			boolean byArn = other.endsWith(":stream/" + stream);
			if (byArn || stream.endsWith(":stream/" + other)) {
				logger.warn("Records are sent both to '" + stream + "' and to '" + other
						+ "'. If these are one stream, name it in one way only: the order of a key is kept among the "
						+ "records that name the stream in the same way");
			}
		}
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
