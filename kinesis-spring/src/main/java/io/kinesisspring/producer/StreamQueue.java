package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.ProducerOptions.Aggregation;

/**
 * The records of one stream that wait to be sent, and when they may be. Not thread-safe.
 */
final class StreamQueue {

	/** No moment at all. */
	static final long NEVER = Long.MAX_VALUE;

	private final String stream;

	private final long linger;

	private final int maxRecords;

	private final long maxBytes;

	private final RequestWindow window;

	private final int maxAggregateBytes;

	private final KeyLanes lanes = new KeyLanes();

	private final ReadyQueue ready = new ReadyQueue();

	private final RequestBisection requestBisection = new RequestBisection();

	private final FailurePause failurePause = new FailurePause();

	private final ShardRateLimits shardRateLimits;

	private final SendObserver observer;

	private final @Nullable RecordAggregator recordAggregator;

	private final @Nullable ShardAggregator shardAggregator;

	private final RecordDistribution distribution;

	private final StreamBacklog backlog;

	/** Whether the service distributes the records, as the rate limits know it. */
	private boolean byService;

	/** Whether records have come that keep the order of their keys. */
	private boolean ordered;

	/** Whether aggregates of a shard have begun the last request. */
	private boolean aggregatesFirst;

	/** The number of the last record that does not linger. */
	private long flushedUpTo = -1;

	/**
	 * Create a queue without records.
	 * @param stream the name or the ARN of the stream
	 * @param options how to batch
	 * @param observer notified of limited shards; must not throw
	 * @param distribution knows who distributes the records
	 * @param openShards knows the shards, which aggregates of different keys need
	 */
	StreamQueue(String stream, ProducerOptions options, SendObserver observer, RecordDistribution distribution,
			OpenShards openShards) {
		this.stream = stream;
		this.linger = options.linger().toNanos();
		this.maxRecords = options.maxBatchRecords();
		this.maxBytes = options.maxBatchSize().toBytes();
		this.window = new RequestWindow(options.maxInFlight());
		boolean aggregating = options.aggregation() == Aggregation.KEY;
		this.maxAggregateBytes = options.maxAggregateBytes();
		this.shardRateLimits = new ShardRateLimits(stream,
				aggregating ? this::bytesSentTogether : OutgoingRecord::bytes);
		this.observer = observer;
		this.distribution = distribution;
		this.recordAggregator = aggregating
				? new RecordAggregator(this.lanes, this.ready, this.shardRateLimits, this.maxAggregateBytes) : null;
		HashKeys hashKeys = (options.aggregation() == Aggregation.SHARD) ? HashKeys.find() : null;
		this.shardAggregator = (hashKeys != null) ? new ShardAggregator(this.lanes, openShards, hashKeys, options)
				: null;
		this.backlog = new StreamBacklog(options, this.window, this.ready, this.shardAggregator);
	}

	String stream() {
		return this.stream;
	}

	/**
	 * Return the shards whose rate is limited.
	 */
	List<ProducerStatus.ShardPace> paces() {
		return this.shardRateLimits.paces();
	}

	void add(OutgoingRecord record) {
		this.backlog.onAdded(record);
		this.ordered |= record.orderingKey() != null;
		if (this.lanes.add(record) && !aggregateByShard(record, true) && !this.shardRateLimits.delay(record)) {
			this.ready.addNew(record);
		}
	}

	/**
	 * Queue a record for its shard, if the rate of the shard is limited.
	 * @param record a record of this queue that could be sent otherwise
	 * @return whether the record waits for its shard
	 */
	boolean waitForShardRate(OutgoingRecord record) {
		return aggregateByShard(record, false) || this.shardRateLimits.delay(record);
	}

	private boolean aggregateByShard(OutgoingRecord record, boolean fresh) {
		return this.shardAggregator != null && this.shardAggregator.add(record, fresh);
	}

	/**
	 * Send a record again, as soon as its shard's rate allows.
	 * @param record a record of this queue
	 */
	void requeue(OutgoingRecord record) {
		if (!waitForShardRate(record)) {
			this.ready.addDelayed(record);
		}
	}

	/**
	 * Put records of an aggregate back behind the first of their key.
	 * @param first the first record of the key
	 * @param followers the others, in their order
	 */
	void restoreFollowers(OutgoingRecord first, List<OutgoingRecord> followers) {
		this.lanes.reinsert(first, followers);
	}

