package io.kinesisspring.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Moves the checkpoints of a stream or of one shard, whoever reads it: asks the owners
 * for their leases, holds them for a moment without reading, writes the position and
 * gives them back. It is a worker like the others, that heartbeats in a group of its own
 * and wants no share; so whatever happens to it, the others go on by the same rules as
 * ever. Can be run once. All its state is confined to its loop.
 *
 * @since 0.1.0
 */
public final class LeaseReset {

	/**
	 * What the group of a reset wants instead of a stream. No stream's name has a colon.
	 */
	static final String STREAM_PREFIX = "reset:";

	private static final Log logger = LogFactory.getLog(LeaseReset.class);

	private static final Duration PAUSE = Duration.ofMillis(500);

	private static final int MAX_REQUESTS = 250;

	private final String stream;

	private final @Nullable String shardId;

	private final @Nullable Checkpoint position;

	private final boolean finishedToo;

	private final LeaseOptions options;

	private final Duration timeout;

	private final LeaseStore store;

	private final EventLoop loop;

	private final GroupMembership groupMembership;

	private final FailureDetector failureDetector;

	private final Map<String, Lease> held = new LinkedHashMap<>();

	private final Set<String> requested = new TreeSet<>();

	private final Set<String> chosen = new LinkedHashSet<>();

	private final Set<String> written = new LinkedHashSet<>();

	private final ConcurrentResets concurrentResets;

	private final RetryBackOff retryBackOff;

	private boolean hasFailures;

	/** What was missing in the round before. */
	private final Map<String, Lease> missingBefore = new HashMap<>();

	private long deadline;

	private boolean hasWritten;

	private boolean over;

	/**
	 * Create a reset.
	 * @param workerId an id that no start of any worker and no other reset has
	 * @param stream the name of the stream
	 * @param shardId the shard, {@code null} for all of the stream
	 * @param position where to begin; not the end of the shard. {@code null} to have the
	 * leases given back and change nothing
	 * @param finishedToo whether shards that have been processed to their end begin
	 * again, too
	 * @param options how the workers of the application coordinate
	 * @param timeout how long to wait for owners to give their leases back
	 * @param store where the leases are
	 * @param loop runs everything
	 */
	public LeaseReset(String workerId, String stream, @Nullable String shardId, @Nullable Checkpoint position,
			boolean finishedToo, LeaseOptions options, Duration timeout, LeaseStore store, EventLoop loop) {
		this.stream = stream;
		this.shardId = shardId;
		this.position = position;
		this.finishedToo = finishedToo;
		this.options = options;
		this.timeout = timeout;
		this.store = store;
		this.loop = loop;
		this.groupMembership = new GroupMembership(workerId, List.of(STREAM_PREFIX + stream), options.timeout(), store,
				loop);
		this.failureDetector = new FailureDetector(options.timeout());
		this.concurrentResets = new ConcurrentResets(stream, store, this.failureDetector, this.groupMembership);
		this.retryBackOff = new RetryBackOff(loop);
	}

	/**
	 * Reset.
	 * @return the shards whose checkpoints have been moved; exceptional with a
	 * {@link LeaseResetException} that says whether anything has changed
	 */
	public CompletableFuture<Set<String>> run() {
		return CompletableFuture.supplyAsync(() -> {
			this.deadline = this.loop.nanoTime() + this.timeout.toNanos();
			return enter().thenComposeAsync((entered) -> {
				scheduleHeartbeats();
				return round();
			}, this.loop);
		}, this.loop).thenCompose((outcome) -> outcome).handleAsync(this::end, this.loop).thenCompose((ended) -> ended);
	}

	/**
	 * Join, if no other reset of the stream is under way: of two that come at the same
	 * moment neither goes on. What is left of one that has died is cleared away.
	 */
	private CompletableFuture<Void> enter() {
		long sent = this.loop.nanoTime();
		return this.store.load().thenComposeAsync((table) -> {
			this.failureDetector.observe(table, this.loop.nanoTime());
			assertSomethingToReset(table);
			if (this.concurrentResets.existIn(table, sent)) {
				return later(PAUSE, this::enter);
			}
			return this.groupMembership.join(table.groups())
				.thenComposeAsync((joined) -> this.store.load(), this.loop)
				.thenAcceptAsync((now) -> {
					if (this.concurrentResets.existIn(now, sent)) {
						throw this.concurrentResets.busy();
					}
				}, this.loop);
		}, this.loop);
	}

	private void assertSomethingToReset(LeaseTable table) {
		if (plan(table).targets().isEmpty()) {
			String what = (this.shardId != null) ? "shard '" + this.shardId + "' of stream '" + this.stream + "'"
					: "stream '" + this.stream + "'";
			throw new LeaseResetException(LeaseResetException.Reason.NOTHING_TO_RESET, "There is no lease of " + what
					+ " to reset or release: it has not been read yet, or has been processed to its end");
		}
	}

