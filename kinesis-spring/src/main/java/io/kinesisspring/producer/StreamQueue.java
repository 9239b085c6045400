package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.scheduling.FullJitter;

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

	/** Fewer failures in a row are routine and not logged. */
	private static final int FAILURES_TO_LOG = 3;

	private final String stream;

	private final long linger;

	private final int maxRecords;

	private final long maxBytes;

	private final int inFlightLimit;

	private final KeyLanes lanes = new KeyLanes();

	private final ReadyQueue ready = new ReadyQueue();

	private final RequestBisection requestBisection = new RequestBisection();

	private final ShardRateLimits shardRateLimits;

	private final SendObserver observer;

	private final @Nullable RecordAggregator recordAggregator;

	private int inFlight;

	/** Grows by one with each response in which all records are stored. */
	private int maxInFlight = INITIAL_IN_FLIGHT;

	private long lastSent;

	/** The number of the last record that does not linger. */
	private long flushedUpTo = -1;

	/** Requests in a row that failed as a whole. */
	private int consecutiveFailures;

	private long failedAt = -1;

	private long pausedUntil;

	private boolean failing;

	/** Shards whose rate is limited, as the observer knows it. */
	private int limitedShards;

	StreamQueue(String stream, ProducerOptions options, SendObserver observer) {
		this.stream = stream;
		this.linger = options.linger().toNanos();
		this.maxRecords = options.maxBatchRecords();
		this.maxBytes = options.maxBatchSize().toBytes();
		this.inFlightLimit = options.maxInFlight();
		boolean aggregating = options.aggregation() == Aggregation.KEY;
		this.shardRateLimits = new ShardRateLimits(stream,
				aggregating ? this::bytesSentTogether : OutgoingRecord::bytes);
		this.observer = observer;
		this.recordAggregator = aggregating ? new RecordAggregator(this.lanes, this.ready, this.shardRateLimits) : null;
	}

	String stream() {
		return this.stream;
	}

	void add(OutgoingRecord record) {
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
		if (this.maxInFlight < this.inFlightLimit && response.rejected() == 0) {
			this.maxInFlight++;
		}
		if (this.shardRateLimits.update(response, now)) {
			List<OutgoingRecord> all = this.ready.drain();
			this.shardRateLimits.drain(all::add);
			all.forEach(this::requeue);
			publishLimitedShards();
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
		if (this.inFlight >= ((this.consecutiveFailures > 0) ? 1 : this.maxInFlight)) {
			return NEVER;
		}
		if (!this.requestBisection.isEmpty()) {
			return this.pausedUntil;
		}
		OutgoingRecord first = this.ready.peek();
		if (first == null) {
			return NEVER;
		}
		return Math.max(this.pausedUntil, isFull(first) ? 0 : Math.max(lingerEnd(first), gatherEnd()));
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
		Batch batch = new Batch(this, records, bisecting, now);
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
			bytes += (this.recordAggregator != null) ? this.recordAggregator.aggregate(next, this.maxBytes - bytes)
					: next.bytes();
			if (next.isSentAlone()) {
				break;
			}
			next = this.ready.peek();
		}
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
	 * Back off after a request failed as a whole. After that, one request is sent at a
	 * time until one succeeds. Requests that were in flight together count once.
	 * @param batch the request
	 * @param now the time of the engine's clock
	 * @param backoff the delay
	 * @return whether enough requests have failed in a row to log it
	 */
	boolean pauseAfterFailure(Batch batch, long now, FullJitter backoff) {
		if (this.consecutiveFailures > 0 && batch.sentAt() < this.failedAt) {
			return false;
		}
		this.consecutiveFailures++;
		this.failedAt = now;
		this.pausedUntil = now + backoff.pauseNanos(this.consecutiveFailures);
		return this.consecutiveFailures == FAILURES_TO_LOG;
	}

	/**
	 * Remember that a request failed in a way that others will, too.
	 * @return whether it is the first such failure since a request succeeded
	 */
	boolean markFailing() {
		boolean first = !this.failing;
		this.failing = true;
		return first;
	}

	/**
	 * End a pause after a request succeeded.
	 * @return whether failures had been logged
	 */
	boolean markSucceeded() {
		boolean failed = this.consecutiveFailures >= FAILURES_TO_LOG || this.failing;
		this.consecutiveFailures = 0;
		this.pausedUntil = 0;
		this.failing = false;
		return failed;
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
		return this.recordAggregator != null && record.orderingKey() == null;
	}

	private long lingerEnd(OutgoingRecord first) {
		boolean due = first.attempts() > 0 || first.number() <= this.flushedUpTo;
		return due ? 0 : first.acceptedAt() + this.linger;
	}

	private long gatherEnd() {
		return (this.inFlight > 0) ? this.lastSent + GATHER_NANOS : 0;
	}

}
