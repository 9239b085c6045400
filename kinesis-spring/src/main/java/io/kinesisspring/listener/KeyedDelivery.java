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
 * Delivers the records of a session by their keys: each key in order, several keys at the
 * same time. A record without a key is delivered independently of all others. More
 * records are requested as soon as a permit is free. If records that wait for failing or
 * slow ones use too much memory, the shard pauses until they use less. Thread-safe.
 */
final class KeyedDelivery implements ShardDelivery {

	private static final Log logger = LogFactory.getLog(KeyedDelivery.class);

	/** The smallest change of memory that is reported to the loop. */
	private static final long SMALLEST_RELEASE = 64 << 10;

	private final ReentrantLock lock = new ReentrantLock();

	/** The lanes of keys. */
	private final Map<String, Lane> lanes = new HashMap<>();

	/** How many lanes there are of records without a key. */
	private int lanesWithoutKey;

	private final CompletableFuture<Void> idle = new CompletableFuture<>();

	private final CompletableFuture<Void> delivered = new CompletableFuture<>();

	private final DeliveryContext context;

	private final ShardSession session;

	private final WatermarkProgress progress;

	private final ExecutorHandoff executorHandoff;

	private final ConcurrencyLimit concurrencyLimit;

	private final UnacknowledgedLimit unacknowledged;

	private final ShardProgressMonitor shardMonitor;

	private final LongSupplier share;

	private long unfinished;

	private long retained;

	private boolean logged;

	private boolean broken;

	private boolean ending;

	private boolean closed;

	private @Nullable CompletableFuture<Void> nextBatch;

	/**
	 * Create a delivery.
	 * @param share how many bytes of records that are not finished the shard may keep
	 * while more are read
	 */
	KeyedDelivery(DeliveryContext context, ShardSession session, ShardProgressMonitor shardMonitor,
			LongSupplier share) {
		this.context = context;
		this.session = session;
		this.shardMonitor = shardMonitor;
		this.share = share;
		this.progress = new WatermarkProgress(session, context.options().ackMode() == AckMode.MANUAL, false,
				this::acknowledged);
		this.unacknowledged = new UnacknowledgedLimit(session, this.progress::unacknowledged, share);
		this.executorHandoff = new ExecutorHandoff(context, session, shardMonitor);
		shardMonitor.trackUnacknowledged(this.progress::unacknowledged);
		this.concurrencyLimit = new ConcurrencyLimit(context.options().concurrency(), this.executorHandoff,
				this::requestMore);
	}

	private void acknowledged() {
		this.shardMonitor.acknowledged();
		this.unacknowledged.acknowledged();
	}

	@Override
	public CompletableFuture<Void> deliver(List<KinesisRecord<byte[]>> records) {
		Distribution distribute = new Distribution(records);
		this.executorHandoff.execute(distribute);
		return (this.context.options().ackMode() == AckMode.MANUAL)
				? distribute.distributed.thenCompose((distributed) -> this.unacknowledged.waitForCapacity())
				: distribute.distributed;
	}

	private void distribute(List<KinesisRecord<byte[]>> records, CompletableFuture<Void> distributed) {
		List<KinesisRecord<byte[]>> decoded = List.copyOf(records);
		this.progress.add(decoded);
		for (Lane lane : enqueue(decoded, distributed)) {
			lane.run();
		}
		requestMore();
	}

	private Collection<Lane> enqueue(List<KinesisRecord<byte[]>> records, CompletableFuture<Void> distributed) {
		List<Lane> newLanes = new ArrayList<>();
		this.lock.lock();
		try {
			for (KinesisRecord<byte[]> record : records) {
				String key = record.partitionKey();
				Lane lane = (key != null) ? this.lanes.get(key) : null;
				if (lane == null) {
					lane = open(key);
					newLanes.add(lane);
				}
				lane.waiting.add(record);
				this.unfinished += bytes(record);
			}
			this.nextBatch = distributed;
		}
		finally {
			this.lock.unlock();
		}
		return newLanes;
	}

	private Lane open(@Nullable String key) {
		Lane lane = new Lane(key);
		if (key != null) {
			this.lanes.put(key, lane);
		}
		else {
			this.lanesWithoutKey++;
		}
		return lane;
	}

	private void remove(Lane lane) {
		if (lane.key != null) {
			this.lanes.remove(lane.key);
		}
		else {
			this.lanesWithoutKey--;
		}
	}

	private boolean hasLanes() {
		return this.lanesWithoutKey > 0 || !this.lanes.isEmpty();
	}

