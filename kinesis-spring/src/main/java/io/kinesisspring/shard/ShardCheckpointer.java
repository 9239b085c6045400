package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.HeldLease;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;

/**
 * Writes the checkpoint of one shard: at most once per interval, never two at a time, and
 * never backwards. Any thread may report processed records, at the cost of two atomic
 * operations each. Everything else is confined to the loop.
 */
final class ShardCheckpointer {

	private static final Log logger = LogFactory.getLog(ShardCheckpointer.class);

	/** Failures that end within a few intervals are routine and only counted. */
	private static final int FAILURES_BEFORE_LOG = 3;

	private final HeldLease lease;

	private final EventLoop loop;

	private final CheckpointInterval interval;

	private final ShardEvents events;

	private final AtomicReference<Checkpoint.@Nullable After> processed = new AtomicReference<>();

	private volatile @Nullable Dropped dropped;

	private @Nullable Checkpoint moved;

	/** The last record that was read before the move. */
	private Checkpoint.@Nullable After beforeMove;

	private final AtomicBoolean writeWanted = new AtomicBoolean();

	private @Nullable CompletableFuture<Boolean> writing;

	private long notBefore;

	/** Whether a write was due while another one took longer than the interval. */
	private boolean writeMissed;

	private final FullJitter backoff;

	private int failures;

	private boolean ending;

	private boolean ended;

	private boolean closed;

	ShardCheckpointer(HeldLease lease, EventLoop loop, CheckpointInterval interval, ShardEvents events) {
		this.lease = lease;
		this.loop = loop;
		this.interval = interval;
		this.events = events;
		this.notBefore = loop.nanoTime();
		this.backoff = new FullJitter(Duration.ofMillis(200), Duration.ofSeconds(10), loop.random());
	}

	void processed(Checkpoint.After after) {
		advanceTo(after);
		Dropped behind = this.dropped;
		if (behind != null && behind.isNext(this.processed.get())) {
			advanceTo(behind.upTo);
		}
		wantWrite();
	}

	private void advanceTo(Checkpoint.After after) {
		this.processed.accumulateAndGet(after,
				(current, candidate) -> (current == null || candidate.compareTo(current) > 0) ? candidate : current);
	}

	/**
	 * Records at the end of what was read are not delivered. They count as processed once
	 * all records before them are.
	 * @param upTo the position of the last one
	 * @param before the last record that was read before them and is delivered, if any
	 */
	void dropped(Checkpoint.After upTo, @Nullable KinesisRecord<?> before) {
		Dropped behind = new Dropped((before != null) ? positionOf(before) : null, upTo);
		this.dropped = behind;
		Checkpoint.After reached = this.processed.get();
		if (behind.before == null || behind.isNext(reached)) {
			processed(upTo);
		}
	}

	private static Checkpoint.After positionOf(KinesisRecord<?> record) {
		return new Checkpoint.After(record.sequenceNumber(), record.subSequenceNumber());
	}

	/**
	 * Start at another position than the stored checkpoint. Until the first record from
	 * there is processed, a restart needs that position, so that it is stored.
	 * @param lastRead the last record that was read before the move, if any; later
	 * reports about it and earlier records are ignored
	 */
	void moveTo(Checkpoint position, @Nullable KinesisRecord<?> lastRead) {
		this.moved = position;
		this.beforeMove = (lastRead != null) ? positionOf(lastRead) : null;
		Dropped behind = this.dropped;
		if (behind != null && (this.beforeMove == null || behind.upTo.compareTo(this.beforeMove) > 0)) {
			this.beforeMove = behind.upTo;
		}
		wantWrite();
	}

	private void wantWrite() {
		if (!this.writeWanted.get() && this.writeWanted.compareAndSet(false, true)) {
			this.loop.execute(this::writeInTime);
		}
	}

	/**
	 * Whether a record and all before it have been processed.
	 */
	boolean hasProcessed(KinesisRecord<?> record) {
		Checkpoint.After reached = this.processed.get();
		return reached != null && reached.compareTo(positionOf(record)) >= 0;
	}

	/**
	 * How far the shard has been processed: the latest report, or the checkpoint that was
	 * stored before.
	 */
	Checkpoint reached() {
		Checkpoint reached = target();
		return (reached != null) ? reached : this.lease.lease().checkpoint();
	}

