package io.kinesisspring.metrics;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * The counters of a stream or of a shard. Counters without further tags exist from the
 * beginning with the value 0; the others are created on demand. After {@link #close()}
 * the registry has none of them. Thread-safe.
 */
final class Counters {

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<KinesisMeter, Counter> plain = new EnumMap<>(KinesisMeter.class);

	private final Map<Kind, Counter> further = new ConcurrentHashMap<>();

	private final Meters meters;

	private final Tags tags;

	private boolean closed;

	Counters(Meters meters, Tags tags) {
		this.meters = meters;
		this.tags = tags;
		for (KinesisMeter meter : KinesisMeter.values()) {
			if (meter.isCountedByShard() && meter.isPlain()) {
				this.plain.put(meter, meters.counter(meter, tags));
			}
		}
	}

	void add(KinesisMeter meter, double amount) {
		Counter counter = this.plain.get(meter);
		if (counter != null) {
			counter.increment(amount);
		}
	}

	void increment(KinesisMeter meter, Tags furtherTags) {
		add(meter, furtherTags, 1);
	}

	void add(KinesisMeter meter, Tags furtherTags, double amount) {
		Kind kind = new Kind(meter, furtherTags);
		Counter counter = this.further.get(kind);
		if (counter == null) {
			counter = register(kind);
		}
		if (counter != null) {
			counter.increment(amount);
		}
	}

	private @Nullable Counter register(Kind kind) {
		this.lock.lock();
		try {
			return this.closed ? null : this.further.computeIfAbsent(kind,
					(unknown) -> this.meters.counter(unknown.meter(), this.tags.and(unknown.further())));
		}
		finally {
			this.lock.unlock();
		}
	}

	void close() {
		List<Meter> all = new ArrayList<>(this.plain.values());
		this.lock.lock();
		try {
			this.closed = true;
			all.addAll(this.further.values());
		}
		finally {
			this.lock.unlock();
		}
		all.forEach(this.meters::remove);
	}

	private record Kind(KinesisMeter meter, Tags further) {

	}

}
