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
public final class InMemoryLeaseStore implements LeaseStore, WorkerGroupStore {

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, Lease> leases = new LinkedHashMap<>();

	private final Map<Integer, WorkerGroup> groups = new TreeMap<>();

	@Override
	public CompletableFuture<Void> prepare() {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public WorkerGroupStore workerGroups() {
		return this;
	}

	@Override
	public CompletableFuture<LeaseTable> load() {
		return locked(
				() -> new LeaseTable(new ArrayList<>(this.leases.values()), new ArrayList<>(this.groups.values())));
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
	public CompletableFuture<Boolean> recreate(Lease seen, Lease replacement) {
		return update(seen, (current) -> isAsSeen(current, seen), (current) -> current.recreatedAs(replacement));
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
	public CompletableFuture<Optional<WorkerGroup>> join(int group, String worker, Collection<String> streams,
			Duration timeout) {
		return locked(() -> {
			WorkerGroup current = this.groups.get(group);
			if (current != null && !current.admits(worker, streams, timeout)) {
				return Optional.empty();
			}
			return Optional.of(put((current != null) ? withHeartbeat(current, worker)
					: WorkerGroup.of(group, streams, timeout, Map.of(worker, 1L), 0, Set.of())));
		});
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> heartbeat(int group, String worker, Collection<String> answered) {
		return locked(() -> member(group, worker).map((current) -> {
			Set<String> requests = new TreeSet<>(current.handoverRequests());
			requests.removeAll(answered);
			WorkerGroup updated = withHeartbeat(current, worker);
			return put(WorkerGroup.of(group, current.streams(), current.timeout(), updated.heartbeats(),
					current.wakeUps(), requests));
		}));
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> readGroup(int group, boolean consistent) {
		return locked(() -> Optional.ofNullable(this.groups.get(group)));
	}

	@Override
	public CompletableFuture<Boolean> requestHandover(int group, Collection<String> requests) {
		int capacity = WorkerGroup.maxRequestsBeside(requests);
		return locked(() -> Optional.ofNullable(this.groups.get(group))
			.filter((full) -> full.handoverRequests().size() <= capacity)
			.map((current) -> {
				Set<String> all = new TreeSet<>(current.handoverRequests());
				all.addAll(requests);
				return put(WorkerGroup.of(group, current.streams(), current.timeout(), current.heartbeats(),
						current.wakeUps(), all));
			})
			.isPresent());
	}

	@Override
	public CompletableFuture<Boolean> wakeUp(int group) {
		return locked(() -> Optional.ofNullable(this.groups.get(group))
			.map((current) -> put(WorkerGroup.of(group, current.streams(), current.timeout(), current.heartbeats(),
					current.wakeUps() + 1, current.handoverRequests())))
			.isPresent());
	}

	@Override
	public CompletableFuture<Void> leave(int group, String worker) {
		return locked(() -> {
			Optional.ofNullable(this.groups.get(group)).ifPresent((current) -> put(without(current, worker, 1)));
			return null;
		});
	}

	@Override
	public CompletableFuture<Boolean> evict(int group, String worker, long heartbeat) {
		return locked(() -> member(group, worker)
			.filter((current) -> Long.valueOf(heartbeat).equals(current.heartbeats().get(worker)))
			.map((current) -> put(without(current, worker, 0)))
			.isPresent());
	}

	@Override
	public CompletableFuture<Boolean> removeGroup(int group) {
		return locked(() -> {
			WorkerGroup current = this.groups.get(group);
			return current != null && current.members().isEmpty() && this.groups.remove(group) != null;
		});
	}

	private Optional<WorkerGroup> member(int group, String worker) {
		return Optional.ofNullable(this.groups.get(group)).filter((current) -> current.members().contains(worker));
	}

	private WorkerGroup put(WorkerGroup group) {
		this.groups.put(group.number(), group);
		return group;
	}

	private static WorkerGroup withHeartbeat(WorkerGroup group, String worker) {
		Map<String, Long> heartbeats = new TreeMap<>(group.heartbeats());
		heartbeats.merge(worker, 1L, Long::sum);
		return WorkerGroup.of(group.number(), group.streams(), group.timeout(), heartbeats, group.wakeUps(),
				group.handoverRequests());
	}

	private static WorkerGroup without(WorkerGroup group, String worker, int wakeUps) {
		Map<String, Long> heartbeats = new TreeMap<>(group.heartbeats());
		heartbeats.remove(worker);
		return WorkerGroup.of(group.number(), group.streams(), group.timeout(), heartbeats, group.wakeUps() + wakeUps,
				group.handoverRequests());
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
