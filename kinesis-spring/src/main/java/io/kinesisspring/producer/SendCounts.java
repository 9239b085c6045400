package io.kinesisspring.producer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.producer.ProducerStatus.ShardPace;
import io.kinesisspring.producer.ProducerStatus.StreamStatus;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Counts requests and records on their way to an observer. Thread-safe.
 */
final class SendCounts implements SendObserver {

	private final Map<String, Counts> streams = new ConcurrentHashMap<>();

	private final AtomicInteger requestsInFlight = new AtomicInteger();

	private final SendObserver observer;

	/**
	 * Create counts of nothing.
	 * @param observer is told everything; must not throw
	 */
	SendCounts(SendObserver observer) {
		this.observer = observer;
	}

	/**
	 * Return what has become of the records.
	 * @param state the state of the template
	 * @param limited the shards whose rate is limited, by stream
	 */
	ProducerStatus status(SendState state, Map<String, List<ShardPace>> limited) {
		return new ProducerStatus(state.bufferUsed(), state.bufferSize(), state.waiting(), state.inFlight(),
				this.requestsInFlight.get(),
				new TreeMap<>(this.streams).entrySet()
					.stream()
					.map((entry) -> entry.getValue()
						.status(entry.getKey(), limited.getOrDefault(entry.getKey(), List.of())))
					.toList());
	}

	private Counts counts(String stream) {
		Counts known = this.streams.get(stream);
		return (known != null) ? known : this.streams.computeIfAbsent(stream, (name) -> new Counts());
	}

	@Override
	public void opened(SendState state) {
		this.observer.opened(state);
	}

	@Override
	public void closed(SendState state) {
		this.observer.closed(state);
	}

	@Override
	public void requested(String stream, int entries, long bytes) {
		this.requestsInFlight.incrementAndGet();
		this.observer.requested(stream, entries, bytes);
	}

	@Override
	public void answered(String stream, Duration duration, int rejected, @Nullable Reason failure) {
		this.requestsInFlight.decrementAndGet();
		counts(stream).refused.add(rejected);
		this.observer.answered(stream, duration, rejected, failure);
	}

	@Override
	public void stored(String stream, int records, int entries, long bytes, Duration oldest) {
		counts(stream).stored.add(records);
		this.observer.stored(stream, records, entries, bytes, oldest);
	}

	@Override
	public void retried(String stream, Reason reason, int records) {
		this.observer.retried(stream, reason, records);
	}

	@Override
	public void misplaced(String stream, int records) {
		this.observer.misplaced(stream, records);
	}

	@Override
	public void failed(@Nullable String stream, KinesisException exception) {
		if (stream != null) {
			counts(stream).failed.increment();
		}
		this.observer.failed(stream, exception);
	}

	@Override
	public void shardsLimited(String stream, int shards) {
		this.observer.shardsLimited(stream, shards);
	}

	/**
	 * The counts of a stream.
	 */
	private static final class Counts {

		private final LongAdder stored = new LongAdder();

		private final LongAdder refused = new LongAdder();

		private final LongAdder failed = new LongAdder();

		private StreamStatus status(String stream, List<ShardPace> limited) {
			return new StreamStatus(stream, this.stored.sum(), this.refused.sum(), this.failed.sum(), limited);
		}

	}

}
