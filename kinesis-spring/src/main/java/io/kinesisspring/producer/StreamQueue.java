package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.OutgoingRecord.Place;
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
	private static final long GATHER = 25_000_000;

	/** How many requests a stream gets at once before it has shown what it takes. */
	private static final int FIRST_REQUESTS = 4;

	/** What succeeds at the next try or the one after it is routine. */
	private static final int FAILURES_TO_MENTION = 3;

	private final String stream;

	private final long linger;

	private final int maxRecords;

	private final long maxBytes;

	private final int mostInFlight;

	private final KeyLanes lanes = new KeyLanes();

	private final ReadyQueue ready = new ReadyQueue();

	private final RequestBisection requestBisection = new RequestBisection();

	private final ShardRateLimits shardRateLimits;

	private final SendObserver observer;

	private final @Nullable RecordAggregator recordAggregator;

	private int inFlight;

	/** Grows by one with each request that nothing was refused of. */
	private int maxInFlight = FIRST_REQUESTS;

	private long lastSent;

	/** Records up to this number do not linger. */
	private long flushedUpTo = -1;

	/** How many requests in a row have failed as a whole. */
	private int failures;

	private long failedAt = -1;

	private long pausedUntil;

	private boolean refused;

	/** How many shards take fewer records than they are sent. */
	private int limited;

	StreamQueue(String stream, ProducerOptions options, SendObserver observer) {
		this.stream = stream;
		this.linger = options.linger().toNanos();
		this.maxRecords = options.maxBatchRecords();
		this.maxBytes = options.maxBatchSize().toBytes();
		this.mostInFlight = options.maxInFlight();
		boolean packing = options.aggregation() == Aggregation.KEY;
		this.shardRateLimits = new ShardRateLimits(stream, packing ? this::bytesTogether : OutgoingRecord::bytes);
		this.observer = observer;
		this.recordAggregator = packing ? new RecordAggregator(this.lanes, this.ready, this.shardRateLimits) : null;
	}

	String stream() {
		return this.stream;
	}

	void add(OutgoingRecord record) {
		if (this.lanes.enter(record) && !hold(record)) {
			this.ready.addFresh(record);
		}
	}

	/**
	 * Keep a record until its shard has time for it, if it must wait.
	 * @param record a record of this queue that may go otherwise
	 * @return whether it waits
	 */
	boolean hold(OutgoingRecord record) {
		return this.shardRateLimits.hold(record);
	}

	/**
	 * Let a record be sent once more.
	 * @param record a record of this queue that has not left it
	 */
	void again(OutgoingRecord record) {
		if (!hold(record)) {
			this.ready.addHeld(record);
		}
	}

	/**
	 * Put records back behind the first of their key, which has to be sent once more.
	 * @param first that record
	 * @param companions what went together with it, in their order
	 * @return those that have no key of their own and may be sent by themselves
	 */
	List<OutgoingRecord> putBack(OutgoingRecord first, List<OutgoingRecord> companions) {
		if (first.orderingKey() == null) {
			return companions;
		}
		this.lanes.putBack(first, companions);
		return List.of();
	}

	/**
	 * Learn from an answer how fast the shards take records.
	 * @param response what was sent, and what became of each record
	 * @param now by the engine's clock
	 */
	void learn(Response response, long now) {
		if (this.maxInFlight < this.mostInFlight && response.refused() == 0) {
			this.maxInFlight++;
		}
		if (this.shardRateLimits.learn(response, now)) {
			List<OutgoingRecord> all = this.ready.drain();
			this.shardRateLimits.drain(all::add);
			all.forEach(this::again);
			tellPace();
		}
	}

	private void tellPace() {
		int limited = this.shardRateLimits.limited();
		if (limited != this.limited) {
			this.limited = limited;
			this.observer.paced(this.stream, limited);
		}
	}

	/**
	 * Let a record go for good, and the next of its key come forward.
	 * @param record a record of this queue
	 */
	void leave(OutgoingRecord record) {
		Place place = record.place;
		record.gone();
		if (place == Place.READY) {
			this.ready.forget(record);
		}
		if (place != Place.LANE && place != Place.PACKED) {
			OutgoingRecord next = this.lanes.leave(record);
			if (next != null) {
				again(next);
			}
		}
	}

	void flush(long upTo) {
		this.flushedUpTo = Math.max(this.flushedUpTo, upTo);
	}

	/**
	 * Make those ready whose shards have time for them.
	 * @param now by the engine's clock
	 */
	void release(long now) {
		this.shardRateLimits.release(now, this.ready::addHeld);
		if (this.limited > 0) {
			tellPace();
		}
	}

	/**
	 * When {@link #release} may make others ready.
	 * @return a moment of the engine's clock, or {@link #NEVER}
	 */
	long nextRelease() {
		return this.shardRateLimits.nextRelease();
	}

	/**
	 * When the next request may be sent, if nothing happens until then.
	 * @return a moment of the engine's clock, which may have passed, or {@link #NEVER}
	 */
	long nextSend() {
		if (this.inFlight >= ((this.failures > 0) ? 1 : this.maxInFlight)) {
			return NEVER;
		}
		if (!this.requestBisection.isEmpty()) {
			return this.pausedUntil;
		}
		OutgoingRecord first = this.ready.peek();
		if (first == null) {
			return NEVER;
		}
		return Math.max(this.pausedUntil, isFull(first) ? 0 : Math.max(lingersUntil(first), gathersUntil()));
	}

	/**
	 * Take the records of the next request.
	 * @param now by the engine's clock
	 * @return the request
	 */
	Batch take(long now) {
		boolean searching = !this.requestBisection.isEmpty();
		List<OutgoingRecord> records = searching ? this.requestBisection.take()
				: new ArrayList<>(Math.min(this.ready.size(), this.maxRecords));
		Batch batch = new Batch(this, records, searching, now);
		this.inFlight++;
		this.lastSent = now;
		if (searching) {
			records.forEach(StreamQueue::putOnWire);
			return batch;
		}
		try {
			fill(records);
		}
		catch (Throwable ex) {
			batch.answer().completeExceptionally(ex);
		}
		return batch;
	}

	private void fill(List<OutgoingRecord> records) {
		long bytes = 0;
		OutgoingRecord next = this.ready.peek();
		while (next != null && records.size() < this.maxRecords) {
			boolean fits = bytes + next.bytes() <= this.maxBytes && !next.alone;
			if (!records.isEmpty() && !fits) {
				break;
			}
			this.ready.remove(next);
			putOnWire(next);
			records.add(next);
			bytes += (this.recordAggregator != null) ? this.recordAggregator.pack(next, this.maxBytes - bytes)
					: next.bytes();
			if (next.alone) {
				break;
			}
			next = this.ready.peek();
		}
	}

	private static void putOnWire(OutgoingRecord record) {
		record.place = Place.WIRE;
		record.attempts++;
	}

	/**
	 * Find out which record of a request is not valid, or go on with it.
	 * @param records records of this queue that go together, and with no others
	 * @param split whether they have gone so in vain, and are looked at by halves
	 */
	void suspect(List<OutgoingRecord> records, boolean split) {
		if (split) {
			this.requestBisection.split(records);
		}
		else {
			this.requestBisection.add(records);
		}
	}

	/**
	 * A record is not valid: what is behind it has the same key, and may be to blame for
	 * that. Let the next go alone, so that no others are held up.
	 * @param record a record of this queue that is about to leave it
	 */
	void suspectNext(OutgoingRecord record) {
		OutgoingRecord next = (record.orderingKey() != null) ? this.lanes.peekBehind(record) : null;
		if (next != null) {
			next.alone = true;
		}
	}

	/**
	 * A request has been answered, for good or ill.
	 */
	void returned() {
		this.inFlight--;
	}

	/**
	 * A request has failed as a whole: send nothing for a while, then one request at a
	 * time until one succeeds. Requests that were under way together count as one.
	 * @param batch the request
	 * @param now by the engine's clock
	 * @param backoff how long to wait
	 * @return whether so many have failed since one succeeded that it should be mentioned
	 */
	boolean pause(Batch batch, long now, FullJitter backoff) {
		if (this.failures > 0 && batch.sentAt() < this.failedAt) {
			return false;
		}
		this.failures++;
		this.failedAt = now;
		this.pausedUntil = now + backoff.pauseNanos(this.failures);
		return this.failures == FAILURES_TO_MENTION;
	}

	/**
	 * A request has failed as a whole, in a way that others will, too.
	 * @return whether it is the first to fail so since one succeeded
	 */
	boolean refuse() {
		boolean first = !this.refused;
		this.refused = true;
		return first;
	}

	/**
	 * A request has been taken by the service.
	 * @return whether it had been mentioned that requests fail
	 */
	boolean resume() {
		boolean failed = this.failures >= FAILURES_TO_MENTION || this.refused;
		this.failures = 0;
		this.pausedUntil = 0;
		this.refused = false;
		return failed;
	}

	private int bytesTogether(OutgoingRecord first) {
		return (first.orderingKey() != null) ? this.lanes.bytesFrom(first, RecordAggregator.AGGREGATE_BYTES)
				: first.bytes();
	}

	private boolean isFull(OutgoingRecord first) {
		return (this.ready.size() >= this.maxRecords && !packsTogether(first)) || this.ready.bytes() >= this.maxBytes;
	}

	private boolean packsTogether(OutgoingRecord record) {
		return this.recordAggregator != null && record.orderingKey() == null;
	}

	private long lingersUntil(OutgoingRecord first) {
		boolean due = first.attempts > 0 || first.number <= this.flushedUpTo;
		return due ? 0 : first.acceptedAt + this.linger;
	}

	private long gathersUntil() {
		return (this.inFlight > 0) ? this.lastSent + GATHER : 0;
	}

}
