package io.kinesisspring.boot.fleet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Judges a journal by what was sent. No record may be lost or skipped. The records of a
 * shard are processed in order by one worker at a time; who takes the shard over begins
 * behind what has been processed or repeats some of it, without a gap, and then only for
 * a known reason. A shard begins when its parents are done. So the records of a key are
 * first processed in the order in which they were sent, which is looked at as well.
 */
final class FleetOracle {

	private static final int MOST_PROBLEMS = 20;

	private final Map<String, ShardHistory> shards = new HashMap<>();

	private final Map<String, Integer> keys = new HashMap<>();

	private final Map<String, Set<String>> parents;

	private final List<Disturbance> disturbances;

	private final List<String> problems = new ArrayList<>();

	private final SortedMap<String, Integer> duplicates = new TreeMap<>();

	private int distinct;

	private FleetOracle(Collection<Sent> sent, Map<String, Set<String>> parents, Collection<Disturbance> disturbances) {
		this.parents = parents;
		this.disturbances = disturbances.stream().sorted(Disturbance.likeliestFirst()).toList();
		sent.stream()
			.sorted(Comparator.comparing(Sent::sequenceNumber))
			.forEach((record) -> this.shards.computeIfAbsent(record.shardId(), ShardHistory::new).add(record));
	}

	/**
	 * Judge a journal.
	 * @param journal what was processed, in order
	 * @param sent what was stored, in any order
	 * @param parents the parents of each shard
	 * @param disturbances what was done to the workers
	 */
	static Report judge(List<Processed> journal, Collection<Sent> sent, Map<String, Set<String>> parents,
			Collection<Disturbance> disturbances) {
		FleetOracle oracle = new FleetOracle(sent, parents, disturbances);
		journal.forEach(oracle::process);
		oracle.shards.values().forEach(ShardHistory::finish);
		return new Report(oracle.problems, oracle.duplicates, oracle.distinct);
	}

	private void process(Processed entry) {
		ShardHistory shard = this.shards.get(entry.shardId());
		Integer place = (shard != null) ? shard.places.get(entry.sequenceNumber()) : null;
		if (shard == null || place == null) {
			problem("Nobody sent this: " + entry);
			return;
		}
		Sent record = shard.records.get(place);
		if (!record.key().equals(entry.key()) || record.number() != entry.number()) {
			problem("It was another record that was sent: " + record + ", not " + entry);
		}
		if (shard.done == 0 && !parentsAreDone(entry.shardId())) {
			problem("Begun before its parents were done: " + entry);
		}
		shard.process(entry, place);
	}

	private boolean parentsAreDone(String shardId) {
		return this.parents.getOrDefault(shardId, Set.of())
			.stream()
			.map(this.shards::get)
			.allMatch((parent) -> parent == null || parent.done == parent.records.size());
	}

	private void processedFirst(Processed entry) {
		this.distinct++;
		int expected = this.keys.getOrDefault(entry.key(), 0);
		if (entry.number() > expected) {
			problem("Out of its key's order, " + expected + " should be next: " + entry);
		}
		this.keys.put(entry.key(), Math.max(expected, entry.number() + 1));
	}

	private void duplicate(String cause) {
		this.duplicates.merge(cause, 1, Integer::sum);
	}

	private void problem(String text) {
		if (this.problems.size() < MOST_PROBLEMS) {
			this.problems.add(text);
		}
	}

	/**
	 * What the oracle found.
	 *
	 * @param problems promises that were broken
	 * @param duplicates how many records were processed again, by the reason
	 * @param distinct how many records were processed
	 */
	record Report(List<String> problems, SortedMap<String, Integer> duplicates, int distinct) {

	}

	/**
	 * A shard's records, and how far its workers have come.
	 */
	private final class ShardHistory {

		private final String shardId;

		private final List<Sent> records = new ArrayList<>();

		private final Map<String, Integer> places = new HashMap<>();

		private final Map<Integer, Processed> latest = new HashMap<>();

		private final Map<String, Integer> reachedBy = new HashMap<>();

		private final Set<Disturbance> late = new HashSet<>();

		private String owner = "";

		private int reached = -1;

		private int done;

		private @Nullable String cause;

		private ShardHistory(String shardId) {
			this.shardId = shardId;
		}

		private void add(Sent record) {
			this.places.put(record.sequenceNumber().toString(), this.records.size());
			this.records.add(record);
		}

		private void process(Processed entry, int place) {
			boolean continues = entry.worker().equals(this.owner) && place == this.reached + 1;
			if (!continues && isLate(entry, place)) {
				finishLate(entry, place);
			}
			else {
				if (!continues) {
					takeOver(entry);
				}
				reach(entry, place);
			}
			this.reachedBy.put(entry.worker(), place);
			this.latest.put(place, entry);
		}

		/**
		 * Whether a worker goes on with a shard that is another's by now. It may look
		 * like that where the other has come to grief, too.
		 */
		private boolean isLate(Processed entry, int place) {
			boolean continues = !entry.worker().equals(this.owner) && place != this.reached + 1
					&& this.reachedBy.getOrDefault(entry.worker(), place) == place - 1;
			return continues && (lateness(entry) != null || place >= this.done || reasonToRepeat(entry, place) == null);
		}

		private @Nullable Disturbance lateness(Processed entry) {
			return FleetOracle.this.disturbances.stream()
				.filter((disturbance) -> disturbance.explainsLateness(entry.worker(), entry.at()))
				.findFirst()
				.orElse(null);
		}

		private void finishLate(Processed entry, int place) {
			Disturbance reason = lateness(entry);
			if (reason == null || !this.late.add(reason)) {
				problem("Processed while the shard was in the hands of " + this.owner + ": " + entry);
			}
			else if (place < this.done) {
				duplicate(reason.cause() + ", finished late");
			}
			if (place >= this.done) {
				first(entry, place);
			}
		}

		private void takeOver(Processed entry) {
			this.owner = entry.worker();
			this.cause = null;
		}

		private void reach(Processed entry, int place) {
			this.reached = place;
			if (place >= this.done) {
				first(entry, place);
				return;
			}
			if (this.cause == null) {
				this.cause = reasonToRepeat(entry, place);
			}
			if (this.cause == null) {
				problem("Processed again for no reason, before by " + this.latest.get(place) + ": " + entry);
			}
			else {
				duplicate(this.cause);
			}
		}

		private @Nullable String reasonToRepeat(Processed entry, int place) {
			Processed before = this.latest.get(place);
			return FleetOracle.this.disturbances.stream()
				.filter((disturbance) -> disturbance.explains(before.worker(), before.at(), entry.at()))
				.map(Disturbance::cause)
				.findFirst()
				.orElse(null);
		}

		private void first(Processed entry, int place) {
			if (place > this.done) {
				problem((place - this.done) + " records skipped: " + entry);
			}
			this.done = place + 1;
			processedFirst(entry);
		}

		private void finish() {
			if (this.done < this.records.size()) {
				problem((this.records.size() - this.done) + " records of " + this.shardId + " lost, beginning with "
						+ this.records.get(this.done));
			}
		}

	}

}
