package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.scheduling.FullJitter;

/**
 * The queues of all streams, which send in turn. Not thread-safe.
 */
final class StreamQueues {

	private static final Log logger = LogFactory.getLog(StreamQueues.class);

	private static final Duration LISTING_BACKOFF = Duration.ofSeconds(1);

	private static final Duration MAX_LISTING_BACKOFF = Duration.ofSeconds(30);

	private final ProducerOptions options;

	private final SendObserver observer;

	private final DistributionQuery query;

	private final ShardQuery shardQuery;

	/** Delays after listings that have failed. */
	private final FullJitter listingBackoff;

	private final Map<String, StreamQueue> streams = new HashMap<>();

	/** All streams. The next one to send comes first. */
	private final Queue<StreamQueue> roundRobin = new ArrayDeque<>();

	/**
	 * Create the queues of no stream.
	 * @param options how to batch
	 * @param observer notified of limited shards; must not throw
	 * @param context asks the service about streams
	 * @param wakeUp lets the engine look at an answer; may run on any thread
	 */
	StreamQueues(ProducerOptions options, SendObserver observer, SendContext context, Runnable wakeUp) {
		this.options = options;
		this.observer = observer;
		this.query = new DistributionQuery(context.calls(), context.executor(), wakeUp);
		this.shardQuery = new ShardQuery(context.calls(), context.executor(), wakeUp);
		this.listingBackoff = new FullJitter(LISTING_BACKOFF, MAX_LISTING_BACKOFF, context.loop().random());
	}

	StreamQueue queueOf(OutgoingRecord record) {
		StreamQueue queue = this.streams.get(record.stream());
		return (queue != null) ? queue : create(record.stream());
	}

	private StreamQueue create(String stream) {
		warnAboutOtherSpelling(stream);
		StreamQueue queue = new StreamQueue(stream, this.options, this.observer,
				new RecordDistribution(stream, this.query),
				new OpenShards(stream, this.shardQuery, this.listingBackoff));
		this.streams.put(stream, queue);
		this.roundRobin.add(queue);
		return queue;
	}

	/**
	 * Only the service knows whether a name and an ARN mean the same stream, because the
	 * ARN may be of another account. So each has a queue and an order of its own.
	 */
	private void warnAboutOtherSpelling(String stream) {
		for (String other : this.streams.keySet()) {
			boolean byArn = other.endsWith(":stream/" + stream);
			if (byArn || stream.endsWith(":stream/" + other)) {
				logger.warn("Records are sent both to '" + stream + "' and to '" + other
						+ "'. If both are the same stream, name it in one way only: the order of a key is kept among the "
						+ "records that name the stream in the same way");
			}
		}
	}

	void forEach(Consumer<StreamQueue> action) {
		this.roundRobin.forEach(action);
	}

	/**
	 * Return the next stream that may send.
	 * @param now the time of the engine's clock
	 * @return the queue, or {@code null} if no stream may send
	 */
	@Nullable StreamQueue nextToSend(long now) {
		for (int i = 0; i < this.roundRobin.size(); i++) {
			StreamQueue queue = this.roundRobin.remove();
			this.roundRobin.add(queue);
			if (queue.nextSend() <= now) {
				return queue;
			}
		}
		return null;
	}

	/**
	 * Return when a stream may send, if nothing happens until then.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextSend() {
		long next = StreamQueue.NEVER;
		for (StreamQueue queue : this.roundRobin) {
			next = Math.min(next, queue.nextSend());
		}
		return next;
	}

	/**
	 * Return when a stream may release delayed records, if nothing happens until then.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextRelease() {
		long next = StreamQueue.NEVER;
		for (StreamQueue queue : this.roundRobin) {
			next = Math.min(next, queue.nextRelease());
		}
		return next;
	}

}
