package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.scheduling.EventLoop;

/**
 * The positions of a read that only one worker does at a time, and that the next one
 * continues. They are leases of their own in the table of an application, under a name
 * that no stream has. Whoever opens them excludes the others as a reset does, and holds
 * all of them, so that nobody else can write. Confined to its loop.
 *
 * @since 0.1.0
 */
public final class ExclusivePositions {

	private static final Duration PAUSE = Duration.ofMillis(500);

	private final String name;

	private final EventLoop loop;

	private final LeaseStore store;

	private final ResetWorker worker;

	/** How long to wait for rows that do not become this worker's. */
	private final Duration timeout;

	private final Map<String, Lease> held = new HashMap<>();

	/**
	 * Create the positions.
	 * @param workerId an id that no start of any worker has
	 * @param name what the rows have instead of the name of a stream: such as
	 * {@code redrive~orders-dlt}
	 * @param options how the workers of the application coordinate
	 * @param store keeps the leases and the worker groups
	 * @param loop runs everything
	 */
	public ExclusivePositions(String workerId, String name, LeaseOptions options, LeaseStore store, EventLoop loop) {
		this.name = name;
		this.loop = loop;
		this.store = new LoopLeaseStore(store, loop);
		this.worker = new ResetWorker(workerId, name, options, this.store, loop);
		this.timeout = options.failoverAfter().multipliedBy(3);
	}

	/**
	 * Exclude others, once the store is ready. A worker that has died delays this until
	 * it counts as dead.
	 * @return completes when no other worker reads; exceptional with a
	 * {@link LeaseResetException} if one does
	 */
	public CompletableFuture<Void> open() {
		return this.store.prepare().thenCompose((prepared) -> enter());
	}

	private CompletableFuture<Void> enter() {
		long sent = this.loop.nanoTime();
		return this.worker.load()
			.thenCompose((table) -> this.worker.hasConcurrentReset(table, sent) ? later(this::enter)
					: this.worker.join(table, sent));
	}

	/**
	 * Hold the positions of shards, which begin at the oldest record. Those of a shard of
	 * a former stream with the same name begin anew.
	 * @param shards the shards of the stream as they are listed
	 * @return the positions by the shards' ids; exceptional if they cannot be held
	 */
	public CompletableFuture<Map<String, Checkpoint>> hold(Collection<ShardDescription> shards) {
		return hold(List.copyOf(shards), this.loop.nanoTime() + this.timeout.toNanos());
	}

	private CompletableFuture<Map<String, Checkpoint>> hold(List<ShardDescription> shards, long deadline) {
		long sent = this.loop.nanoTime();
		return this.worker.load().thenCompose((table) -> {
			if (this.loop.nanoTime() - deadline >= 0) {
				throw new KinesisException("The positions under '" + this.name
						+ "' cannot be held. The lease table has " + table.leasesOf(this.name));
			}
			Map<String, Lease> stored = new HashMap<>();
			table.leasesOf(this.name).forEach((lease) -> stored.put(lease.shardId(), lease));
			List<CompletableFuture<Boolean>> changes = new ArrayList<>();
			Map<String, Lease> current = new HashMap<>();
			for (ShardDescription shard : shards) {
				Lease seen = stored.get(shard.shardId());
				Lease initial = Lease.initial(this.name, shard.shardId(), Checkpoint.TRIM_HORIZON, Set.of(),
						shard.start());
				if (seen == null) {
					changes.add(this.store.create(initial));
				}
				else if (isOfFormerStream(seen, shard)) {
					changes.add(this.store.recreate(seen, initial));
				}
				else {
					current.put(seen.key(), seen);
				}
			}
			if (!changes.isEmpty()) {
				return CompletableFuture.allOf(changes.toArray(CompletableFuture[]::new))
					.thenCompose((done) -> hold(shards, deadline));
			}
			return take(table, sent, current, () -> hold(shards, deadline));
		});
	}

	private static boolean isOfFormerStream(Lease seen, ShardDescription shard) {
		return seen.start() != null && shard.start() != null && !seen.start().equals(shard.start());
	}

	private CompletableFuture<Map<String, Checkpoint>> take(LeaseTable table, long sent, Map<String, Lease> current,
			Supplier<CompletableFuture<Map<String, Checkpoint>>> again) {
		Map<String, Lease> missing = this.worker.missing(current);
		if (!missing.isEmpty()) {
			return this.worker.take(table, sent, missing)
				.thenCompose((taken) -> this.worker.holdsAll(current.keySet()) ? again.get() : later(again));
		}
		Map<String, Checkpoint> positions = new HashMap<>();
		current.values().forEach((lease) -> {
			this.held.put(lease.shardId(), lease);
			positions.put(lease.shardId(), lease.checkpoint());
		});
		return CompletableFuture.completedFuture(positions);
	}

