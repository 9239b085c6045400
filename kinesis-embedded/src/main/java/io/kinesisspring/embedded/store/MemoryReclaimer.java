package io.kinesisspring.embedded.store;

import java.util.List;
import java.util.PriorityQueue;

/**
 * Frees memory: first the records that retention no longer keeps, then the oldest of all.
 */
final class MemoryReclaimer {

	private static final int STEP = 1024;

	private final List<DataStream> streams;

	private final MemoryBudget memory;

	MemoryReclaimer(List<DataStream> streams, MemoryBudget memory) {
		this.streams = streams;
		this.memory = memory;
	}

	void reclaim() {
		this.memory.reclaimed();
		PriorityQueue<Candidate> candidates = new PriorityQueue<>();
		for (DataStream stream : this.streams) {
			for (Shard shard : stream.shards()) {
				shard.trim(stream.horizon());
				candidates.add(new Candidate(shard, shard.oldestArrival()));
			}
		}
		if (!this.memory.isExceeded()) {
			return;
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
