package io.kinesisspring.listener;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.shard.SimulatedKinesis;

/**
 * Knows of each record what has become of it, and what may happen next: nothing is passed
 * that no listener has finished, no policy has given up on and no recoverer has taken;
 * nothing that is finished comes again in the same session; each key, or each shard,
 * keeps its order; and each record is given up on for failures of its own.
 */
final class ListenerOracle {

	private final ListenerScenario scenario;

	private final SimulatedKinesis kinesis;

	private final Map<String, Shard> shards = new HashMap<>();

	private final Map<String, Integer> ownFailures = new HashMap<>();

	private final Map<String, Integer> recovererFailures = new HashMap<>();

	private int withoutKeyAtOnce;

	private @Nullable String violation;

	ListenerOracle(ListenerScenario scenario, SimulatedKinesis kinesis) {
		this.scenario = scenario;
		this.kinesis = kinesis;
	}

	private void violated(String what) {
		this.violation = (this.violation != null) ? this.violation : what;
	}

	void check() {
		if (this.violation != null) {
			throw new AssertionError(this.violation + " (" + this.scenario + ")");
		}
	}

	private void require(boolean holds, String otherwise) {
		if (!holds) {
			violated(otherwise);
		}
	}

	static String place(KinesisRecord<?> record) {
		return record.sequenceNumber() + "/" + record.subSequenceNumber();
	}

	Shard shard(String id) {
		Shard shard = this.shards.computeIfAbsent(id, Shard::new);
		shard.learn(this.kinesis.recordsOf(id));
		return shard;
	}

	Session session(String shard) {
		return shard(shard).session;
	}

	/**
	 * Somebody begins to read a shard behind what is stored.
	 */
	void opened(String worker, String id, @Nullable Checkpoint stored) {
		shard(id).session = new Session(worker, (stored instanceof Checkpoint.After after) ? after : null);
	}

	/**
	 * The listener is called.
	 */
	void begun(String worker, String id, List<String> places) {
		Shard shard = shard(id);
		Session session = shard.session;
		require(worker.equals(session.worker), worker + " gets " + places + " beside " + session.worker);
		for (String parent : this.kinesis.parentsOf(id)) {
			require(shard(parent).isFinished(), places + " before the end of " + parent);
		}
		if (places.stream().anyMatch(shard::isWithoutKey)) {
			countAtOnce(session, places);
		}
		Set<String> inCall = new HashSet<>();
		for (String place : places) {
			require(shard.index.containsKey(place), place + " was never sent to " + id);
			require(!session.finished.contains(place), place + " comes again, though it is finished");
			require(session.from == null || position(place).compareTo(session.from) > 0,
					place + " comes though the checkpoint " + session.from + " covers it");
			String before = shard.before.get(place);
			require(before == null || inCall.contains(before) || shard.finished.contains(before)
					|| session.passed.contains(before), place + " comes before " + before);
			require(shard.finished.contains(place) || session.calls.merge(place, 1, Integer::sum) < 2_000,
					place + " comes without end");
			inCall.add(place);
		}
	}

	/**
	 * Count the calls with records without a key that go on at the same time.
	 */
	private void countAtOnce(Session session, List<String> places) {
		session.withoutKeyInCall.addAll(places);
		this.withoutKeyAtOnce = Math.max(this.withoutKeyAtOnce, session.withoutKeyInCall.size());
	}

	/**
	 * How many records without a key have been delivered at once, of one shard.
	 */
	int withoutKeyAtOnce() {
		return this.withoutKeyAtOnce;
	}

	/**
	 * A call is over, whatever has come of it.
	 */
	void ended(Session session, List<String> places) {
		session.withoutKeyInCall.removeAll(places);
	}

	/**
	 * The listener has returned from records, or said that they went well.
	 */
	void passed(String id, Session session, List<String> places) {
		session.passed.addAll(places);
		if (!this.scenario.isManual()) {
			places.forEach((place) -> finished(id, session, place));
		}
	}

	void finished(String id, Session session, String place) {
		shard(id).finished.add(place);
		session.finished.add(place);
	}

	/**
	 * The listener acknowledges records of a call by hand, and what stands before them.
	 */
	void acknowledged(String id, Session session, int epoch, List<String> places) {
		Shard shard = shard(id);
		if (epoch != shard.epoch) {
			return;
		}
		if (this.scenario.inOrder() && !places.isEmpty()) {
			int end = Math.max(shard.checked, shard.index.get(places.get(0)));
			shard.places.subList(shard.checked, end)
				.stream()
				.filter(session.passed::contains)
				.forEach((place) -> finished(id, session, place));
		}
		places.forEach((place) -> finished(id, session, place));
	}

	/**
	 * Something went wrong at a record, and at no other.
	 */
	void failedItself(String place) {
		this.ownFailures.merge(place, 1, Integer::sum);
	}

	void recovererFailed(String place) {
		this.recovererFailures.merge(place, 1, Integer::sum);
	}

