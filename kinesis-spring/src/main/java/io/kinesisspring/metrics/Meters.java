package io.kinesisspring.metrics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.noop.NoopCounter;
import io.micrometer.core.instrument.noop.NoopDistributionSummary;
import io.micrometer.core.instrument.noop.NoopTimer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Registers meters as they are documented. If the registry rejects a meter, the first
 * rejection is logged, and the meter is not counted. Thread-safe.
 */
final class Meters {

	private static final Log logger = LogFactory.getLog(Meters.class);

	private static final double NANOS_PER_MILLI = 1_000_000;

	private final Set<KinesisMeter> rejected = ConcurrentHashMap.newKeySet();

	private final MeterRegistry registry;

	Meters(MeterRegistry registry) {
		this.registry = registry;
	}

	long now() {
		return this.registry.config().clock().monotonicTime();
	}

	double millisSince(long moment) {
		return (now() - moment) / NANOS_PER_MILLI;
	}

	Counter counter(KinesisMeter meter, Tags tags) {
		Counter counter = guarded(meter,
				() -> Counter.builder(meter.getName())
					.tags(tags)
					.baseUnit(meter.getBaseUnit())
					.description(meter.getDescription())
					.register(this.registry));
		return (counter != null) ? counter : new NoopCounter(idOf(meter, tags));
	}

	Timer timer(KinesisMeter meter, Tags tags) {
		Timer timer = guarded(meter,
				() -> Timer.builder(meter.getName())
					.tags(tags)
					.description(meter.getDescription())
					.register(this.registry));
		return (timer != null) ? timer : new NoopTimer(idOf(meter, tags));
	}

	DistributionSummary summary(KinesisMeter meter, Tags tags) {
		DistributionSummary summary = guarded(meter,
				() -> DistributionSummary.builder(meter.getName())
					.tags(tags)
					.baseUnit(meter.getBaseUnit())
					.description(meter.getDescription())
					.register(this.registry));
		return (summary != null) ? summary : new NoopDistributionSummary(idOf(meter, tags));
	}

	/**
	 * Register a gauge, which refers to its state weakly.
	 * @return the gauge, or {@code null} if the registry rejects it
	 */
	<T> @Nullable Gauge gauge(KinesisMeter meter, Tags tags, T state, ToDoubleFunction<T> value) {
		return guarded(meter,
				() -> Gauge.builder(meter.getName(), state, value)
					.tags(tags)
					.baseUnit(meter.getBaseUnit())
					.description(meter.getDescription())
					.register(this.registry));
	}

	void remove(Meter meter) {
		this.registry.remove(meter);
	}

	private <M> @Nullable M guarded(KinesisMeter meter, Supplier<M> registration) {
		try {
			return registration.get();
		}
		catch (RuntimeException ex) {
			if (this.rejected.add(meter)) {
				logger.warn("The registry rejects the meter '" + meter.getName() + "'. It is not counted", ex);
			}
			return null;
		}
	}

	private static Meter.Id idOf(KinesisMeter meter, Tags tags) {
		return new Meter.Id(meter.getName(), tags, meter.getBaseUnit(), meter.getDescription(), meter.getType());
	}

}
