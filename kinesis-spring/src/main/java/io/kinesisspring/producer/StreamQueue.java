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

	/**
	 * How long records gather at most while requests are under way, so that one that
	 * hangs holds nothing up. Longer than most requests take.
	 */
	private static final long GATHER_NANOS = 25_000_000;

	/** Requests in flight of a stream that has not answered yet. */
	private static final int INITIAL_IN_FLIGHT = 4;

	private final String stream;

	private final long linger;

	private final int maxRecords;

	private final long maxBytes;

	private final int inFlightLimit;

	private final KeyLanes lanes = new KeyLanes();

	private final ReadyQueue ready = new ReadyQueue();

	private final RequestBisection requestBisection = new RequestBisection();

	private final FailurePause failurePause = new FailurePause();

	private final ShardRateLimits shardRateLimits;

	private final SendObserver observer;

	private final @Nullable RecordAggregator recordAggregator;

	private final RecordDistribution distribution;

	/** Whether the service distributes the records, as the rate limits know it. */
	private boolean byService;

	/** Whether records have come that keep the order of their keys. */
	private boolean ordered;

	private int inFlight;

	/** Grows by one with each response in which all records are stored. */
	private int maxInFlight = INITIAL_IN_FLIGHT;

	private long lastSent;

	/** The number of the last record that does not linger. */
	private long flushedUpTo = -1;

	/** Shards whose rate is limited, as the observer knows it. */
	private int limitedShards;

	StreamQueue(String stream, ProducerOptions options, SendObserver observer, RecordDistribution distribution) {
		this.stream = stream;
		this.linger = options.linger().toNanos();
		this.maxRecords = options.maxBatchRecords();
		this.maxBytes = options.maxBatchSize().toBytes();
		this.inFlightLimit = options.maxInFlight();
		boolean aggregating = options.aggregation() == Aggregation.KEY;
		this.shardRateLimits = new ShardRateLimits(stream,
				aggregating ? this::bytesSentTogether : OutgoingRecord::bytes);
		this.observer = observer;
		this.distribution = distribution;
		this.recordAggregator = aggregating ? new RecordAggregator(this.lanes, this.ready, this.shardRateLimits) : null;
	}

	String stream() {
		return this.stream;
	}

	void add(OutgoingRecord record) {
		this.ordered |= record.orderingKey() != null;
		if (this.lanes.add(record) && !waitForShardRate(record)) {
			this.ready.addNew(record);
		}
	}

	/**
	 * Delay a record if the rate of its shard is limited.
	 * @param record a record of this queue that could be sent otherwise
	 * @return whether the record is delayed
	 */
	boolean waitForShardRate(OutgoingRecord record) {
		return this.shardRateLimits.delay(record);
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
	 * Put the companions of an aggregate back behind the first of their key.
	 * @param first the record that represented the aggregate
	 * @param companions the other records of the aggregate, in their order
	 * @return the companions that keep no order and may be sent by themselves
	 */
	List<OutgoingRecord> restoreCompanions(OutgoingRecord first, List<OutgoingRecord> companions) {
		if (first.orderingKey() == null) {
			return companions;
		}
		this.lanes.reinsert(first, companions);
		return List.of();
	}

	/**
	 * Adjust the rates of the stream and its shards to a response.
	 * @param response the response
	 * @param now the time of the engine's clock
	 */
	void updateRates(Response response, long now) {
		if (this.maxInFlight < this.inFlightLimit && isAccepted(response)) {
			this.maxInFlight++;
		}
		if (this.shardRateLimits.update(response, now)) {
			List<OutgoingRecord> all = this.ready.drain();
			this.shardRateLimits.drain(all::add);
			all.forEach(this::requeue);
			publishLimitedShards();
		}
		Boolean byKey = this.shardRateLimits.judgeKeys();
		if (byKey != null) {
			this.distribution.observe(byKey);
		}
	}

	/**
	 * Where the service distributes the records, one shard throttles a part of any
	 * request.
	 */
	private boolean isAccepted(Response response) {
		return response.rejected() <= (this.byService ? response.results().size() / 2 : 0);
	}

	/**
	 * Send keys from now on, because the service has refused to store a record without.
	 */
	void refuseNoKey() {
		this.distribution.refuseNoKey();
	}

	private void updateDistribution(long now) {
		this.distribution.update(now);
		if (this.distribution.isByService() != this.byService) {
			this.byService = !this.byService;
			this.shardRateLimits.setByService(this.byService, this.ready::addDelayed);
			publishLimitedShards();
		}
		if (this.byService && (this.ordered || this.recordAggregator != null)) {
			this.distribution.warn(this.recordAggregator != null);
		}
	}

	private void publishLimitedShards() {
		int limited = this.shardRateLimits.countLimited();
		if (limited != this.limitedShards) {
			this.limitedShards = limited;
			this.observer.shardsLimited(this.stream, limited);
		}
	}

	/**
	 * Remove a record from the engine. The next record of its key becomes the first.
	 * @param record a record of this queue
	 */
	void remove(OutgoingRecord record) {
		RecordPlace place = record.place();
		record.remove();
		if (place == RecordPlace.READY) {
			this.ready.discount(record);
		}
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
		if (this.limitedShards > 0) {
			publishLimitedShards();
		}
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
		if (this.inFlight >= (this.failurePause.isProbing() ? 1 : this.maxInFlight)) {
			return NEVER;
		}
		if (!this.requestBisection.isEmpty()) {
			return this.failurePause.until();
		}
		OutgoingRecord first = this.ready.peek();
		if (first == null) {
			return NEVER;
		}
		return Math.max(this.failurePause.until(), isFull(first) ? 0 : Math.max(lingerEnd(first), gatherEnd()));
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
		this.inFlight++;
		this.lastSent = now;
		if (bisecting) {
			records.forEach(StreamQueue::moveToRequest);
			return batch;
		}
		try {
			fill(records);
		}
		catch (Throwable ex) {
			batch.response().completeExceptionally(ex);
		}
		return batch;
	}

	private void fill(List<OutgoingRecord> records) {
		long bytes = 0;
		OutgoingRecord next = this.ready.peek();
		while (next != null && records.size() < this.maxRecords) {
			boolean fits = bytes + next.bytes() <= this.maxBytes && !next.isSentAlone();
			if (!records.isEmpty() && !fits) {
				break;
			}
			this.ready.remove(next);
			moveToRequest(next);
			records.add(next);
			bytes += combine(next, this.maxBytes - bytes);
			if (next.isSentAlone()) {
				break;
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

	private static void moveToRequest(OutgoingRecord record) {
		record.startAttempt(RecordPlace.IN_REQUEST);
	}

	/**
	 * Search records for an invalid one, or continue the search.
	 * @param records records of this queue that share a request with no others
	 * @param split whether to send each half in a request of its own
	 */
	void bisect(List<OutgoingRecord> records, boolean split) {
		if (split) {
			this.requestBisection.split(records);
		}
		else {
			this.requestBisection.add(records);
		}
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

	/**
	 * Count a request that has got its response or failed.
	 */
	void onRequestFinished() {
		this.inFlight--;
	}

	/**
	 * Return the pause after requests failed.
	 * @return the pause of this stream
	 */
	FailurePause failurePause() {
		return this.failurePause;
	}

	private int bytesSentTogether(OutgoingRecord first) {
		return (first.orderingKey() != null) ? this.lanes.bytesFrom(first, RecordAggregator.AGGREGATE_BYTES)
				: first.bytes();
	}

	private boolean isFull(OutgoingRecord first) {
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

	private long gatherEnd() {
		return (this.inFlight > 0) ? this.lastSent + GATHER_NANOS : 0;
	}

}
