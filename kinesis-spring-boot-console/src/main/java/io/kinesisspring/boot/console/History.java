package io.kinesisspring.boot.console;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.kinesisspring.listener.ListenerStatus;

/**
 * The samples of the last minutes in a ring, each series in an array. Thread-safe.
 */
final class History {

	private static final String[] LISTENER = { "lag", "recordsPerSecond", "failuresPerSecond" };

	private static final String[] SENT = { "recordsPerSecond", "failedPerSecond", "refusedPerSecond" };

	private static final String[] UNITS = { "readUnitsPerSecond", "writeUnitsPerSecond" };

	/** Series beyond are left out, so that memory is bounded. */
	private static final int MOST_SERIES = 200;

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, double[][]> listeners = new TreeMap<>();

	private final Map<String, double[][]> sent = new TreeMap<>();

	private final double[][] units;

	private final long[] times;

	private final long step;

	/** How many samples have ever been added. */
	private long count;

	/**
	 * Create a history without samples.
	 * @param size how many samples it keeps
	 * @param step milliseconds between two samples
	 */
	History(int size, long step) {
		this.times = new long[size];
		this.step = step;
		this.units = series(UNITS.length);
	}

	private double[][] series(int number) {
		double[][] series = new double[number][this.times.length];
		for (double[] values : series) {
			Arrays.fill(values, Double.NaN);
		}
		return series;
	}

	/**
	 * Add what has happened between two moments.
	 */
	void add(Snapshot earlier, Snapshot now) {
		this.lock.lock();
		try {
			int index = (int) (this.count % this.times.length);
			clear(index);
			this.times[index] = now.millis();
			now.listeners().forEach((id, listener) -> {
				ListenerStatus before = earlier.listeners().get(id);
				set(this.listeners, id, index, Snapshot.lag(listener),
						now.rate(earlier, (before != null) ? before.records() : null, listener.records()),
						now.rate(earlier, (before != null) ? before.failures() : null, listener.failures()));
			});
			Sent.rates(earlier, now)
				.forEach((stream, rates) -> set(this.sent, stream, index, rates.stored(), rates.failed(),
						rates.refused()));
			if (now.units() != null && earlier.units() != null) {
				this.units[0][index] = now.rate(earlier, earlier.units().read(), now.units().read());
				this.units[1][index] = now.rate(earlier, earlier.units().written(), now.units().written());
			}
			this.count++;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void clear(int index) {
		for (Map<String, double[][]> all : List.of(this.listeners, this.sent)) {
			for (double[][] series : all.values()) {
				for (double[] values : series) {
					values[index] = Double.NaN;
				}
			}
		}
		this.units[0][index] = Double.NaN;
		this.units[1][index] = Double.NaN;
	}

	private void set(Map<String, double[][]> all, String name, int index, double... values) {
		double[][] series = all.get(name);
		if (series == null && all.size() < MOST_SERIES) {
			series = series(values.length);
			all.put(name, series);
		}
		if (series != null) {
			for (int i = 0; i < values.length; i++) {
				series[i][index] = values[i];
			}
		}
	}

	/**
	 * Return how many samples have ever been added.
	 */
	long count() {
		this.lock.lock();
		try {
			return this.count;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * All samples, the oldest first.
	 */
	ObjectNode toJson(JsonMapper mapper) {
		this.lock.lock();
		try {
			ObjectNode json = mapper.createObjectNode().put("step", this.step);
			ArrayNode samples = json.putArray("samples");
			for (long number = Math.max(0, this.count - this.times.length); number < this.count; number++) {
				samples.add(sample(mapper, (int) (number % this.times.length)));
			}
			return json;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The newest sample. There must be one.
	 */
	ObjectNode newest(JsonMapper mapper) {
		this.lock.lock();
		try {
			return sample(mapper, (int) ((this.count - 1) % this.times.length));
		}
		finally {
			this.lock.unlock();
		}
	}

	private ObjectNode sample(JsonMapper mapper, int index) {
		ObjectNode sample = mapper.createObjectNode().put("time", this.times[index]);
		group(sample.putObject("listeners"), this.listeners, LISTENER, index);
		group(sample.putObject("sent"), this.sent, SENT, index);
		values(sample.putObject("dynamoDb"), this.units, UNITS, index);
		return sample;
	}

	private static void group(ObjectNode target, Map<String, double[][]> all, String[] names, int index) {
		all.forEach((name, series) -> {
			ObjectNode values = values(target.objectNode(), series, names, index);
			if (!values.isEmpty()) {
				target.set(name, values);
			}
		});
	}

	private static ObjectNode values(ObjectNode target, double[][] series, String[] names, int index) {
		for (int i = 0; i < names.length; i++) {
			if (!Double.isNaN(series[i][index])) {
				target.put(names[i], series[i][index]);
			}
		}
		return target;
	}

}