	/**
	 * The error handler is asked.
	 */
	void errorHandled(DeliveryFailure failure, @Nullable ErrorDecision decision, boolean retryable) {
		String place = place(failure.record());
		Session session = session(failure.record().shardId());
		require(failure.attempts() >= 1, place + " fails at attempt " + failure.attempts());
		if (failure.records() > 1) {
			return;
		}
		int expected = session.attempts.merge(place, 1, Integer::sum);
		require(failure.attempts() == expected,
				place + " fails at attempt " + expected + " and is told to fail at " + failure.attempts());
		session.stopDecided |= decision instanceof ErrorDecision.StopShard;
		int own = this.ownFailures.getOrDefault(place, 0);
		int most = Math.max(1, this.scenario.maxAttempts());
		if (decision != null && !(decision instanceof ErrorDecision.Retry)) {
			require(own >= (retryable ? most : 1), place + " is given up on, though it failed only " + own + " times");
			require(failure.attempts() <= (long) most + this.recovererFailures.getOrDefault(place, 0),
					place + " has been tried " + failure.attempts() + " times");
		}
	}

	/**
	 * A shard is not read any further.
	 */
	void stopped(String id, Throwable reason) {
		require(shard(id).session.stopDecided, id + " is stopped, and no error handler has decided so: " + reason);
	}

	void checkpointed(String id, Checkpoint checkpoint) {
		Shard shard = shard(id);
		int end = shard.places.size();
		if (checkpoint instanceof Checkpoint.After after) {
			end = shard.checked;
			while (end < shard.places.size() && position(shard.places.get(end)).compareTo(after) <= 0) {
				end++;
			}
		}
		for (; shard.checked < end; shard.checked++) {
			String place = shard.places.get(shard.checked);
			require(shard.finished.contains(place), "The checkpoint " + checkpoint + " of " + id + " passes " + place);
		}
	}

	/**
	 * A shard has been moved: what stands behind the position is to come again.
	 */
	void moved(String id, Checkpoint position) {
		Shard shard = shard(id);
		shard.epoch++;
		shard.checked = 0;
		for (String place : shard.places) {
			if (position instanceof Checkpoint.After after && position(place).compareTo(after) <= 0) {
				shard.checked++;
			}
			else {
				shard.finished.remove(place);
			}
		}
	}

	boolean isAllFinished() {
		return this.kinesis.allShards().stream().allMatch((id) -> shard(id).isFinished());
	}

	/**
	 * What has not been finished, for messages.
	 */
	List<String> unfinished() {
		List<String> unfinished = new ArrayList<>();
		for (String id : this.kinesis.allShards()) {
			Shard shard = shard(id);
			shard.places.stream()
				.filter((place) -> !shard.finished.contains(place))
				.forEach((place) -> unfinished.add(id + " " + place + " " + this.scenario.fate(place) + ", delivered "
						+ shard.session.calls.getOrDefault(place, 0) + " times by " + shard.session.worker
						+ (shard.session.passed.contains(place) ? " and passed" : "")));
		}
		return unfinished;
	}

	static Checkpoint.After position(String place) {
		int slash = place.indexOf('/');
		return (Checkpoint.After) Checkpoint.after(SequenceNumber.of(place.substring(0, slash)),
				Long.parseLong(place.substring(slash + 1)));
	}

	/**
	 * A shard and what has become of its records.
	 */
	final class Shard {

		private final String id;

		private final List<String> places = new ArrayList<>();

		private final Map<String, Integer> index = new HashMap<>();

		private final Map<String, String> before = new HashMap<>();

		private final Map<String, String> last = new HashMap<>();

		private final Set<String> finished = new HashSet<>();

		private Session session = new Session("nobody", null);

		private int checked;

		private int epoch;

		private Shard(String id) {
			this.id = id;
		}

		private void learn(List<String> known) {
			for (int i = this.places.size(); i < known.size(); i++) {
				String place = known.get(i);
				this.index.put(place, i);
				this.places.add(place);
				String group = group(place);
				String previous = this.last.put(group, place);
				if (previous != null) {
					this.before.put(place, previous);
				}
			}
		}

		/**
		 * Those that keep their order among each other. A record without a key has no
		 * order to keep, unless its shard does.
		 */
		private String group(String place) {
			if (ListenerOracle.this.scenario.inOrder()) {
				return "";
			}
			return isWithoutKey(place) ? place : SimulatedKinesis.keyOf(place);
		}

		private boolean isWithoutKey(String place) {
			return ListenerOracle.this.kinesis.isWithoutKey(this.id, place);
		}

		boolean isFinished() {
			return this.finished.size() == this.places.size();
		}

		int epoch() {
			return this.epoch;
		}

		List<String> places() {
			return this.places;
		}

		/**
		 * A position that all before it are finished.
		 */
		Checkpoint behindFinished(int chosen) {
			int end = 0;
			while (end < this.places.size() && this.finished.contains(this.places.get(end))) {
				end++;
			}
			return (end == 0 || chosen % 3 == 0) ? Checkpoint.TRIM_HORIZON : position(this.places.get(chosen % end));
		}

		@Override
		public String toString() {
			return this.id;
		}

	}

	/**
	 * A shard while somebody reads it without a break.
	 */
	static final class Session {

		private final String worker;

		private final Checkpoint.@Nullable After from;

		private final Set<String> finished = new HashSet<>();

		private final Set<String> passed = new HashSet<>();

		private final Set<String> withoutKeyInCall = new HashSet<>();

		private final Map<String, Integer> attempts = new HashMap<>();

		private final Map<String, Integer> calls = new HashMap<>();

		private boolean stopDecided;

		private Session(String worker, Checkpoint.@Nullable After from) {
			this.worker = worker;
			this.from = from;
		}

	}

}
