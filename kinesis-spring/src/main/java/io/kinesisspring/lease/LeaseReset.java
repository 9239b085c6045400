package io.kinesisspring.lease;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;

/**
 * Moves the checkpoints of a stream or of one shard, whichever worker reads it. A reset
 * acts as a worker and follows the same rules: it requests the leases, holds them without
 * reading, writes the position, and releases them. A reset runs once. All its state is
 * confined to its loop.
 *
 * @since 0.1.0
 */
public final class LeaseReset {

	private static final Log logger = LogFactory.getLog(LeaseReset.class);

	private static final Duration PAUSE = Duration.ofMillis(500);

	private final Request request;

	private final EventLoop loop;

	private final ResetWorker worker;

	private final Set<String> chosen = new LinkedHashSet<>();

	private final Set<String> written = new LinkedHashSet<>();

	private final RetryBackOff retryBackOff;

	private long deadline;

	private boolean hasWritten;

	/**
	 * Create a reset.
	 * @param workerId an id that no start of any worker and no other reset has
	 * @param request what to reset
	 * @param options how the workers of the application coordinate
	 * @param store keeps the leases and the worker groups
	 * @param loop runs everything
	 */
	public LeaseReset(String workerId, Request request, LeaseOptions options, LeaseStore store, EventLoop loop) {
		this.request = request;
		this.loop = loop;
		this.worker = new ResetWorker(workerId, request.stream(), options, new LoopLeaseStore(store, loop), loop);
		this.retryBackOff = new RetryBackOff(loop);
	}

	/**
	 * Reset.
	 * @return the shards whose checkpoints have been moved; exceptional with a
	 * {@link LeaseResetException} that says whether anything has changed
	 */
	public CompletableFuture<Set<String>> run() {
		CompletableFuture<Set<String>> done = new CompletableFuture<>();
		this.loop.execute(() -> {
			this.deadline = this.loop.nanoTime() + this.request.timeout().toNanos();
			Futures.whenDone(this.loop, enter().thenCompose((entered) -> runRound()),
					(shards, ex) -> end(shards, ex, done));
		});
		return done;
	}

	/**
	 * Join, unless another reset of the stream is running. If two start at the same
	 * moment, neither continues.
	 */
	private CompletableFuture<Void> enter() {
		long sent = this.loop.nanoTime();
		return this.worker.load().thenCompose((table) -> {
			assertSomethingToReset(table);
			return this.worker.hasConcurrentReset(table, sent) ? later(PAUSE, this::enter)
					: this.worker.join(table, sent);
		});
	}

	private void assertSomethingToReset(LeaseTable table) {
		if (plan(table).targets().isEmpty()) {
			String stream = "stream '" + this.request.stream() + "'";
			String what = (this.request.shardId() != null) ? "shard '" + this.request.shardId() + "' of " + stream
					: stream;
			throw new LeaseResetException(LeaseResetException.Reason.NOTHING_TO_RESET, "There is no lease of " + what
					+ " to reset or release: it has not been read yet, or has been processed to its end");
		}
	}

	/**
	 * Read the table and claim the missing leases. Once none is missing, write. The reset
	 * is complete when the table shows no new leases after that.
	 */
	private CompletableFuture<Set<String>> runRound() {
		long sent = this.loop.nanoTime();
		CompletableFuture<CompletableFuture<Set<String>>> round = this.worker.load()
			.handle((table, ex) -> (ex != null)
					? retryUntilDeadline("the lease table cannot be read (" + ex.getMessage() + ")")
					: act(table, sent));
		return round.thenCompose((outcome) -> outcome);
	}

	private CompletableFuture<Set<String>> act(LeaseTable table, long sent) {
		if (!table.unreadable().isEmpty()) {
			return retryUntilDeadline("rows of the lease table cannot be read: " + table.unreadable().keySet());
		}
		ResetPlan plan = plan(table);
		this.chosen.addAll(plan.targets());
		Map<String, Lease> missing = this.worker.missing(plan.involved());
		this.written.removeAll(missing.keySet());
		if (missing.isEmpty()) {
			return write(plan);
		}
		return this.worker.take(table, sent, missing)
			.thenCompose((claimed) -> this.worker.holdsAll(plan.involved().keySet()) ? runRound()
					: retryUntilDeadline("not given back: " + describeMissing(plan)));
	}

