package io.kinesisspring.lease;

import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All groups as they were when the table was read. Immutable.
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
	 * Whether a worker was alive when the table was asked for.
	 */
	boolean isAlive(String worker) {
		return this.failureDetector.isAlive(worker, this.asOf);
	}

	/**
	 * The workers that want a part of a stream's shards and are alive.
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
	 * The process that a worker is in: those of one process share its processors and its
	 * memory. That is what its id says before the first dot.
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
	 * The group that a group's first member watches: the next one with members that wants
	 * any of the same streams, the first one after the last one.
	 */
	OptionalInt next(WorkerGroup mine) {
		List<WorkerGroup> others = this.groups.stream()
			.filter((workerGroup) -> workerGroup.number() != mine.number() && !workerGroup.members().isEmpty())
			.filter((workerGroup) -> workerGroup.sharesStreamsWith(mine))
			.toList();
		OptionalInt above = others.stream()
			.mapToInt(WorkerGroup::number)
			.filter((number) -> number > mine.number())
			.min();
		return above.isPresent() ? above : others.stream().mapToInt(WorkerGroup::number).min();
	}

	/**
	 * How many groups share the work of looking after the same streams.
	 */
	int size(WorkerGroup mine) {
		return Math.max(1,
				(int) this.groups.stream().filter((workerGroup) -> workerGroup.sharesStreamsWith(mine)).count());
	}

}