	/**
	 * Whether the position of a shard is held.
	 * @param shardId the shard
	 * @return whether {@link #store} may be called
	 */
	public boolean holds(String shardId) {
		return this.held.containsKey(shardId);
	}

	/**
	 * Whether another worker may have taken over: nothing more may be read. Safe to call
	 * from any thread.
	 * @return {@code true} after too long a time without a connection to the store
	 */
	public boolean isLost() {
		return this.worker.isCutOff();
	}

	/**
	 * Store a position. Calls that fail are repeated until others may take over.
	 * @param shardId the shard, which is held
	 * @param position the position
	 * @return completes when it is stored; exceptional if another worker has taken over,
	 * or the store cannot be reached
	 */
	public CompletableFuture<Void> store(String shardId, Checkpoint position) {
		Lease before = this.held.get(shardId);
		if (before == null) {
			return CompletableFuture.failedFuture(lost(null));
		}
		return store(before.advanced(position, before.revision() + 1), new RetryBackOff(this.loop));
	}

	private CompletableFuture<Void> store(Lease next, RetryBackOff backOff) {
		if (isLost()) {
			return CompletableFuture.failedFuture(lost(null));
		}
		return this.store.checkpoint(next).handle(Outcome::new).thenCompose((outcome) -> {
			if (outcome.failure() != null) {
				return isLost() ? CompletableFuture.<Void>failedFuture(lost(outcome.failure()))
						: later(backOff.next(), () -> store(next, backOff));
			}
			if (!outcome.isStored()) {
				return CompletableFuture.<Void>failedFuture(lost(null));
			}
			this.held.put(next.shardId(), next);
			return CompletableFuture.<Void>completedFuture(null);
		});
	}

	/**
	 * The shards whose positions are stored, whether they are held or not.
	 * @return the shards' ids
	 */
	public CompletableFuture<Set<String>> shards() {
		return this.worker.load()
			.thenApply((table) -> table.leasesOf(this.name).stream().map(Lease::shardId).collect(Collectors.toSet()));
	}

	/**
	 * Delete the positions of shards that do not exist any more. Positions that are held
	 * are kept. If a shard with such an id appears again, its position begins at the
	 * oldest record.
	 * @param shardIds the shards
	 * @return completes when they are deleted, or another worker has changed them
	 */
	public CompletableFuture<Void> delete(Set<String> shardIds) {
		return this.worker.load().thenCompose((table) -> {
			List<CompletableFuture<?>> deletions = new ArrayList<>();
			for (Lease seen : table.leasesOf(this.name)) {
				if (shardIds.contains(seen.shardId()) && !holds(seen.shardId()) && !isLost()) {
					deletions.add(delete(seen));
				}
			}
			return CompletableFuture.allOf(deletions.toArray(CompletableFuture[]::new));
		});
	}

	/**
	 * Only finished leases are deleted. A worker that dies in between leaves one that the
	 * next worker deletes.
	 */
	private CompletableFuture<Boolean> delete(Lease seen) {
		Lease end = Lease.initial(seen.stream(), seen.shardId(), Checkpoint.SHARD_END, Set.of(), seen.start());
		return this.store.recreate(seen, end)
			.thenCompose((ended) -> ended ? this.store.delete(seen.recreatedAs(end))
					: CompletableFuture.completedFuture(false));
	}

	private KinesisException lost(@Nullable Throwable cause) {
		return new KinesisException(
				"The positions under '" + this.name
						+ "' could not be stored: the lease store could not be reached, or another instance continues",
				cause);
	}

	/**
	 * Release the positions, so that the next worker can continue at once.
	 * @return completes when it is done, normally in any case
	 */
	public CompletableFuture<Void> close() {
		return this.worker.leave();
	}

	private <T extends @Nullable Object> CompletableFuture<T> later(Supplier<CompletableFuture<T>> action) {
		return later(PAUSE, action);
	}

	private <T extends @Nullable Object> CompletableFuture<T> later(Duration pause,
			Supplier<CompletableFuture<T>> action) {
		CompletableFuture<Void> waited = new CompletableFuture<>();
		this.loop.schedule(pause, () -> waited.complete(null));
		return waited.thenCompose((done) -> action.get());
	}

	/**
	 * The outcome of a write.
	 */
	private record Outcome(@Nullable Boolean stored, @Nullable Throwable failure) {

		boolean isStored() {
			return Boolean.TRUE.equals(this.stored);
		}

	}

}
