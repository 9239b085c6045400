package io.kinesisspring.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * Chooses which workers get one lease more than others, for several streams together.
 * Many streams of few shards consist of remainders only, and still no process should read
 * more shards than another. A worker keeps such a lease, unless its process has two more
 * than another process that could have it.
 */
final class RemainderAssignor {

	private final Collection<StreamShare> shares;

	private final Map<String, Integer> loads = new TreeMap<>();

	private final Map<String, SortedSet<Remainder>> remainders = new HashMap<>();

	private RemainderAssignor(Collection<StreamShare> shares) {
		this.shares = shares;
	}

	static void choose(Collection<StreamShare> shares) {
		new RemainderAssignor(shares).choose();
	}

	private void choose() {
		for (StreamShare share : this.shares) {
			share.workers()
				.forEach((worker) -> this.loads.merge(WorkerGroups.processOf(worker), share.base(), Integer::sum));
		}
		this.shares.forEach((share) -> keep(share, false));
		this.shares.forEach((share) -> keep(share, true));
		this.shares.forEach((share) -> give(share, share.workers()));
		evenOut();
	}

	/**
	 * Begin with the streams in which all workers can keep what they hold. That shows
	 * which workers should not keep it in the others.
	 */
	private void keep(StreamShare share, boolean some) {
		List<String> keepers = share.workers().stream().filter(share::holdsMore).toList();
		if (some == (keepers.size() > share.remaining())) {
			give(share, keepers);
		}
	}

	private void give(StreamShare share, Collection<String> workers) {
		workers.stream()
			.filter((worker) -> !share.isGranted(worker))
			.sorted(Comparator.comparing((String worker) -> load(WorkerGroups.processOf(worker)))
				.thenComparing(share.order()))
			.limit(share.remaining())
			.toList()
			.forEach((worker) -> {
				share.grant(worker);
				add(new Remainder(share, worker));
			});
	}

	private int load(String process) {
		return this.loads.getOrDefault(process, 0);
	}

	private void add(Remainder remainder) {
		this.loads.merge(remainder.process(), 1, Integer::sum);
		this.remainders.computeIfAbsent(remainder.process(), (process) -> new TreeSet<>()).add(remainder);
	}

	private void pass(Remainder remainder, String to) {
		this.loads.merge(remainder.process(), -1, Integer::sum);
		remaindersOf(remainder.process()).remove(remainder);
		remainder.share.moveGrant(remainder.worker, to);
		add(new Remainder(remainder.share, to));
	}

	private Collection<Remainder> remaindersOf(String process) {
		return this.remainders.getOrDefault(process, new TreeSet<>());
	}

	/**
	 * As long as a process has two more than another that could have one of them, move
	 * one from the process that has most.
	 */
	private void evenOut() {
		Set<String> stuck = new HashSet<>();
		boolean moved = true;
		while (moved) {
			List<String> leastFirst = new ArrayList<>(this.loads.keySet());
			leastFirst.sort(Comparator.comparing(this::load));
			moved = false;
			for (int i = leastFirst.size() - 1; i > 0 && !moved; i--) {
				String most = leastFirst.get(i);
				boolean more = load(most) - load(leastFirst.get(0)) > 1;
				moved = more && !stuck.contains(most) && (passOn(most, leastFirst) || passAlong(most, stuck));
			}
		}
	}

	private boolean passOn(String most, List<String> leastFirst) {
		for (String less : leastFirst) {
			if (load(most) - load(less) < 2) {
				return false;
			}
			for (Remainder remainder : remaindersOf(most)) {
				String taker = remainder.takerOf(less);
				if (taker != null) {
					pass(remainder, taker);
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * If workers read different streams, a lease may have to move through other
	 * processes, which take one lease and give another. If a process reaches none with
	 * fewer leases, it is final, and so are all that it reaches.
	 */
	private boolean passAlong(String most, Set<String> stuck) {
		Map<String, Step> reached = new LinkedHashMap<>();
		Deque<String> open = new ArrayDeque<>(List.of(most));
		while (!open.isEmpty()) {
			String process = open.remove();
			for (Remainder remainder : remaindersOf(process)) {
				for (String taker : remainder.share.workers()) {
					String next = WorkerGroups.processOf(taker);
					if (remainder.share.isGranted(taker) || next.equals(most) || stuck.contains(next)
							|| reached.putIfAbsent(next, new Step(remainder, taker)) != null) {
						continue;
					}
					if (load(most) - load(next) > 1) {
						moveAlong(next, most, reached);
						return true;
					}
					open.add(next);
				}
			}
		}
		stuck.add(most);
		stuck.addAll(reached.keySet());
		return false;
	}

	private void moveAlong(String least, String most, Map<String, Step> reached) {
		String process = least;
		while (!process.equals(most)) {
			Step step = Objects.requireNonNull(reached.get(process));
			process = step.remainder.process();
			pass(step.remainder, step.taker);
		}
	}

	/**
	 * One lease of a stream's remainder, and the worker that should get it.
	 */
	private record Remainder(StreamShare share, String worker) implements Comparable<Remainder> {

		private String process() {
			return WorkerGroups.processOf(this.worker);
		}

		private @Nullable String takerOf(String process) {
			return this.share.workers()
				.stream()
				.filter((other) -> WorkerGroups.processOf(other).equals(process) && !this.share.isGranted(other))
				.findFirst()
				.orElse(null);
		}

		/**
		 * Leases that no worker holds move first.
		 */
		@Override
		public int compareTo(Remainder other) {
			int byHolding = Boolean.compare(this.share.holdsMore(this.worker), other.share.holdsMore(other.worker));
			int byStream = this.share.stream().compareTo(other.share.stream());
			if (byHolding != 0 || byStream != 0) {
				return (byHolding != 0) ? byHolding : byStream;
			}
			return this.worker.compareTo(other.worker);
		}

	}

	private record Step(Remainder remainder, String taker) {

	}

}