	/**
	 * Request the next batch if there are a permit and memory for it, or if no more
	 * records will be delivered.
	 */
	private void requestMore() {
		CompletableFuture<Void> requested = null;
		long difference = 0;
		this.lock.lock();
		try {
			if (canTakeMore()) {
				requested = this.nextBatch;
				this.nextBatch = null;
			}
			if (requested != null || this.unfinished == 0 || this.retained - this.unfinished > SMALLEST_RELEASE) {
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
		if (requested != null) {
			requested.complete(null);
		}
	}

	private boolean canTakeMore() {
		if (this.nextBatch == null || this.broken || !this.session.isActive()) {
			return true;
		}
		if (hasLanes() && !this.concurrencyLimit.hasFreePermit()) {
			return false;
		}
		boolean fits = this.unfinished <= this.share.getAsLong();
		if (!fits && !this.logged) {
			this.logged = true;
			logger.warn(
					"Records that wait for failing or slow ones fill this shard's part of the listener's buffer memory. "
							+ "The shard pauses until there is room: " + this.session);
		}
		return fits;
	}

	@Override
	public CompletableFuture<Void> whenDelivered() {
		this.lock.lock();
		try {
			this.ending = true;
		}
		finally {
			this.lock.unlock();
		}
		completeIfIdle();
		return this.delivered;
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
		completeIfIdle();
		return this.idle;
	}

	private void completeIfIdle() {
		boolean deliveredNow;
		boolean idleNow;
		this.lock.lock();
		try {
			deliveredNow = this.ending && !hasLanes();
			idleNow = this.closed && !hasLanes();
		}
		finally {
			this.lock.unlock();
		}
		if (deliveredNow) {
			this.delivered.complete(null);
		}
		if (idleNow) {
			this.idle.complete(null);
		}
	}

	/**
	 * Whether a record must not be delivered, because the session is ending and no later
	 * record has been started.
	 */
	private boolean isUndeliverable(KinesisRecord<byte[]> record) {
		return !this.session.isActive() && !(this.session.isHeld() && this.progress.isOvertaken(record));
	}

	private static long bytes(KinesisRecord<byte[]> record) {
		return ShardSession.sizeOf(record.payload());
	}

	/**
	 * Distributes a batch to the lanes, on the executor.
	 */
	private final class Distribution implements ExecutorHandoff.Work {

		private final List<KinesisRecord<byte[]>> records;

		private final CompletableFuture<Void> distributed = new CompletableFuture<>();

		private int rejections;

		private Distribution(List<KinesisRecord<byte[]>> records) {
			this.records = records;
		}

		@Override
		public void run() {
			try {
				distribute(this.records, this.distributed);
			}
			catch (Throwable ex) {
				this.distributed.completeExceptionally(ex);
			}
		}

		@Override
		public int countRejection() {
			return ++this.rejections;
		}

		@Override
		public void retry() {
			KeyedDelivery.this.executorHandoff.execute(this);
		}

		@Override
		public void abandon() {
			this.distributed.complete(null);
		}

	}

	/**
	 * The unfinished records of a key. A lane exists while there are any. A record
	 * without a key has its own lane.
	 */
	private final class Lane {

		private final @Nullable String key;

		private List<KinesisRecord<byte[]>> waiting = new ArrayList<>(1);

		private boolean interrupted;

		private Lane(@Nullable String key) {
			this.key = key;
		}

		private void run() {
			List<KinesisRecord<byte[]>> next = next();
			if (next.isEmpty()) {
				completeIfIdle();
				return;
			}
			new OrderedDelivery(next, KeyedDelivery.this.context, KeyedDelivery.this.progress,
					KeyedDelivery.this.session, KeyedDelivery.this.concurrencyLimit, KeyedDelivery.this.shardMonitor)
				.begin()
				.whenComplete((whole, ex) -> safely(() -> finished(next, Boolean.TRUE.equals(whole), ex)));
		}

		/**
		 * Log and handle exceptions. They would be lost in a dependent stage, and the
		 * shard would stop silently.
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
		 * The records that have gathered. Empty once the session has ended or the lane is
		 * closed, because records after an unfinished one must not be delivered.
		 */
		private List<KinesisRecord<byte[]>> next() {
			KeyedDelivery.this.lock.lock();
			try {
				List<KinesisRecord<byte[]>> next = this.waiting;
				if (!next.isEmpty()
						&& (this.interrupted || KeyedDelivery.this.broken || isUndeliverable(next.get(0)))) {
					discard(next);
					next = List.of();
				}
				if (next.isEmpty()) {
					remove(this);
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
				this.interrupted = !whole;
				KeyedDelivery.this.broken |= ex != null;
				discard(records);
			}
			finally {
				KeyedDelivery.this.lock.unlock();
			}
			run();
			requestMore();
		}

		private void discard(List<KinesisRecord<byte[]>> records) {
			records.forEach((record) -> KeyedDelivery.this.unfinished -= bytes(record));
		}

	}

}