	/**
	 * Adjust the rates of the stream and its shards to a response.
	 * @param response the response
	 * @param now the time of the engine's clock
	 */
	void updateRates(Response response, long now) {
		if (response.isAccepted(this.byService)) {
			this.window.grow();
		}
		if (this.shardRateLimits.update(response, now)) {
			List<OutgoingRecord> all = this.ready.drain();
			this.shardRateLimits.drain(all::add);
			all.forEach(this::requeue);
			this.shardRateLimits.publishLimited(this.observer);
		}
		if (this.shardAggregator != null) {
			this.shardAggregator.observe(response, now);
		}
		Boolean byKey = this.shardRateLimits.judgeKeys();
		if (byKey != null) {
			this.distribution.observe(byKey);
		}
	}

	/**
	 * Send keys from now on, because the service has refused to store a record without.
	 */
	void refuseNoKey() {
		this.distribution.refuseNoKey();
	}

	/**
	 * Return what combines records of different keys.
	 * @return the aggregator, or {@code null} if it is not to be done
	 */
	@Nullable ShardAggregator shardAggregator() {
		return this.shardAggregator;
	}

	private void updateDistribution(long now) {
		this.distribution.update(now);
		if (this.distribution.isByService() != this.byService) {
			this.byService = !this.byService;
			this.shardRateLimits.setByService(this.byService, this.ready::addDelayed);
			this.shardRateLimits.publishLimited(this.observer);
		}
		boolean aggregating = this.recordAggregator != null || this.shardAggregator != null;
		if (this.byService && (this.ordered || aggregating)) {
			this.distribution.warn(aggregating);
		}
		updateShards(now);
	}

	private void updateShards(long now) {
		if (this.shardAggregator == null
				|| (this.window.isEmpty() && this.ready.peek() == null && this.shardAggregator.isEmpty())) {
			return;
		}
		if (this.shardAggregator.update(now, this.distribution)) {
			List<OutgoingRecord> all = this.shardAggregator.drain(this.distribution.allowsAggregates());
			all.addAll(this.ready.drain());
			all.forEach(this::requeue);
		}
	}

	/**
	 * Remove a record from the engine. The next record of its key becomes the first.
	 * @param record a record of this queue
	 */
	void remove(OutgoingRecord record) {
		this.backlog.onRemoved(record);
		RecordPlace place = record.place();
		ReadyQueue readyQueue = record.readyQueue();
		if (place == RecordPlace.READY && readyQueue != null) {
			readyQueue.discount(record);
		}
		record.remove();
		if (place != RecordPlace.BEHIND_KEY && place != RecordPlace.IN_AGGREGATE) {
			OutgoingRecord next = this.lanes.removeFirst(record);
			if (next != null) {
				requeue(next);
			}
		}
	}

	void flushUpTo(long upTo) {
		this.flushedUpTo = Math.max(this.flushedUpTo, upTo);
	}

	/**
	 * Release the records whose shards accept them now.
	 * @param now the time of the engine's clock
	 */
	void releaseDue(long now) {
		updateDistribution(now);
		this.shardRateLimits.release(now, this.ready::addDelayed);
		this.shardRateLimits.publishLimited(this.observer);
	}

	/**
	 * Return when {@link #releaseDue} may release records.
	 * @return a moment of the engine's clock, or {@link #NEVER}
	 */
	long nextRelease() {
		return this.shardRateLimits.nextRelease();
	}

	/**
	 * Return when the next request may be sent, if nothing happens until then.
	 * @return a moment of the engine's clock, which may have passed, or {@link #NEVER}
	 */
	long nextSend() {
		if (this.window.isFull(this.failurePause.isProbing())) {
			return NEVER;
		}
		if (!this.requestBisection.isEmpty()) {
			return this.failurePause.until();
		}
		long gatherEnd = this.window.gatherEnd();
		long next = nextReady(gatherEnd);
		if (this.shardAggregator != null) {
			next = Math.min(next, this.shardAggregator.nextSend(this.flushedUpTo, gatherEnd));
		}
		return (next != NEVER) ? Math.max(this.failurePause.until(), next) : NEVER;
	}

