package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.aggregation.AggregatedRecordBuilder;
import io.kinesisspring.producer.ShardTable.ShardRange;

/**
 * Combines records of different keys that belong to one shard. Readers such as the KCL
 * drop an aggregate of which one record belongs to another shard. So there are aggregates
 * only while the open shards are known, and an aggregate that another shard has stored
 * counts as not stored, unless all of its records belong to that shard. Records wait in a
 * queue for each shard; an aggregate exists only in its request. Not thread-safe.
 */
final class ShardAggregator {

	/** The partition key of an aggregate: its explicit hash key decides the shard. */
	static final String PARTITION_KEY = "a";

	/**
	 * Time for which the first records of a stream wait for the answers without which
	 * they would be sent one by one. A JVM that has just started takes long to make its
	 * first calls.
	 */
	static final Duration FIRST_ANSWERS = Duration.ofSeconds(1);

	private static final long UNASKED = -1;

	private final KeyLanes lanes;

	private final OpenShards openShards;

	private final HashKeys hashKeys;

	private final int maxBytes;

	private final long linger;

	/** Until when all records wait for the first answers. Nothing waits if it is over. */
	private long firstAnswersUntil = UNASKED;

	/** Whether an answer is awaited that may allow aggregates. */
	private boolean awaiting;

	/** The shards in use, or {@code null} while records are sent one by one. */
	private @Nullable ShardTable table;

	/** The queue of each shard, in the order of the table. */
	private List<ShardQueue> queues = List.of();

	/** Queues with records. */
	private final Set<ShardQueue> filled = new LinkedHashSet<>();

	/**
	 * Create an aggregator.
	 * @param lanes the keys of the stream's records
	 * @param openShards knows the shards
	 * @param hashKeys computes hash keys
	 * @param options the size of aggregates, and how long records linger
	 */
	ShardAggregator(KeyLanes lanes, OpenShards openShards, HashKeys hashKeys, ProducerOptions options) {
		this.lanes = lanes;
		this.openShards = openShards;
		this.hashKeys = hashKeys;
		this.maxBytes = options.maxAggregateBytes();
		this.linger = options.linger().toNanos();
	}

	/**
	 * Look whether the shards are known.
	 * @param now the time of the engine's clock
	 * @param distribution knows whether the stream's records may be aggregated
	 * @return whether that has changed, so that all waiting records must be queued again,
	 * beginning with those that {@link #drain} returns
	 */
	boolean update(long now, RecordDistribution distribution) {
		if (this.firstAnswersUntil == UNASKED) {
			this.firstAnswersUntil = now + FIRST_ANSWERS.toNanos();
		}
		boolean undecided = distribution.isUndecided();
		boolean allowed = distribution.allowsAggregates();
		if (allowed || undecided) {
			this.openShards.update(now);
		}
		else {
			this.openShards.forget();
		}
		ShardTable next = allowed ? this.openShards.table() : null;
		this.awaiting = next == null && (undecided || this.openShards.isListing());
		if (!this.awaiting) {
			this.firstAnswersUntil = 0;
		}
		return next != this.table;
	}

	/**
	 * Return until when no record is sent, because the first answers are awaited.
	 * @return a moment of the engine's clock; one that has passed if nothing is awaited
	 */
	long firstAnswersUntil() {
		return this.firstAnswersUntil;
	}

	/**
	 * Return whether an answer about the shards is awaited. Records that linger anyway
	 * had better wait for it, as they would be sent one by one.
	 */
	boolean isListing() {
		return this.awaiting;
	}

	/**
	 * Remove all records, and use the shards that are known now.
	 * @return the records in the order of sending
	 */
	List<OutgoingRecord> drain(boolean allowed) {
		List<OutgoingRecord> all = new ArrayList<>();
		Map<ShardRange, ShardQueue> before = new HashMap<>();
		for (ShardQueue queue : this.queues) {
			all.addAll(queue.ready().drain());
			before.put(queue.range(), queue);
		}
		this.filled.clear();
		ShardTable next = allowed ? this.openShards.table() : null;
		this.table = next;
		this.queues = (next != null) ? next.ranges()
			.stream()
			.map((range) -> before.containsKey(range) ? before.get(range) : new ShardQueue(range))
			.toList() : List.of();
		all.sort(ReadyQueue.TRIED_THEN_OLDEST);
		return all;
	}

