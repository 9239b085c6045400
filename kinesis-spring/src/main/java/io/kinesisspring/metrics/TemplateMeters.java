package io.kinesisspring.metrics;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.producer.SendFailedException;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.producer.SendObserver;

/**
 * The meters of all templates, which it refers to weakly. Thread-safe.
 */
final class TemplateMeters implements SendObserver {

	private static final String NO_STREAM = "none";

	private static final String CONVERSION = "conversion";

	private final List<WeakReference<SendState>> templates = new CopyOnWriteArrayList<>();

	private final Map<String, SendMeters> streams = new ConcurrentHashMap<>();

	private final AtomicLong requestsInFlight = new AtomicLong();

	private final AtomicBoolean registered = new AtomicBoolean();

	private final Meters meters;

	TemplateMeters(Meters meters) {
		this.meters = meters;
	}

	@Override
	public void opened(SendState state) {
		this.templates.add(new WeakReference<>(state));
		if (this.registered.compareAndSet(false, true)) {
			register();
		}
	}

	private void register() {
		gauge(KinesisMeter.PRODUCER_IN_FLIGHT, SendState::inFlight);
		gauge(KinesisMeter.PRODUCER_BUFFER_USED, SendState::bufferUsed);
		gauge(KinesisMeter.PRODUCER_BUFFER_SIZE, SendState::bufferSize);
		gauge(KinesisMeter.PRODUCER_BUFFER_WAITING, SendState::waiting);
		this.meters.gauge(KinesisMeter.PRODUCER_REQUESTS_IN_FLIGHT, Tags.empty(), this.requestsInFlight,
				AtomicLong::get);
	}

	private void gauge(KinesisMeter meter, ToLongFunction<SendState> value) {
		this.meters.gauge(meter, Tags.empty(), this, (all) -> all.sum(value));
	}

	private long sum(ToLongFunction<SendState> value) {
		return this.templates.stream().map(WeakReference::get).filter(Objects::nonNull).mapToLong(value).sum();
	}

	@Override
	public void closed(SendState state) {
		this.templates.removeIf((template) -> template.refersTo(state) || template.refersTo(null));
	}

	private SendMeters stream(@Nullable String stream) {
		String name = (stream != null) ? stream : NO_STREAM;
		SendMeters known = this.streams.get(name);
		return (known != null) ? known
				: this.streams.computeIfAbsent(name, (unknown) -> new SendMeters(this.meters, unknown));
	}

	@Override
	public void requested(String stream, int entries, long bytes) {
		this.requestsInFlight.incrementAndGet();
		stream(stream).recordRequest(entries, bytes);
	}

	@Override
	public void answered(String stream, Duration duration, int rejected, @Nullable Reason failure) {
		this.requestsInFlight.decrementAndGet();
		String outcome = (rejected > 0) ? "partial" : "success";
		stream(stream).recordResponse(duration, (failure != null) ? "failure" : outcome);
	}

	@Override
	public void stored(String stream, int records, int entries, long bytes, Duration oldest) {
		stream(stream).recordStored(records, entries, bytes, oldest);
	}

	@Override
	public void misplaced(String stream, int records) {
		stream(stream).recordMisplaced(records);
	}

	@Override
	public void retried(String stream, Reason reason, int records) {
		stream(stream).count(KinesisMeter.PRODUCER_RETRIES, nameOf(reason), records);
	}

	@Override
	public void failed(@Nullable String stream, KinesisException exception) {
		String cause = (exception instanceof SendFailedException failure) ? nameOf(failure.reason()) : CONVERSION;
		stream(stream).count(KinesisMeter.PRODUCER_FAILURES, cause, 1);
	}

	/**
	 * Return all causes of failure, so that each is counted from 0. Otherwise an alert
	 * would miss the first failure.
	 */
	static Stream<String> failures() {
		return Stream.concat(Arrays.stream(Reason.values()).map(TemplateMeters::nameOf), Stream.of(CONVERSION));
	}

	private static String nameOf(Reason reason) {
		return StreamMeters.lowerCase(reason).replace('_', '-');
	}

	@Override
	public void shardsLimited(String stream, int shards) {
		stream(stream).setLimitedShards(shards);
	}

}