	private long nextReady(long gatherEnd) {
		OutgoingRecord first = this.ready.peek();
		if (first == null) {
			return NEVER;
		}
		long wait = (this.shardAggregator != null) ? this.shardAggregator.firstAnswersUntil() : 0;
		return isFull(first) ? wait : Math.max(wait, Math.max(lingerEnd(first), gatherEnd));
	}

	/**
	 * Take the records of the next request.
	 * @param now the time of the engine's clock
	 * @return the request
	 */
	Batch takeBatch(long now) {
		boolean bisecting = !this.requestBisection.isEmpty();
		List<OutgoingRecord> records = bisecting ? this.requestBisection.take()
				: new ArrayList<>(Math.min(this.ready.size(), this.maxRecords));
		Batch batch = new Batch(this, records, bisecting, this.distribution.acceptsNoKey(), now);
		long gatherEnd = this.window.gatherEnd();
		this.window.onSent(now);
		if (bisecting) {
			records.forEach((record) -> record.startAttempt(RecordPlace.IN_REQUEST));
			return batch;
		}
		try {
			fill(new RequestSpace(records, this.maxRecords, this.maxBytes), now, gatherEnd);
		}
		catch (Throwable ex) {
			batch.response().completeExceptionally(ex);
		}
		return batch;
	}

	/**
	 * Records that are sent by themselves and aggregates of shards take turns to begin a
	 * request.
	 */
	private void fill(RequestSpace target, long now, long gatherEnd) {
		if (this.shardAggregator == null) {
			fillFromReady(target);
			return;
		}
		this.aggregatesFirst = !this.aggregatesFirst;
		if (this.aggregatesFirst) {
			this.shardAggregator.fill(target, now, this.flushedUpTo, gatherEnd);
		}
		if (nextReady(gatherEnd) <= now) {
			fillFromReady(target);
		}
		if (!this.aggregatesFirst) {
			this.shardAggregator.fill(target, now, this.flushedUpTo, gatherEnd);
		}
	}

	private void fillFromReady(RequestSpace target) {
		OutgoingRecord next = this.ready.peek();
		while (next != null && target.hasRoomFor(next.bytes()) && (target.isEmpty() || !next.isSentAlone())) {
			this.ready.remove(next);
			next.startAttempt(RecordPlace.IN_REQUEST);
			target.add(next, combine(next, target.room()));
			if (next.isSentAlone()) {
				target.close();
			}
			next = this.ready.peek();
		}
	}

	private int combine(OutgoingRecord first, long room) {
		if (this.recordAggregator == null) {
			return first.bytes();
		}
		return this.distribution.allowsAggregates() ? this.recordAggregator.aggregate(first, room)
				: this.recordAggregator.sendPlain(first);
	}

	/**
	 * Return the search for invalid records of this stream.
	 */
	RequestBisection requestBisection() {
		return this.requestBisection;
	}

	/**
	 * Send the next record of the same key alone. The key itself may be invalid, and then
	 * its records must not delay others.
	 * @param record an invalid record that is about to be removed
	 */
	void sendNextAlone(OutgoingRecord record) {
		OutgoingRecord next = (record.orderingKey() != null) ? this.lanes.peekBehind(record) : null;
		if (next != null) {
			next.sendAlone();
		}
	}

	void onRequestFilled(Batch batch) {
		this.window.onFilled(batch);
	}

	void onRequestFinished(Batch batch) {
		this.window.onFinished(batch);
	}

	StreamBacklog backlog() {
		return this.backlog;
	}

	FailurePause failurePause() {
		return this.failurePause;
	}

	private int bytesSentTogether(OutgoingRecord first) {
		return (first.orderingKey() != null) ? this.lanes.bytesFrom(first, this.maxAggregateBytes) : first.bytes();
	}

	private boolean isFull(OutgoingRecord first) {
		if (this.shardAggregator != null && this.shardAggregator.isListing()) {
			return false;
		}
		return (this.ready.size() >= this.maxRecords && !aggregatesWithOthers(first))
				|| this.ready.bytes() >= this.maxBytes;
	}

	private boolean aggregatesWithOthers(OutgoingRecord record) {
		return this.recordAggregator != null && record.orderingKey() == null && this.distribution.allowsAggregates();
	}

	private long lingerEnd(OutgoingRecord first) {
		boolean due = first.attempts() > 0 || first.number() <= this.flushedUpTo;
		return due ? 0 : first.acceptedAt() + this.linger;
	}

}
