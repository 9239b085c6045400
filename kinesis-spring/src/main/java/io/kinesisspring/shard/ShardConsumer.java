package io.kinesisspring.shard;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.HeldLease;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;

/**
 * Reads a shard that this worker holds, one batch ahead of the handler. It ends when it
 * is drained, at the end of the shard, or when the lease is lost. Confined to the
 * container's loop, apart from the methods of {@link ShardSession}.
 */
final class ShardConsumer implements ShardSession, ShardReader.Reading {

	private static final Log logger = LogFactory.getLog(ShardConsumer.class);

	private final HeldLease lease;

	private ShardReader reader;

	private final RecordHandler handler;

	private final EventLoop loop;

	private final ShardBuffer buffer;

	private final ShardCheckpointer checkpointer;

	private final int maxRecords;

	private final ShardEvents events;

	private final ShardOwner owner;

	private final CompletableFuture<Void> drained = new CompletableFuture<>();

	private final CompletableFuture<Void> idle = new CompletableFuture<>();

	private final SessionPauses pauses;

	private volatile boolean active = true;

	private @Nullable ShardBatch nextBatch;

	private @Nullable ShardBatch currentBatch;

	private @Nullable KinesisRecord<byte[]> lastDelivered;

	private boolean reading;

	private boolean accessDenied;

	private boolean endReached;

	private final ShardEnding ending;

	private ShardState.Activity activity = ShardState.Activity.READING;

	private boolean closingHandler;

	ShardConsumer(HeldLease lease, ReaderContext context, ShardReader reader, RecordHandler handler, ShardOwner owner) {
		ReaderOptions options = context.options();
		this.lease = lease;
		this.reader = reader;
		this.handler = handler;
		this.loop = context.loop();
		this.buffer = context.buffer();
		this.maxRecords = options.maxRecords();
		this.events = options.events();
		this.owner = owner;
		this.pauses = new SessionPauses(this.loop);
		this.checkpointer = new ShardCheckpointer(lease, this.loop, CheckpointInterval.of(context), this.events);
		this.ending = new ShardEnding(this, lease, this.checkpointer, handler, context);
	}

	void start(Checkpoint from) {
		logger.info("Reading " + this.lease + ", starting " + ((from instanceof Checkpoint.After) ? "" : "at ") + from);
		changeActivity(ShardState.Activity.READING, null);
		readAhead();
	}

	private void readAhead() {
		if (this.active && !this.reading && this.nextBatch == null && !this.endReached) {
			this.reading = true;
			this.reader.read(this);
		}
	}

	@Override
	public void onBatch(ShardBatch batch) {
		this.reading = false;
		clearAccessDenied();
		this.endReached = batch.last();
		if (batch.last()) {
			this.owner.onEndReached(this.lease, batch.children());
		}
		if (!this.active || batch.records().isEmpty()) {
			this.buffer.adjust(-batch.bytes());
		}
		else {
			this.nextBatch = batch;
		}
		if (this.active) {
			if (batch.droppedUpTo() != null) {
				this.checkpointer.dropped(batch.droppedUpTo(),
						batch.records().isEmpty() ? lastRecordRead() : batch.lastRecord());
			}
			this.events.onBatchRead(stream(), shardId(), batch.records().size(), batch.millisBehindLatest(),
					batch.span());
			deliverNext();
		}
	}

	@Override
	public void onPlaceLost() {
		this.ending.identifyBefore();
		this.owner.onPlaceLost(this.lease);
	}

	@Override
	public void onPositionMoved(Checkpoint position) {
		this.checkpointer.moveTo(position, lastRecordRead());
	}

	/**
	 * The last record that was read. It may still be in progress.
	 */
	private @Nullable KinesisRecord<byte[]> lastRecordRead() {
		ShardBatch delivering = this.currentBatch;
		return (delivering != null) ? delivering.lastRecord() : this.lastDelivered;
	}

	@Override
	public void onReadDelayed(Throwable cause) {
		this.events.onReadDelayed(stream(), shardId(), cause);
	}

	@Override
	public void onReadingStopped(KinesisException ex) {
		stopReading(ex);
	}

	@Override
	public void switchedTo(ShardReader next) {
		this.reader = next;
		next.read(this);
	}

	@Override
	public boolean onAccessDenied(KinesisException ex) {
		this.events.onReadDelayed(stream(), shardId(), ex);
		this.accessDenied = this.owner.onAccessDenied(this.lease, ex);
		return this.accessDenied;
	}

	private void clearAccessDenied() {
		if (this.accessDenied) {
			this.accessDenied = false;
			this.owner.onAccessAllowed(this.lease);
		}
	}

	private void deliverNext() {
		ShardBatch next = this.nextBatch;
		if (this.currentBatch == null && next != null && isActive()) {
			this.nextBatch = null;
			this.currentBatch = next;
			deliver(next, 0);
		}
		readAhead();
		finishIfDone();
	}

	private void deliver(ShardBatch batch, int from) {
		List<KinesisRecord<byte[]>> part = batch.part(from, this.maxRecords);
		KinesisRecord<byte[]> last = part.get(part.size() - 1);
		this.lastDelivered = last;
		this.events.onDeliveryStarted(stream(), shardId(),
				new Checkpoint.After(last.sequenceNumber(), last.subSequenceNumber()));
		this.loop.on(this.handler.handle(part, this), (handled, ex) -> whenHandled(batch, from + part.size(), ex));
	}

