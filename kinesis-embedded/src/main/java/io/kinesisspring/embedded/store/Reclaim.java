package io.kinesisspring.embedded.store;

import java.util.List;
import java.util.PriorityQueue;

/**
 * Frees memory: first what retention no longer keeps, then the oldest records of all.
 */
final class Reclaim {

	private static final int STEP = 1024;

	private final List<DataStream> streams;

	private final MemoryBudget memory;

	Reclaim(List<DataStream> streams, MemoryBudget memory) {
		this.streams = streams;
		this.memory = memory;
	}

	void run() {
		PriorityQueue<Candidate> candidates = new PriorityQueue<>();
		for (DataStream stream : this.streams) {
			for (Shard shard : stream.shards()) {
				shard.trim(stream.horizon());
				candidates.add(new Candidate(shard, shard.oldestArrival()));
			}
		}
		while (this.memory.used() > this.memory.target()) {
			Candidate oldest = candidates.poll();
			if (oldest == null || oldest.arrival() == Long.MAX_VALUE) {
				return;
			}
			oldest.shard().trimOldest(STEP);
			candidates.add(new Candidate(oldest.shard(), oldest.shard().oldestArrival()));
		}
	}

	private record Candidate(Shard shard, long arrival) implements Comparable<Candidate> {

		@Override
		public int compareTo(Candidate other) {
			return Long.compare(this.arrival, other.arrival);
		}

	}

}
