package io.kinesisspring.producer;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.observation.KinesisObservations;

/**
 * What an application hands to a template, and what throws in it whenever it likes.
 * Counts its calls.
 */
final class HostileApplication implements SendObserver, RecordConverter {

	private final Hostility hostility;

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final AtomicInteger failures = new AtomicInteger();

	private final Map<Object, AtomicInteger> accepted = new ConcurrentHashMap<>();

	private final Map<Object, AtomicInteger> outcomes = new ConcurrentHashMap<>();

	HostileApplication(Hostility hostility) {
		this.hostility = hostility;
	}

	/** The number of failures that the observer was notified of. */
	int failures() {
		return this.failures.get();
	}

	/** How often an interceptor has been shown a payload on its way out. */
	int accepted(Object payload) {
		AtomicInteger times = this.accepted.get(payload);
		return (times != null) ? times.get() : 0;
	}

	/** How often it was notified of the outcome. */
	int outcomes(Object payload) {
		AtomicInteger times = this.outcomes.get(payload);
		return (times != null) ? times.get() : 0;
	}

	SendInterceptor counting() {
		return new SendInterceptor() {

			@Override
			public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
				count(HostileApplication.this.accepted, record);
				return record;
			}

			@Override
			public void onSuccess(ProducerRecord<?> record, SendResult result) {
				count(HostileApplication.this.outcomes, record);
				HostileApplication.this.hostility.mayThrow(20);
			}

			@Override
			public void onFailure(ProducerRecord<?> record, KinesisException failure) {
				count(HostileApplication.this.outcomes, record);
				HostileApplication.this.hostility.mayThrow(20);
			}

			private void count(Map<Object, AtomicInteger> counters, ProducerRecord<?> record) {
				counters.computeIfAbsent(record.payload(), (payload) -> new AtomicInteger()).incrementAndGet();
			}

		};
	}

	SendInterceptor throwing() {
		return new SendInterceptor() {

			@Override
			@SuppressWarnings("NullAway")
			public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
				HostileApplication.this.hostility.mayThrow(50);
				return HostileApplication.this.hostility.happens(100) ? null : record;
			}

		};
	}

	KinesisObservations observations() {
		this.registry.observationConfig().observationHandler(new Handler(this.hostility));
		return new KinesisObservations(this.registry, null, null, null);
	}

	/**
	 * Micrometer keeps scopes that a handler failed to open for as long as the thread
	 * lives, and looks at all of them each time.
	 */
	void forgetScopes() {
		this.registry.setCurrentObservationScope(null);
	}

	@Override
	@SuppressWarnings("NullAway")
	public byte[] toBytes(Object payload) {
		this.hostility.mayThrow(100);
		return this.hostility.happens(200) ? null : payload.toString().getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public Object fromBytes(byte[] data, Type type) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void requested(String stream, int entries, long bytes) {
		this.hostility.mayThrow(20);
	}

	@Override
	public void answered(String stream, Duration duration, int rejected, SendFailedException.@Nullable Reason failure) {
		this.hostility.mayThrow(20);
	}

	@Override
	public void stored(String stream, int records, int entries, long bytes, Duration oldest) {
		this.hostility.mayThrow(20);
	}

	@Override
	public void retried(String stream, SendFailedException.Reason reason, int records) {
		this.hostility.mayThrow(20);
	}

	@Override
	public void shardsLimited(String stream, int shards) {
		this.hostility.mayThrow(3);
	}

	@Override
	public void failed(@Nullable String stream, KinesisException exception) {
		this.failures.incrementAndGet();
		this.hostility.mayThrow(20);
	}

	private record Handler(Hostility hostility) implements ObservationHandler<Observation.Context> {

		@Override
		public void onStart(Observation.Context context) {
			this.hostility.mayThrow(50);
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			this.hostility.mayThrow(50);
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			this.hostility.mayThrow(50);
		}

		@Override
		public void onStop(Observation.Context context) {
			this.hostility.mayThrow(50);
		}

		@Override
		public void onError(Observation.Context context) {
			this.hostility.mayThrow(50);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
