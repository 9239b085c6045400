package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A {@link LeaseStore} in this JVM's memory: coordinates the containers that share the
 * instance, and forgets everything with it. For tests, local runs and consumers without
 * state.
 *
 * @since 0.1.0
 */
public final class InMemoryLeaseStore implements LeaseStore {

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, Lease> leases = new LinkedHashMap<>();

	private final Map<Integer, WorkerGroup> crews = new TreeMap<>();

	@Override
	public CompletableFuture<Void> prepare() {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<LeaseTable> load() {
		return locked(
				() -> new LeaseTable(new ArrayList<>(this.leases.values()), new ArrayList<>(this.crews.values())));
	}

	@Override
	public CompletableFuture<Optional<Lease>> find(String key) {
		return locked(() -> Optional.ofNullable(this.leases.get(key)));
	}

	@Override
	public CompletableFuture<Boolean> create(Lease lease) {
		return locked(() -> this.leases.putIfAbsent(lease.key(), lease) == null);
	}

	@Override
	public CompletableFuture<Optional<Lease>> claim(Lease seen, String worker) {
		return locked(() -> Optional.ofNullable(this.leases.get(seen.key()))
			.filter((current) -> isAsSeen(current, seen))
			.map((current) -> current.claimedBy(worker))
			.map((claimed) -> {
				this.leases.put(claimed.key(), claimed);
				return claimed;
			}));
	}

	@Override
	public CompletableFuture<Boolean> checkpoint(Lease next) {
		return update(next, (current) -> current.isHeldAs(next) && current.revision() <= next.revision(),
				(current) -> next.identifiedAs(current));
	}

	@Override
	public CompletableFuture<Boolean> identify(Lease seen, Lease shard) {
		return update(seen, (current) -> isAsSeen(current, seen), (current) -> current.identifiedAs(shard));
	}

	@Override
	public CompletableFuture<Boolean> renew(Lease seen, Lease anew) {
		return update(seen, (current) -> isAsSeen(current, seen), (current) -> current.renewedAs(anew));
	}

	@Override
	public CompletableFuture<Boolean> release(Lease held) {
		return update(held, (current) -> current.isHeldAs(held), Lease::released);
	}

	@Override
	public CompletableFuture<Boolean> delete(Lease seen) {
		return update(seen, (current) -> isAsSeen(current, seen) && current.isFinished(), (current) -> null);
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> join(int workerGroup, String worker, Collection<String> streams,
			Duration patience) {
		return locked(() -> {
			WorkerGroup current = this.crews.get(workerGroup);
			if (current != null && !current.takes(worker, streams, patience)) {
				return Optional.empty();
			}
			return Optional.of(put((current != null) ? withBeat(current, worker)
					: WorkerGroup.of(workerGroup, streams, patience, Map.of(worker, 1L), 0, Set.of())));
		});
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> beat(int workerGroup, String worker, Collection<String> answered) {
		return locked(() -> member(workerGroup, worker).map((current) -> {
			Set<String> asks = new TreeSet<>(current.asks());
			asks.removeAll(answered);
			WorkerGroup beaten = withBeat(current, worker);
			return put(WorkerGroup.of(workerGroup, current.streams(), current.patience(), beaten.beats(),
					current.bell(), asks));
		}));
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> look(int workerGroup, boolean upToDate) {
		return locked(() -> Optional.ofNullable(this.crews.get(workerGroup)));
	}

	@Override
	public CompletableFuture<Boolean> ask(int workerGroup, Collection<String> asks) {
		int room = WorkerGroup.asksThatFitBeside(asks);
		return locked(() -> Optional.ofNullable(this.crews.get(workerGroup))
			.filter((full) -> full.asks().size() <= room)
			.map((current) -> {
				Set<String> all = new TreeSet<>(current.asks());
				all.addAll(asks);
				return put(WorkerGroup.of(workerGroup, current.streams(), current.patience(), current.beats(),
						current.bell(), all));
			})
			.isPresent());
	}

	@Override
	public CompletableFuture<Boolean> ring(int workerGroup) {
		return locked(() -> Optional.ofNullable(this.crews.get(workerGroup))
			.map((current) -> put(WorkerGroup.of(workerGroup, current.streams(), current.patience(), current.beats(),
					current.bell() + 1, current.asks())))
			.isPresent());
	}

	@Override
	public CompletableFuture<Void> leave(int workerGroup, String worker) {
		return locked(() -> {
			Optional.ofNullable(this.crews.get(workerGroup)).ifPresent((current) -> put(without(current, worker, 1)));
			return null;
		});
	}

	@Override
	public CompletableFuture<Boolean> bury(int workerGroup, String worker, long beat) {
		return locked(() -> member(workerGroup, worker)
			.filter((current) -> Long.valueOf(beat).equals(current.beats().get(worker)))
			.map((current) -> put(without(current, worker, 0)))
			.isPresent());
	}

	@Override
	public CompletableFuture<Boolean> disband(int workerGroup) {
		return locked(() -> {
			WorkerGroup current = this.crews.get(workerGroup);
			return current != null && current.members().isEmpty() && this.crews.remove(workerGroup) != null;
		});
	}

	private Optional<WorkerGroup> member(int workerGroup, String worker) {
		return Optional.ofNullable(this.crews.get(workerGroup)).filter((current) -> current.members().contains(worker));
	}

	private WorkerGroup put(WorkerGroup workerGroup) {
		this.crews.put(workerGroup.number(), workerGroup);
		return workerGroup;
	}

	private static WorkerGroup withBeat(WorkerGroup workerGroup, String worker) {
		Map<String, Long> beats = new TreeMap<>(workerGroup.beats());
		beats.merge(worker, 1L, Long::sum);
		return WorkerGroup.of(workerGroup.number(), workerGroup.streams(), workerGroup.patience(), beats,
				workerGroup.bell(), workerGroup.asks());
	}

	private static WorkerGroup without(WorkerGroup workerGroup, String worker, int rings) {
		Map<String, Long> beats = new TreeMap<>(workerGroup.beats());
		beats.remove(worker);
		return WorkerGroup.of(workerGroup.number(), workerGroup.streams(), workerGroup.patience(), beats,
				workerGroup.bell() + rings, workerGroup.asks());
	}

	private static boolean isAsSeen(Lease current, Lease seen) {
		return current.epoch() == seen.epoch()
				&& ((seen.owner() != null) ? seen.owner().equals(current.owner()) : current.owner() == null);
	}

	private CompletableFuture<Boolean> update(Lease lease, Predicate<Lease> condition,
			Function<Lease, @Nullable Lease> change) {
		return locked(() -> {
			Lease current = this.leases.get(lease.key());
			if (current == null || !condition.test(current)) {
				return false;
			}
			Lease changed = change.apply(current);
			if (changed != null) {
				this.leases.put(lease.key(), changed);
			}
			else {
				this.leases.remove(lease.key());
			}
			return true;
		});
	}

	private <T extends @Nullable Object> CompletableFuture<T> locked(Supplier<T> action) {
		this.lock.lock();
		try {
			return CompletableFuture.completedFuture(action.get());
		}
		finally {
			this.lock.unlock();
		}
	}

}
