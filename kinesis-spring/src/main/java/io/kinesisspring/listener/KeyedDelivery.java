package io.kinesisspring.listener;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.shard.ShardSession;

/**
 * Delivers the records of a session by their keys: each key in order, several at once.
 * Asks for more as soon as there is a turn that nobody wants, unless what waits behind
 * failing or slow keys takes too much memory: then the shard pauses until it is less.
 * Thread-safe.
 */
final class KeyedDelivery implements ShardDelivery {

	private static final Log logger = LogFactory.getLog(KeyedDelivery.class);

	/** What a record costs on the heap beside its data. */
	private static final long RECORD_OVERHEAD = 200;

	/** How much less memory is worth a message to the loop. */
	private static final long WORTH_TELLING = 64 << 10;

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<@Nullable String, Lane> lanes = new HashMap<>();

	private final CompletableFuture<Void> idle = new CompletableFuture<>();

	private final DeliveryOptions deliveryOptions;

	private final ShardSession session;

	private final WatermarkProgress progress;

	private final ExecutorHandoff executorHandoff;

	private final ConcurrencyLimit concurrencyLimit;

	private final Unacknowledged unacknowledged;

	private final ShardProgressMonitor watch;

	private final LongSupplier share;

	private long unfinished;

	private long retained;

	private boolean announced;

	private boolean broken;

	private boolean closed;

	private @Nullable CompletableFuture<Void> wanting;

	/**
	 * Create a delivery.
	 * @param share how many bytes of records that are not finished the shard may keep
	 * while more are read
	 */
	KeyedDelivery(DeliveryOptions deliveryOptions, ShardSession session, ShardProgressMonitor watch,
			LongSupplier share) {
		this.deliveryOptions = deliveryOptions;
		this.session = session;
		this.watch = watch;
		this.share = share;
		this.progress = new WatermarkProgress(session, deliveryOptions.ackMode() == AckMode.MANUAL, false,
				this::acknowledged);
		this.unacknowledged = new Unacknowledged(session, this.progress::unacknowledged, share);
		this.executorHandoff = new ExecutorHandoff(deliveryOptions, session, watch);
		watch.byHand(this.progress::unacknowledged);
		this.concurrencyLimit = new ConcurrencyLimit(deliveryOptions.concurrency(), this.executorHandoff,
				this::wantMore);
	}

	private void acknowledged() {
		this.watch.acknowledged();
		this.unacknowledged.less();
	}

	@Override
	public CompletableFuture<Void> deliver(List<KinesisRecord<byte[]>> records) {
		Spread spread = new Spread(records);
		this.executorHandoff.hand(spread);
		return (this.deliveryOptions.ackMode() == AckMode.MANUAL)
				? spread.handed.thenCompose((handed) -> this.unacknowledged.room()) : spread.handed;
	}

	private void spread(List<KinesisRecord<byte[]>> records, CompletableFuture<Void> handed) {
		this.progress.begin(records);
		for (Lane lane : enqueue(records, handed)) {
			lane.run();
		}
		wantMore();
	}

	private Collection<Lane> enqueue(List<KinesisRecord<byte[]>> records, CompletableFuture<Void> handed) {
		List<Lane> fresh = new ArrayList<>();
		this.lock.lock();
		try {
			for (KinesisRecord<byte[]> record : records) {
				Lane lane = this.lanes.get(record.partitionKey());
				if (lane == null) {
					lane = new Lane(record.partitionKey());
					this.lanes.put(record.partitionKey(), lane);
					fresh.add(lane);
				}
				lane.waiting.add(record);
				this.unfinished += bytes(record);
			}
			this.wanting = handed;
		}
		finally {
			this.lock.unlock();
		}
		return fresh;
	}

