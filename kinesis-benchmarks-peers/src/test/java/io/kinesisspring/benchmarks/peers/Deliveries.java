package io.kinesisspring.benchmarks.peers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.kinesisspring.benchmarks.driver.Receiver;

/**
 * The records that a consumer has delivered, in the order of their first deliveries.
 * Thread-safe.
 */
final class Deliveries implements Receiver {

	private final Set<Long> indexes = new LinkedHashSet<>();

	@Override
	public synchronized void received(long index, long dueMicros) {
		this.indexes.add(index);
	}

	synchronized Set<Long> indexes() {
		return new LinkedHashSet<>(this.indexes);
	}

	/**
	 * The records of each key.
	 * @param keys how many keys there are, which the records have in turn
	 */
	synchronized Map<Long, List<Long>> byKey(int keys) {
		Map<Long, List<Long>> byKey = new HashMap<>();
		this.indexes.forEach((index) -> byKey.computeIfAbsent(index % keys, (key) -> new ArrayList<>()).add(index));
		return byKey;
	}

}