	/**
	 * Queue a record for its shard.
	 * @param record a record that may be sent
	 * @param fresh whether the record has never waited
	 * @return whether the record is queued; {@code false} if it is sent by itself
	 */
	boolean add(OutgoingRecord record, boolean fresh) {
		ShardTable known = this.table;
		if (known == null || !canBeAggregated(record)) {
			return false;
		}
		ShardQueue queue = this.queues.get(this.hashKeys.locate(known, record));
		if (fresh) {
			queue.ready().addNew(record);
		}
		else {
			queue.ready().addDelayed(record);
			if (record.orderingKey() != null && this.lanes.bytesFrom(record, this.maxBytes) >= this.maxBytes) {
				queue.markFull();
			}
		}
		this.filled.add(queue);
		return true;
	}

	private boolean canBeAggregated(OutgoingRecord record) {
		return !record.isSentAlone() && record.bytes() < this.maxBytes;
	}

	/**
	 * Return whether no records wait.
	 */
	boolean isEmpty() {
		return this.filled.isEmpty();
	}

	/**
	 * Return the records whose shards take more now.
	 * @param now the time of the engine's clock
	 * @return the number of records, without those behind others of their keys
	 */
	int sendable(long now) {
		int records = 0;
		for (ShardQueue queue : this.filled) {
			records += (queue.acceptsAt() <= now) ? queue.ready().size() : 0;
		}
		return records;
	}

	/**
	 * Return the number of shards that aggregates go to.
	 * @return the number; 0 while they are not known
	 */
	int shards() {
		return this.queues.size();
	}

	/**
	 * Return how long the records keep each shard busy.
	 * @param now the time of the engine's clock
	 * @return the time of the shard that needs others first, in nanoseconds
	 */
	long eachBusyFor(long now) {
		if (this.filled.size() < this.queues.size()) {
			return 0;
		}
		return this.queues.stream().mapToLong((queue) -> queue.busyFor(now)).min().orElse(0);
	}

	/**
	 * Return how long an aggregate keeps its shard busy at most, in nanoseconds.
	 */
	long aggregateTime() {
		return ServiceLimits.shardTime(this.maxBytes);
	}

	/**
	 * Return when the next aggregate may be sent.
	 * @param flushedUpTo the number of the last record that does not linger
	 * @param gatherEnd when to send at the earliest, unless an aggregate is full
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextSend(long flushedUpTo, long gatherEnd) {
		long next = StreamQueue.NEVER;
		Iterator<ShardQueue> iterator = this.filled.iterator();
		while (iterator.hasNext()) {
			ShardQueue queue = iterator.next();
			OutgoingRecord first = queue.ready().peek();
			if (first == null) {
				iterator.remove();
			}
			else {
				next = Math.min(next, dueAt(queue, first, flushedUpTo, gatherEnd));
			}
		}
		return next;
	}

	private long dueAt(ShardQueue queue, OutgoingRecord first, long flushedUpTo, long gatherEnd) {
		boolean due = queue.isFull(this.maxBytes) || first.attempts() > 0 || first.number() <= flushedUpTo;
		long waitEnd = (this.linger > 0) ? first.acceptedAt() + this.linger : gatherEnd;
		return Math.max(queue.acceptsAt(), due ? 0 : waitEnd);
	}

	/**
	 * Move the records that are due to a request.
	 * @param target the request
	 * @param now the time of the engine's clock
	 * @param flushedUpTo the number of the last record that does not linger
	 * @param gatherEnd when to send at the earliest, unless an aggregate is full
	 */
	void fill(RequestSpace target, long now, long flushedUpTo, long gatherEnd) {
		for (ShardQueue queue : List.copyOf(this.filled)) {
			OutgoingRecord first = queue.ready().peek();
			while (first != null && dueAt(queue, first, flushedUpTo, gatherEnd) <= now) {
				if (!target.hasRoomFor(this.maxBytes)) {
					return;
				}
				target.add(first, aggregate(queue, first, now));
				first = queue.ready().peek();
			}
			if (first != null) {
				// The next request begins with another shard
				this.filled.remove(queue);
				this.filled.add(queue);
			}
		}
	}

