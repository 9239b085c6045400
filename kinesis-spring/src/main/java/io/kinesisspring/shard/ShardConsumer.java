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
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Futures;

/**
 * Reads a shard that this worker holds, one batch ahead of the handler. It ends when it
 * is drained, at the end of the shard, or when the lease is lost. Confined to the
 * container's loop, apart from the methods of {@link ShardSession}.
 */
final class ShardConsumer implements ShardSession, ShardReader.Reading {

	private static final Log logger = LogFactory.getLog(ShardConsumer.class);

	/** How often to check whether the last records have been acknowledged. */
	private static final Duration END_CHECK_INTERVAL = Duration.ofSeconds(1);

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

	private boolean finishing;

	private final FullJitter endBackOff;

	private int endFailures;

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
		this.endBackOff = new FullJitter(Duration.ofSeconds(1), Duration.ofSeconds(15), this.loop.random());
		this.checkpointer = new ShardCheckpointer(lease, this.loop, options.checkpointInterval(), this.events);
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
			this.events.onBatchRead(stream(), shardId(), batch.records().size(), batch.millisBehindLatest(),
					batch.span());
			deliverNext();
		}
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
		return (delivering != null) ? delivering.records().get(delivering.records().size() - 1) : this.lastDelivered;
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

	/**
	 * A shard is finished when its last record has been processed. With manual
	 * acknowledgment that may be long after the delivery.
	 */
	private void finishIfDone() {
		boolean allHandled = this.endReached && this.nextBatch == null && this.currentBatch == null;
		if (!allHandled || this.finishing || !isActive()) {
			return;
		}
		this.finishing = true;
		if (this.lastDelivered != null && !this.checkpointer.hasProcessed(this.lastDelivered)) {
			finishLater(END_CHECK_INTERVAL);
			return;
		}
		this.loop.on(this.checkpointer.end(), (stored, ex) -> {
			if (ex != null) {
				logger.debug(this.lease + ": the end of the shard could not be written yet", ex);
				this.endFailures++;
				finishLater(Duration.ofNanos(this.endBackOff.pauseNanos(this.endFailures)));
			}
			else if (stored) {
				logger.info("Finished " + this.lease);
				this.owner.onFinished(this.lease);
				halt();
			}
			finishDraining();
		});
	}

	private void finishLater(Duration pause) {
		this.loop.schedule(pause, () -> {
			this.finishing = false;
			finishIfDone();
		});
	}

	/**
	 * Stop delivering, finish the records in progress, and write the checkpoint.
	 */
	CompletableFuture<Void> drain() {
		halt();
		finishDraining();
		return this.drained.thenComposeAsync((done) -> this.checkpointer.flush(), this.loop).handle((stored, ex) -> {
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
