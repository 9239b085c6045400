package io.kinesisspring.lease;

import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All groups as the table showed them. Immutable.
 */
final class WorkerGroups {

	private final List<WorkerGroup> groups;

	private final FailureDetector failureDetector;

	private final long asOf;

	WorkerGroups(List<WorkerGroup> groups, FailureDetector failureDetector, long asOf) {
		this.groups = groups;
		this.failureDetector = failureDetector;
		this.asOf = asOf;
	}

	List<WorkerGroup> groups() {
		return this.groups;
	}

	/**
	 * Whether a worker was alive when the read of the table was sent.
	 */
	boolean isAlive(String worker) {
		return this.failureDetector.isAlive(worker, this.asOf);
	}

	/**
	 * How long after that moment a silent worker counts as dead, in nanoseconds.
	 */
	long timeUntilDead(String worker) {
		return this.failureDetector.timeUntilDead(worker, this.asOf);
	}

	/**
	 * The living workers that read a stream.
	 */
	SortedSet<String> liveWorkers(String stream) {
		SortedSet<String> live = new TreeSet<>();
		for (WorkerGroup workerGroup : this.groups) {
			if (workerGroup.streams().contains(stream)) {
				workerGroup.members()
					.stream()
					.filter((id) -> this.failureDetector.isAlive(id, this.asOf))
					.forEach(live::add);
			}
		}
		return live;
	}

	/**
	 * The process of a worker: the part of its id before the first dot. The workers of a
	 * process share its processors and its memory.
	 */
	static String processOf(String worker) {
		int dot = worker.indexOf('.');
		return (dot > 0) ? worker.substring(0, dot) : worker;
	}

	/**
	 * The group that a worker is in.
	 */
	OptionalInt groupOf(String worker) {
		return this.groups.stream()
			.filter((workerGroup) -> workerGroup.members().contains(worker))
			.mapToInt(WorkerGroup::number)
			.findFirst();
	}

	/**
	 * The group that the first member of a group observes besides its own: the next one
	 * by number that has members and any of the same streams. The last group is followed
	 * by the first.
	 */
	OptionalInt next(WorkerGroup ownGroup) {
		List<WorkerGroup> others = this.groups.stream()
			.filter((workerGroup) -> workerGroup.number() != ownGroup.number() && !workerGroup.members().isEmpty())
			.filter((workerGroup) -> workerGroup.sharesStreamsWith(ownGroup))
			.toList();
		OptionalInt above = others.stream()
			.mapToInt(WorkerGroup::number)
			.filter((number) -> number > ownGroup.number())
			.min();
		return above.isPresent() ? above : others.stream().mapToInt(WorkerGroup::number).min();
	}

	/**
	 * How many groups read any of the same streams, and share the work of reconciling
	 * them.
	 */
	int size(WorkerGroup ownGroup) {
		return Math.max(1,
				(int) this.groups.stream().filter((workerGroup) -> workerGroup.sharesStreamsWith(ownGroup)).count());
	}

}