	/**
	 * Combine a record with as many others of its shard as fit.
	 * @return the size of the result
	 */
	private int aggregate(ShardQueue queue, OutgoingRecord first, long now) {
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		List<OutgoingRecord> records = new ArrayList<>();
		String chosenKey = null;
		int room = this.maxBytes - PARTITION_KEY.length();
		OutgoingRecord next = first;
		while (next != null && canBeAggregated(next)) {
			// Records without a key share one that belongs to the shard
			boolean sharesKey = next.isKeyChosen() && next.explicitHashKey() == null;
			String key = (sharesKey && chosenKey != null) ? chosenKey : next.partitionKey();
			boolean fits = builder.addIfFits(key, next.explicitHashKey(), next.data(), room);
			if (!fits && next != first) {
				break;
			}
			if (sharesKey) {
				chosenKey = key;
			}
			queue.ready().remove(next);
			next.startAttempt(RecordPlace.IN_REQUEST);
			records.add(next);
			if (!fits) {
				break;
			}
			addFollowers(next, builder, records);
			next = queue.ready().peek();
		}
		int bytes = first.bytes();
		if (records.size() > 1) {
			bytes = builder.size() + PARTITION_KEY.length();
			String hashKey = first.hashKey(this.hashKeys).toString();
			first.setAggregate(new Aggregate(records, builder, bytes, queue, hashKey));
		}
		queue.charge(bytes, now);
		return bytes;
	}

	/**
	 * Add the records that wait behind one of their key.
	 */
	private void addFollowers(OutgoingRecord head, AggregatedRecordBuilder builder, List<OutgoingRecord> records) {
		OutgoingRecord next = (head.orderingKey() != null) ? this.lanes.peekBehind(head) : null;
		while (next != null && canBeAggregated(next) && sharesShard(head, next) && builder.addIfFits(
				next.partitionKey(), next.explicitHashKey(), next.data(), this.maxBytes - PARTITION_KEY.length())) {
			this.lanes.removeBehind(head);
			next.startAttempt(RecordPlace.IN_AGGREGATE);
			records.add(next);
			next = this.lanes.peekBehind(head);
		}
	}

	private boolean sharesShard(OutgoingRecord head, OutgoingRecord next) {
		ShardTable known = this.table;
		return (head.explicitHashKey() == null && next.explicitHashKey() == null)
				|| (known != null && this.hashKeys.locate(known, head) == this.hashKeys.locate(known, next));
	}

	/**
	 * Learn from a response.
	 * @param response the response
	 * @param now the time of the engine's clock
	 */
	void observe(Response response, long now) {
		if (response.failure() != null) {
			return;
		}
		Iterator<OutgoingRecord> records = response.batch().records().iterator();
		for (PutRecordsResultEntry result : response.results()) {
			OutgoingRecord record = records.next();
			Aggregate aggregate = record.aggregate();
			boolean stored = Response.isStored(result);
			if (stored && this.openShards.isUnknown(result.shardId())) {
				contradict(record, result, now);
			}
			if (aggregate != null && aggregate.target() != null
					&& (stored || FailureClassifier.isThrottling(result.errorCode()))) {
				aggregate.target().countResult(!stored, response.batch().sentAt(), now);
			}
		}
	}

	private void contradict(OutgoingRecord record, PutRecordsResultEntry result, long now) {
		SequenceNumber sequenceNumber = ResponseHandler.sequenceNumber(result);
		if (sequenceNumber != null) {
			this.openShards.contradict(result.shardId(), record.hashKey(this.hashKeys), sequenceNumber, now);
		}
	}

	/**
	 * Return whether a reader may drop an aggregate because of where it is stored.
	 * @param aggregate the aggregate
	 * @param result the service's result
	 * @param now the time of the engine's clock
	 * @return {@code true} unless all of its records are known to belong to the shard
	 */
	boolean isMisplaced(Aggregate aggregate, PutRecordsResultEntry result, long now) {
		ShardQueue target = aggregate.target();
		String shard = result.shardId();
		if (target == null || target.range().shard().equals(shard)) {
			return false;
		}
		ShardTable listed = this.openShards.lastListed();
		if (listed == null || target.range().equals(listed.rangeOf(target.range().shard()))) {
			contradict(aggregate.records().get(0), result, now);
		}
		ShardRange actual = (listed != null) ? listed.rangeOf(shard) : null;
		return actual == null
				|| !aggregate.records().stream().allMatch((record) -> actual.contains(record.hashKey(this.hashKeys)));
	}

	/**
	 * Forget the shards, because the stream may have been deleted.
	 */
	void forgetShards() {
		this.openShards.forget();
	}

}
