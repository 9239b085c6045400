package io.kinesisspring.lease;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * What the calls of a fleet would cost in DynamoDB: requests, and the request units that
 * the service charges for writes (1 KB each) and reads (4 KB each, half as much for those
 * that need not be up to date).
 */
final class Traffic {

	private static final Set<String> READS = Set.of("load", "find", "readGroup", "readGroupConsistently");

	/** A lease with names as long as those of the service, an owner and a checkpoint. */
	private static final int LEASE_BYTES = 250;

	private static final int GROUP_ROW_BYTES = 100;

	private static final int PAGE_BYTES = 1 << 20;

	private final Map<String, Integer> requests = new TreeMap<>();

	private double writeUnits;

	private double readUnits;

	void count(String call, @Nullable Object result) {
		int bytes = bytes(result);
		boolean read = READS.contains(call);
		this.requests.merge(call, read ? units(bytes, PAGE_BYTES) : 1, Integer::sum);
		if (!read) {
			this.writeUnits += units(bytes, 1 << 10);
		}
		else {
			this.readUnits += units(bytes, 1 << 12) * (call.equals("readGroup") ? 0.5 : 1);
		}
	}

	private static int units(int bytes, int unit) {
		return Math.max(1, (bytes + unit - 1) / unit);
	}

	private static int bytes(@Nullable Object result) {
		if (result instanceof LeaseTable table) {
			return table.leases().size() * LEASE_BYTES + table.groups().stream().mapToInt(Traffic::bytes).sum();
		}
		if (result instanceof Optional<?> found) {
			return found.map(Traffic::bytes).orElse(0);
		}
		if (result instanceof WorkerGroup workerGroup) {
			return GROUP_ROW_BYTES
					+ workerGroup.members().stream().mapToInt((worker) -> Math.max(30, worker.length()) + 8).sum()
					+ workerGroup.handoverRequests().stream().mapToInt(String::length).sum();
		}
		return (result instanceof Lease) ? LEASE_BYTES : 0;
	}

	void add(Traffic other) {
		other.requests.forEach((call, count) -> this.requests.merge(call, count, Integer::sum));
		this.writeUnits += other.writeUnits;
		this.readUnits += other.readUnits;
	}

	void clear() {
		this.requests.clear();
		this.writeUnits = 0;
		this.readUnits = 0;
	}

	int requests() {
		return this.requests.values().stream().mapToInt(Integer::intValue).sum();
	}

	double writeUnits() {
		return this.writeUnits;
	}

	double readUnits() {
		return this.readUnits;
	}

	@Override
	public String toString() {
		return this.requests + ", " + this.writeUnits + " write units, " + this.readUnits + " read units";
	}

}