	private ResetPlan plan(LeaseTable table) {
		return new ResetPlan(table.leasesOf(this.request.stream()), this.request.shardId(), this.request.finishedToo(),
				this.request.position() != null, this.chosen);
	}

	private String describeMissing(ResetPlan plan) {
		return plan.involved()
			.values()
			.stream()
			.filter((lease) -> !this.worker.holds(lease))
			.map((lease) -> lease.shardId() + " of " + lease.owner())
			.limit(10)
			.collect(Collectors.joining(", "));
	}

	private CompletableFuture<Set<String>> retryUntilDeadline(String why) {
		if (this.loop.nanoTime() - this.deadline < 0) {
			if (this.worker.hasCallFailed()) {
				return later(PAUSE.plus(this.retryBackOff.next()), this::runRound);
			}
			this.retryBackOff.succeeded();
			return later(PAUSE, this::runRound);
		}
		return CompletableFuture.failedFuture(
				this.hasWritten
						? new LeaseResetException(LeaseResetException.Reason.IN_DOUBT,
								"Some checkpoints have been moved and others may not have been: " + why
										+ ". Reset again")
						: new LeaseResetException(LeaseResetException.Reason.NOT_RELEASED, "Not reset within "
								+ this.request.timeout().toSeconds() + "s: " + why + ". Nothing has been changed"));
	}

	private <T extends @Nullable Object> CompletableFuture<T> later(Duration pause,
			Supplier<CompletableFuture<T>> action) {
		CompletableFuture<Void> waited = new CompletableFuture<>();
		this.loop.schedule(pause, () -> waited.complete(null));
		return waited.thenCompose((done) -> action.get());
	}

	/**
	 * Write parents first. If the reset ends in between, no shard starts before its
	 * parents.
	 */
	private CompletableFuture<Set<String>> write(ResetPlan plan) {
		Checkpoint to = this.request.position();
		if (to == null) {
			return CompletableFuture.completedFuture(plan.targets());
		}
		List<Lease> open = plan.involved()
			.values()
			.stream()
			.filter((lease) -> plan.targets().contains(lease.shardId()) && !this.written.contains(lease.key()))
			.toList();
		if (open.isEmpty()) {
			return CompletableFuture.completedFuture(plan.targets());
		}
		CompletableFuture<Boolean> writes = CompletableFuture.completedFuture(true);
		for (Lease lease : open) {
			writes = writes.thenCompose((soFar) -> soFar ? write(lease, to) : CompletableFuture.completedFuture(false));
		}
		return writes.thenCompose((all) -> all ? runRound() : retryUntilDeadline("a checkpoint could not be written"));
	}

	private CompletableFuture<Boolean> write(Lease lease, Checkpoint to) {
		this.hasWritten = true;
		return this.worker.write(lease, to).thenApply((stored) -> {
			if (stored) {
				this.written.add(lease.key());
			}
			return stored;
		});
	}

	private void end(@Nullable Set<String> shards, @Nullable Throwable ex, CompletableFuture<Set<String>> done) {
		Futures.whenDone(this.loop, this.worker.leave(), (left, failure) -> {
			if (shards == null) {
				done.completeExceptionally((ex != null && Futures.cause(ex) instanceof KinesisException known) ? known
						: new KinesisException("Stream '" + this.request.stream() + "' could not be reset", ex));
				return;
			}
			logger.info("Stream '" + this.request.stream() + "': "
					+ ((shards.size() == 1) ? "1 shard has been " : shards.size() + " shards have been ")
					+ ((this.request.position() != null) ? "reset to " + this.request.position() : "released"));
			done.complete(shards);
		});
	}

	/**
	 * What to reset.
	 *
	 * @param stream the name of the stream
	 * @param shardId the shard, {@code null} for all of the stream
	 * @param position where to begin, not the end of the shard; {@code null} to release
	 * the leases and change nothing
	 * @param finishedToo whether shards that have been processed to their end are read
	 * again, too
	 * @param timeout how long to wait for owners to release their leases
	 */
	public record Request(String stream, @Nullable String shardId, @Nullable Checkpoint position, boolean finishedToo,
			Duration timeout) {

	}

}