	private void whenHandled(ShardBatch batch, int next, @Nullable Throwable ex) {
		if (ex == null && next < batch.records().size() && isActive()) {
			deliver(batch, next);
			return;
		}
		this.currentBatch = null;
		this.buffer.release(batch.bytes());
		if (ex != null) {
			stopReading(ex);
		}
		else if (this.active) {
			this.events.onBatchHandled(stream(), shardId());
			deliverNext();
		}
		finishDraining();
	}

	private void stopReading(Throwable reason) {
		if (this.active) {
			logger
				.error("Stopped reading " + this.lease + " behind its last processed record. Its lease is kept; it is "
						+ "read again when it is resumed or another instance takes over", reason);
			changeActivity(ShardState.Activity.STOPPED, Futures.cause(reason));
			halt();
			finishDraining();
		}
	}

	private void changeActivity(ShardState.Activity changed, @Nullable Throwable cause) {
		this.activity = changed;
		this.events.onActivityChanged(stream(), shardId(), changed, cause);
	}

	/**
	 * The state of the shard.
	 */
	ShardState state() {
		return new ShardState(stream(), shardId(), this.lease.lease().checkpoint(), this.activity);
	}

	/**
	 * Whether it reads, or will read when there are records.
	 */
	boolean isOpen() {
		return this.active;
	}

	void finishIfDone() {
		boolean allHandled = this.endReached && this.nextBatch == null && this.currentBatch == null;
		if (allHandled && isActive()) {
			this.ending.begin(this.lastDelivered);
		}
	}

	/**
	 * The end of the shard is stored.
	 */
	void finished() {
		logger.info("Finished " + this.lease);
		this.owner.onFinished(this.lease);
		halt();
		finishDraining();
	}

	/**
	 * Stop delivering, finish the records in progress, and write the checkpoint.
	 */
	CompletableFuture<Void> drain() {
		return settle().thenComposeAsync((settled) -> flush(), this.loop);
	}

	/**
	 * Stop delivering, and finish the records in progress.
	 * @return completes when none is being processed and nothing is being written
	 */
	CompletableFuture<Void> settle() {
		halt();
		finishDraining();
		return this.drained.thenComposeAsync((done) -> this.checkpointer.settled(), this.loop);
	}

	private CompletableFuture<Void> flush() {
		return this.checkpointer.flush().handle((stored, ex) -> {
			if (ex != null) {
				logger.warn(this.lease
						+ ": could not write the last checkpoint. The next owner gets the records since the previous checkpoint again",
						ex);
			}
			return null;
		});
	}

	/**
	 * Drain, until another consumer of the shard resumes.
	 */
	CompletableFuture<Void> pause() {
		CompletableFuture<Void> drained = drain();
		if (this.activity != ShardState.Activity.STOPPED) {
			changeActivity(ShardState.Activity.PAUSED, null);
		}
		return drained;
	}

	/**
	 * Make room for another consumer of the same shard: drain, and write nothing from
	 * then on.
	 * @return completes when this consumer no longer writes
	 */
	CompletableFuture<Void> close() {
		return drain().thenComposeAsync((done) -> this.checkpointer.close(), this.loop);
	}

	/**
	 * Whether the end of the shard is stored.
	 */
	boolean isFinished() {
		return this.lease.lease().isFinished();
	}

	Checkpoint reached() {
		return this.checkpointer.reached();
	}

	/**
	 * Stop at once, without a checkpoint.
	 */
	void abandon() {
		logger.warn("Lost " + this.lease + ". The next owner gets the records since the last checkpoint again");
		halt();
		finishDraining();
		this.drained.complete(null);
	}

	/**
	 * Completes when no record of the shard is being processed.
	 */
	CompletableFuture<Void> whenIdle() {
		return this.idle;
	}

	private void halt() {
		this.active = false;
		clearAccessDenied();
		this.reader.close();
		if (this.nextBatch != null) {
			this.buffer.adjust(-this.nextBatch.bytes());
			this.nextBatch = null;
		}
		this.buffer.close();
		this.pauses.close();
	}

	private void finishDraining() {
		if (!this.active && this.currentBatch == null && !this.closingHandler) {
			this.closingHandler = true;
			this.handler.closed(this).whenComplete((closed, ex) -> {
				this.idle.complete(null);
				this.drained.complete(null);
			});
		}
	}

	@Override
	public String stream() {
		return this.lease.lease().stream();
	}

	@Override
	public String shardId() {
		return this.lease.lease().shardId();
	}

	@Override
	public boolean isActive() {
		return this.active && isHeld();
	}

	@Override
	public boolean isHeld() {
		return this.lease.isValid();
	}

	@Override
	public void processed(Checkpoint.After position) {
		this.checkpointer.processed(position);
	}

	@Override
	public void afterPause(Duration delay, Runnable task) {
		this.pauses.runAfter(delay, task);
	}

	@Override
	public void retain(long bytes) {
		this.loop.execute(() -> this.buffer.adjust(bytes));
	}

	@Override
	public void stop(Throwable reason) {
		this.loop.execute(() -> stopReading(reason));
	}

	@Override
	public String toString() {
		return this.lease.toString();
	}

}