	private void scheduleHeartbeats() {
		WorkerGroup workerGroup = this.groupMembership.group();
		if (workerGroup != null && !this.over) {
			this.loop.schedule(this.options.heartbeatInterval(), this::scheduleHeartbeats);
			this.groupMembership.heartbeat(workerGroup, List.of(), () -> {
			});
		}
	}

	/**
	 * Read the table and take what is missing; write when nothing is, and be done when
	 * nothing new has come up since.
	 */
	private CompletableFuture<Set<String>> round() {
		long sent = this.loop.nanoTime();
		this.hasFailures = false;
		return this.store.load().handleAsync((table, ex) -> {
			if (ex != null) {
				this.hasFailures = true;
				return retryUntilDeadline("the lease table cannot be read (" + ex.getMessage() + ")");
			}
			this.failureDetector.observe(table, this.loop.nanoTime());
			if (!table.unreadable().isEmpty()) {
				return retryUntilDeadline("rows of the lease table cannot be read: " + table.unreadable().keySet());
			}
			ResetPlan plan = plan(table);
			this.chosen.addAll(plan.targets());
			Map<String, Lease> missing = missing(plan);
			if (missing.isEmpty()) {
				return write(plan);
			}
			return take(table, sent, missing).thenComposeAsync((taken) -> {
				boolean all = this.held.keySet().containsAll(plan.involved().keySet());
				return all ? round() : retryUntilDeadline("not given back: " + describe(plan));
			}, this.loop);
		}, this.loop).thenCompose((outcome) -> outcome);
	}

	private ResetPlan plan(LeaseTable table) {
		return new ResetPlan(table.leasesOf(this.stream), this.shardId, this.finishedToo, this.position != null,
				this.chosen);
	}

	private Map<String, Lease> missing(ResetPlan plan) {
		Map<String, Lease> missing = new LinkedHashMap<>();
		plan.involved().forEach((key, stored) -> {
			Lease mine = this.held.get(key);
			if (mine == null || !stored.isHeldAs(mine)) {
				this.held.remove(key);
				this.written.remove(key);
				missing.put(key, stored);
			}
		});
		return missing;
	}

	private String describe(ResetPlan plan) {
		return plan.involved()
			.values()
			.stream()
			.filter((lease) -> !this.held.containsKey(lease.key()))
			.map((lease) -> lease.shardId() + " of " + lease.owner())
			.limit(10)
			.collect(Collectors.joining(", "));
	}

	private CompletableFuture<Set<String>> retryUntilDeadline(String why) {
		if (this.loop.nanoTime() - this.deadline < 0) {
			if (this.hasFailures) {
				return later(PAUSE.plus(this.retryBackOff.next()), this::round);
			}
			this.retryBackOff.succeeded();
			return later(PAUSE, this::round);
		}
		return CompletableFuture.failedFuture(!this.hasWritten
				? new LeaseResetException(LeaseResetException.Reason.NOT_GIVEN_BACK,
						"Not reset within " + this.timeout.toSeconds() + "s: " + why + ". Nothing has been changed")
				: inDoubt(why));
	}

	private LeaseResetException inDoubt(String why) {
		return new LeaseResetException(LeaseResetException.Reason.IN_DOUBT,
				"Some checkpoints have been moved and others may not have been: " + why + ". Reset again");
	}

	private <T> CompletableFuture<T> later(Duration pause, Supplier<CompletableFuture<T>> action) {
		CompletableFuture<T> outcome = new CompletableFuture<>();
		this.loop.schedule(pause, () -> {
			try {
				this.loop.on(action.get(), (result, ex) -> {
					if (ex != null) {
						outcome.completeExceptionally(ex);
					}
					else {
						outcome.complete(result);
					}
				});
			}
			catch (RuntimeException ex) {
				outcome.completeExceptionally(ex);
			}
		});
		return outcome;
	}

	/**
	 * Claim what is free or of the dead, ask for what is held.
	 * @param sent when the table was asked for
	 */
	private CompletableFuture<Void> take(LeaseTable table, long sent, Map<String, Lease> missing) {
		WorkerGroups workerGroups = new WorkerGroups(table.groups(), this.failureDetector, sent);
		List<CompletableFuture<Void>> claims = new ArrayList<>();
		Map<Integer, List<String>> requests = new TreeMap<>();
		this.requested.retainAll(missing.values().stream().map(Lease::handoverRequest).toList());
		for (Lease lease : missing.values()) {
			String owner = lease.owner();
			if (owner == null || isUnread(lease) || !this.failureDetector.isAlive(owner, sent)
					&& lease.equals(this.missingBefore.get(lease.key()))) {
				claims.add(claim(lease));
			}
			else if (this.requested.size() < MAX_REQUESTS) {
				OptionalInt workerGroup = workerGroups.groupOf(owner);
				if (workerGroup.isPresent()) {
					List<String> wanted = requests.computeIfAbsent(workerGroup.getAsInt(),
							(number) -> new ArrayList<>());
					if (WorkerGroup.fitsInOneRequest(lease, wanted.size())
							&& this.requested.add(lease.handoverRequest())) {
						wanted.add(lease.handoverRequest());
					}
				}
			}
		}
		this.missingBefore.clear();
		this.missingBefore.putAll(missing);
		requests.values().removeIf(List::isEmpty);
		requests.forEach(
				(workerGroup, wanted) -> this.loop.on(this.store.requestHandover(workerGroup, wanted), (done, ex) -> {
					if (ex != null || !done) {
						this.hasFailures = true;
						wanted.forEach(this.requested::remove);
					}
				}));
		return CompletableFuture.allOf(claims.toArray(CompletableFuture[]::new));
	}