	private void writeInTime() {
		long wait = this.notBefore - this.loop.nanoTime();
		if (wait > 0) {
			this.loop.schedule(Duration.ofNanos(wait), this::write);
		}
		else {
			write();
		}
	}

	private void write() {
		if (this.writing != null || this.ending) {
			this.writeMissed = true;
			return;
		}
		this.writeMissed = false;
		this.writeWanted.set(false);
		Checkpoint target = target();
		if (target == null || target.equals(this.lease.lease().checkpoint())) {
			return;
		}
		this.notBefore = this.loop.nanoTime() + this.interval.toNanos();
		this.loop.on(store(target), (stored, ex) -> {
			report(ex);
			boolean isBehind = ex != null || !target.equals(target());
			boolean rewrite = this.writeMissed || (isBehind && this.writeWanted.compareAndSet(false, true));
			if (rewrite && this.lease.isValid()) {
				writeInTime();
			}
		});
	}

	private @Nullable Checkpoint target() {
		Checkpoint.After reached = this.processed.get();
		if (this.moved == null) {
			return reached;
		}
		boolean isAfterMove = reached != null && (this.beforeMove == null || reached.compareTo(this.beforeMove) > 0);
		return isAfterMove ? reached : this.moved;
	}

	/**
	 * The only method that writes, because two concurrent writes might overtake each
	 * other.
	 */
	private CompletableFuture<Boolean> store(Checkpoint checkpoint) {
		CompletableFuture<Boolean> write = this.lease.checkpoint(checkpoint);
		this.writing = write;
		return write.whenCompleteAsync((stored, ex) -> {
			this.writing = null;
			if (ex != null || stored) {
				this.events.onCheckpoint(this.lease.lease().stream(), this.lease.lease().shardId(), checkpoint, ex);
			}
		}, this.loop);
	}

	private void report(@Nullable Throwable ex) {
		if (ex == null) {
			if (this.failures >= FAILURES_BEFORE_LOG) {
				logger.info(this.lease + ": checkpoints are written again");
			}
			this.failures = 0;
		}
		else {
			this.failures++;
			this.notBefore += this.backoff.pauseNanos(this.failures);
			if (this.failures == FAILURES_BEFORE_LOG) {
				logger.warn(this.lease + ": could not write the checkpoint. The write is retried", ex);
			}
		}
	}

	/**
	 * Write the current checkpoint now.
	 * @return whether the lease is still held and the store has the checkpoint;
	 * exceptional if the call failed
	 */
	CompletableFuture<Boolean> flush() {
		if (this.writing != null) {
			return this.writing.handle((stored, ex) -> true).thenComposeAsync((before) -> flush(), this.loop);
		}
		Checkpoint target = target();
		if (this.ended || target == null || target.equals(this.lease.lease().checkpoint())) {
			return CompletableFuture.completedFuture(true);
		}
		return store(target);
	}

	/**
	 * Write the current checkpoint, and then the end of the shard. Nothing else is
	 * written from now on, even if this fails and is retried.
	 * @param between what to do between the two
	 * @return as for {@link #flush()}
	 */
	CompletableFuture<Boolean> end(Supplier<CompletableFuture<?>> between) {
		this.ending = true;
		return flush().thenComposeAsync((held) -> between.get(), this.loop).thenComposeAsync((done) -> {
			if (this.closed) {
				return CompletableFuture.completedFuture(false);
			}
			this.ended = true;
			return store(Checkpoint.SHARD_END);
		}, this.loop);
	}

	/**
	 * Completes when no write is in progress, normally in any case.
	 */
	CompletableFuture<Void> settled() {
		return (this.writing != null) ? this.writing.handle((stored, ex) -> null)
				: CompletableFuture.completedFuture(null);
	}

	/**
	 * Write nothing from now on.
	 * @return completes when no write is in progress, normally in any case
	 */
	CompletableFuture<Void> close() {
		this.ending = true;
		this.ended = true;
		this.closed = true;
		return settled();
	}

	/**
	 * Records that are not delivered.
	 *
	 * @param before the position of the last record before them that is delivered;
	 * {@code null} if none is
	 * @param upTo the position of the last one
	 */
	private record Dropped(Checkpoint.@Nullable After before, Checkpoint.After upTo) {

		private boolean isNext(Checkpoint.@Nullable After reached) {
			return this.before != null && reached != null && reached.compareTo(this.before) >= 0;
		}

	}

}