	/**
	 * Ask for the next batch if there is a turn and memory for it, or if nothing will be
	 * delivered any more.
	 */
	private void wantMore() {
		CompletableFuture<Void> wanted = null;
		long difference = 0;
		this.lock.lock();
		try {
			if (mayComeMore()) {
				wanted = this.wanting;
				this.wanting = null;
			}
			if (wanted != null || this.unfinished == 0 || this.retained - this.unfinished > WORTH_TELLING) {
				difference = this.unfinished - this.retained;
				this.retained = this.unfinished;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (difference != 0) {
			this.session.retain(difference);
		}
		if (wanted != null) {
			wanted.complete(null);
		}
	}

	private boolean mayComeMore() {
		if (this.wanting == null || this.broken || !this.session.isActive()) {
			return true;
		}
		if (!this.lanes.isEmpty() && !this.concurrencyLimit.isFree()) {
			return false;
		}
		boolean fits = this.unfinished <= this.share.getAsLong();
		if (!fits && !this.announced) {
			this.announced = true;
			logger.warn(
					"What waits behind failing or slow keys fills this shard's part of kinesis.consumer.buffer-memory; "
							+ "the shard pauses until there is room: " + this.session);
		}
		return fits;
	}

	@Override
	public CompletableFuture<Void> close() {
		this.lock.lock();
		try {
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
		this.executorHandoff.close();
		endIfIdle();
		return this.idle;
	}

	private void endIfIdle() {
		boolean over;
		this.lock.lock();
		try {
			over = this.closed && this.lanes.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
		if (over) {
			this.idle.complete(null);
		}
	}

	/**
	 * Whether a record is not to be delivered: the session is about to end, and nothing
	 * behind the record has been begun.
	 */
	private boolean isOver(KinesisRecord<byte[]> record) {
		return !this.session.isActive() && !(this.session.isHeld() && this.progress.isOvertaken(record));
	}

	private static long bytes(KinesisRecord<byte[]> record) {
		return record.payload().length + RECORD_OVERHEAD;
	}

	/**
	 * Spreads a batch over the lanes, on the executor.
	 */
	private final class Spread implements ExecutorHandoff.Work {

		private final List<KinesisRecord<byte[]>> records;

		private final CompletableFuture<Void> handed = new CompletableFuture<>();

		private int refusals;

		private Spread(List<KinesisRecord<byte[]>> records) {
			this.records = records;
		}

		@Override
		public void run() {
			try {
				spread(this.records, this.handed);
			}
			catch (Throwable ex) {
				this.handed.completeExceptionally(ex);
			}
		}

		@Override
		public int refused() {
			return ++this.refusals;
		}

		@Override
		public void again() {
			KeyedDelivery.this.executorHandoff.hand(this);
		}

		@Override
		public void over() {
			this.handed.complete(null);
		}

	}

	/**
	 * The records of a key that are not finished. There is one while there are any.
	 */
	private final class Lane {

		private final @Nullable String key;

		private List<KinesisRecord<byte[]>> waiting = new ArrayList<>(1);

		private boolean brokenOff;

		private Lane(@Nullable String key) {
			this.key = key;
		}

		private void run() {
			List<KinesisRecord<byte[]>> next = next();
			if (next.isEmpty()) {
				endIfIdle();
				return;
			}
			new OrderedDelivery(next, KeyedDelivery.this.deliveryOptions, KeyedDelivery.this.progress,
					KeyedDelivery.this.session, KeyedDelivery.this.concurrencyLimit, KeyedDelivery.this.watch)
				.begin()
				.whenComplete((whole, ex) -> safely(() -> finished(next, Boolean.TRUE.equals(whole), ex)));
		}

		/**
		 * What a dependent stage throws vanishes: the shard would stand still in silence.
		 */
		private void safely(Runnable step) {
			try {
				step.run();
			}
			catch (Throwable ex) {
				KeyedDelivery.this.session.stop(ex);
			}
		}

		/**
		 * What has gathered until now. Nothing once the session is over, or the lane
		 * broken off: what stands behind a record that is not finished must not be
		 * delivered.
		 */
		private List<KinesisRecord<byte[]>> next() {
			KeyedDelivery.this.lock.lock();
			try {
				List<KinesisRecord<byte[]>> next = this.waiting;
				if (!next.isEmpty() && (this.brokenOff || KeyedDelivery.this.broken || isOver(next.get(0)))) {
					forget(next);
					next = List.of();
				}
				if (next.isEmpty()) {
					KeyedDelivery.this.lanes.remove(this.key);
				}
				this.waiting = new ArrayList<>();
				return next;
			}
			finally {
				KeyedDelivery.this.lock.unlock();
			}
		}

		private void finished(List<KinesisRecord<byte[]>> records, boolean whole, @Nullable Throwable ex) {
			if (ex != null) {
				KeyedDelivery.this.session.stop(ex);
			}
			KeyedDelivery.this.lock.lock();
			try {
				this.brokenOff = !whole;
				KeyedDelivery.this.broken |= ex != null;
				forget(records);
			}
			finally {
				KeyedDelivery.this.lock.unlock();
			}
			run();
			wantMore();
		}

		private void forget(List<KinesisRecord<byte[]>> records) {
			records.forEach((record) -> KeyedDelivery.this.unfinished -= bytes(record));
		}

	}

}