	/**
	 * Nothing is delivered any more once the end has been written; the owner may not have
	 * been able to give the lease back.
	 */
	private boolean isUnread(Lease lease) {
		return lease.isFinished() || this.groupMembership.id().equals(lease.owner());
	}

	private CompletableFuture<Void> claim(Lease seen) {
		long sent = this.loop.nanoTime();
		return this.store.claim(seen, this.groupMembership.id()).handleAsync((claimed, ex) -> {
			if (ex == null) {
				claimed.ifPresent((mine) -> keep(mine, sent));
			}
			this.hasFailures |= ex != null;
			return null;
		}, this.loop);
	}

	private void keep(Lease mine, long sent) {
		if (this.over || !this.groupMembership.hasBeenConnectedSince(sent)) {
			this.store.release(mine);
		}
		else {
			this.held.put(mine.key(), mine);
		}
	}

	/**
	 * Parents first: if it ends in between, nothing has been begun behind something that
	 * has not.
	 */
	private CompletableFuture<Set<String>> write(ResetPlan plan) {
		Checkpoint to = this.position;
		if (to == null) {
			return CompletableFuture.completedFuture(plan.targets());
		}
		List<Lease> open = plan.involved()
			.values()
			.stream()
			.filter((lease) -> plan.targets().contains(lease.shardId()) && !this.written.contains(lease.key()))
			.map((lease) -> this.held.getOrDefault(lease.key(), lease))
			.toList();
		if (open.isEmpty()) {
			return CompletableFuture.completedFuture(plan.targets());
		}
		CompletableFuture<Boolean> writes = CompletableFuture.completedFuture(true);
		for (Lease lease : open) {
			writes = writes.thenComposeAsync(
					(soFar) -> soFar ? write(lease, to) : CompletableFuture.completedFuture(false), this.loop);
		}
		return writes.thenComposeAsync((all) -> all ? round() : retryUntilDeadline("a checkpoint could not be written"),
				this.loop);
	}

	/**
	 * A lease that somebody else has taken meanwhile is asked for once more.
	 */
	private CompletableFuture<Boolean> write(Lease mine, Checkpoint to) {
		Lease next = mine.advanced(to, mine.revision() + 1);
		this.hasWritten = true;
		return this.store.checkpoint(next).handleAsync((stored, ex) -> {
			if (ex != null || !stored) {
				this.hasFailures |= ex != null;
				return false;
			}
			this.held.put(mine.key(), next);
			this.written.add(mine.key());
			return true;
		}, this.loop);
	}

	/**
	 * Give everything back, parents first, and let the others know.
	 */
	private CompletableFuture<Set<String>> end(@Nullable Set<String> shards, @Nullable Throwable ex) {
		this.over = true;
		CompletableFuture<Void> released = CompletableFuture.completedFuture(null);
		for (Lease mine : List.copyOf(this.held.values())) {
			released = released.thenComposeAsync((missingBefore) -> release(mine), this.loop);
		}
		return released.thenComposeAsync((done) -> leave(), this.loop).thenApply((gone) -> {
			if (ex != null || shards == null) {
				throw (causeOf(ex) instanceof KinesisException known) ? known
						: new KinesisException("Stream '" + this.stream + "' could not be reset", ex);
			}
			logger.info("Stream '" + this.stream + "': " + shards.size() + " shards have been "
					+ ((this.position != null) ? "reset to " + this.position : "given back"));
			return shards;
		});
	}

	private static @Nullable Throwable causeOf(@Nullable Throwable ex) {
		return (ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex;
	}

	private CompletableFuture<Void> release(Lease mine) {
		return this.store.release(mine)
			.handle((done, ex) -> (ex != null) ? this.store.release(mine) : CompletableFuture.completedFuture(done))
			.thenCompose((again) -> again)
			.handle((done, ex) -> null);
	}

	private CompletableFuture<Void> leave() {
		return this.groupMembership.leave()
			.handle((left, ex) -> null)
			.thenCompose((left) -> this.store.load())
			.thenCompose((table) -> CompletableFuture.allOf(table.groups()
				.stream()
				.filter((workerGroup) -> workerGroup.streams().contains(this.stream))
				.map((workerGroup) -> this.store.wakeUp(workerGroup.number()))
				.toArray(CompletableFuture[]::new)))
			.handle((sent, ex) -> null);
	}

}
