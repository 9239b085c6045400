package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.HeldLease;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Futures;

/**
 * Finishes a shard. It lets the handler store what it keeps for the shard, waits until
 * the last record has been processed, which may be long after the delivery if the
 * listener acknowledges, and stores the end. If the stream may have been recreated, it
 * stores first to which shard the end belongs. Confined to the container's loop.
 */
final class ShardEnding {

	private static final Log logger = LogFactory.getLog(ShardConsumer.class);

	/** How often to check whether the last records have been acknowledged. */
	private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

	private final ShardConsumer consumer;

	private final HeldLease lease;

	private final ShardCheckpointer checkpointer;

	private final RecordHandler handler;

	private final EventLoop loop;

	private final LeaseIdentification identification;

	private final FullJitter backOff;

	/** Whether the shard may belong to another stream than its lease. */
	private boolean unidentified;

	private boolean running;

	/** Whether the handler has agreed to the end. */
	private boolean handlerDone;

	private int handlerFailures;

	private int storeFailures;

	ShardEnding(ShardConsumer consumer, HeldLease lease, ShardCheckpointer checkpointer, RecordHandler handler,
			ReaderContext context) {
		this.consumer = consumer;
		this.lease = lease;
		this.checkpointer = checkpointer;
		this.handler = handler;
		this.loop = context.loop();
		this.identification = new LeaseIdentification(lease, context);
		this.backOff = new FullJitter(Duration.ofSeconds(1), Duration.ofSeconds(15), this.loop.random());
	}

	/**
	 * Find out to which shard the lease belongs, before the end is stored.
	 */
	void identifyBefore() {
		this.unidentified = true;
	}

	/**
	 * Finish the shard, unless that is in progress.
	 * @param last the last record that was delivered
	 */
	void begin(@Nullable KinesisRecord<byte[]> last) {
		if (this.running) {
			return;
		}
		this.running = true;
		if (this.handlerDone) {
			storeIfProcessed(last);
		}
		else {
			notifyHandler(last);
		}
	}

	private void notifyHandler(@Nullable KinesisRecord<byte[]> last) {
		this.loop.on(this.handler.ended(this.consumer), (done, ex) -> {
			if (!this.consumer.isActive()) {
				return;
			}
			if (ex != null) {
				this.handlerFailures++;
				if (this.handlerFailures == 1) {
					logger.error(this.lease + ": a ShardListener failed at the end of the shard. It is called again, "
							+ "and the child shards wait", Futures.cause(ex));
				}
				this.consumer.onReadDelayed(Futures.cause(ex));
				continueAfter(Duration.ofNanos(this.backOff.pauseNanos(this.handlerFailures)));
				return;
			}
			this.handlerDone = true;
			storeIfProcessed(last);
		});
	}

	private void storeIfProcessed(@Nullable KinesisRecord<byte[]> last) {
		if (last != null && !this.checkpointer.hasProcessed(last)) {
			continueAfter(CHECK_INTERVAL);
			return;
		}
		this.loop.on(this.checkpointer.end(this::identify), (stored, ex) -> {
			if (ex != null) {
				logger.debug(this.lease + ": the end of the shard could not be written yet", ex);
				this.storeFailures++;
				continueAfter(Duration.ofNanos(this.backOff.pauseNanos(this.storeFailures)));
			}
			else if (stored) {
				this.consumer.finished();
			}
		});
	}

	private CompletableFuture<Void> identify() {
		return this.unidentified ? this.identification.run() : CompletableFuture.completedFuture(null);
	}

	private void continueAfter(Duration pause) {
		this.loop.schedule(pause, () -> {
			this.running = false;
			this.consumer.finishIfDone();
		});
	}

}
