package io.kinesisspring.lease;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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

	private final Map<String, Worker> workers = new LinkedHashMap<>();

	@Override
	public CompletableFuture<Void> prepare() {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<LeaseTable> load() {
		return locked(
				() -> new LeaseTable(new ArrayList<>(this.leases.values()), new ArrayList<>(this.workers.values())));
	}

	@Override
	public CompletableFuture<Boolean> create(Lease lease) {
		return locked(() -> this.leases.putIfAbsent(lease.key(), lease) == null);
	}

	@Override
	public CompletableFuture<Optional<Lease>> claim(Lease seen, String worker) {
		return locked(() -> Optional
			.ofNullable(this.leases.computeIfPresent(seen.key(),
					(key, current) -> isAsSeen(current, seen) ? current.claimedBy(worker) : current))
			.filter((current) -> current.isHeldAs(seen.claimedBy(worker))));
	}

	@Override
	public CompletableFuture<Boolean> checkpoint(Lease held, Checkpoint checkpoint) {
		return update(held, (current) -> current.isHeldAs(held), (current) -> current.withCheckpoint(checkpoint));
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
	public CompletableFuture<Void> beat(Worker worker) {
		return locked(() -> {
			this.workers.compute(worker.id(),
					(id, current) -> new Worker(id, (current != null) ? current.beat() + 1 : 1, worker.streams()));
			return null;
		});
	}

	@Override
	public CompletableFuture<Boolean> bury(Worker seen) {
		return locked(() -> {
			Worker current = this.workers.get(seen.id());
			return current != null && current.beat() == seen.beat() && this.workers.remove(seen.id()) != null;
		});
	}

	@Override
	public CompletableFuture<Void> retire(String workerId) {
		return locked(() -> {
			this.workers.remove(workerId);
			return null;
		});
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
