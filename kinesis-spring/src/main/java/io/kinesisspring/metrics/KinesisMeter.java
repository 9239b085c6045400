package io.kinesisspring.metrics;

import java.util.Arrays;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * All meters: their names, types, units, tags and meanings. An instance is one start of
 * the application.
 */
enum KinesisMeter implements MeterDocumentation {

	CONSUMER_LAG("consumer.lag", Meter.Type.GAUGE, "milliseconds",
			"How far the oldest unprocessed record is behind the tip of its shard. Only with the shard tag",
			KinesisTag.LISTENER, KinesisTag.STREAM, KinesisTag.SHARD),

	CONSUMER_LAG_MAX("consumer.lag.max", Meter.Type.GAUGE, "milliseconds",
			"The largest lag of the shards that this instance holds; nothing while it holds none", KinesisTag.LISTENER,
			KinesisTag.STREAM),

	CONSUMER_SHARDS("consumer.shards", Meter.Type.GAUGE, "shards",
			"Shards that this instance holds, by state: reading, paused, or stopped by a failure", KinesisTag.LISTENER,
			KinesisTag.STREAM, KinesisTag.STATE),

	CONSUMER_RUNNING("consumer.running", Meter.Type.GAUGE, null,
			"1 while the listener runs, 0 after it was stopped or has stopped by itself", KinesisTag.LISTENER),

	CONSUMER_RECORDS("consumer.records", Meter.Type.COUNTER, "records",
			"Records that have been read, including those in aggregates", KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_BYTES("consumer.bytes", Meter.Type.COUNTER, "bytes",
			"Data that has been read, as it counts against the 2 MB a second that a shard delivers",
			KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_DEAGGREGATED("consumer.deaggregated", Meter.Type.COUNTER, "records",
			"Records that were read in aggregates", KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_FETCH("consumer.fetch", Meter.Type.TIMER, "seconds",
			"Calls of GetRecords: success, throttled, expired or failure", KinesisTag.LISTENER, KinesisTag.STREAM,
			KinesisTag.OUTCOME),

	CONSUMER_FETCH_RECORDS("consumer.fetch.records", Meter.Type.DISTRIBUTION_SUMMARY, "records",
			"Records in a read that returned any", KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_THROTTLES("consumer.throttles", Meter.Type.COUNTER, "calls", "Calls that the service throttled",
			KinesisTag.LISTENER, KinesisTag.STREAM, KinesisTag.ACTION),

	CONSUMER_FAILURES("consumer.failures", Meter.Type.COUNTER, "calls",
			"Calls that failed in another way, by the service's error code or the exception. They are retried, unless they are denied and on-access-denied is stop",
			KinesisTag.LISTENER, KinesisTag.STREAM, KinesisTag.ACTION, KinesisTag.CAUSE),

	CONSUMER_ITERATORS_EXPIRED("consumer.iterators.expired", Meter.Type.COUNTER, null,
			"Iterators that had expired and were renewed", KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_SUBSCRIPTIONS("consumer.subscriptions", Meter.Type.GAUGE, "subscriptions",
			"Subscriptions of enhanced fan-out that are open", KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_SUBSCRIPTIONS_ENDED("consumer.subscriptions.ended", Meter.Type.COUNTER, "subscriptions",
			"Subscriptions that have ended: expired after the service's five minutes, failed, silent, displaced by another, cancelled or at the end of the shard. The first four are opened again",
			KinesisTag.LISTENER, KinesisTag.STREAM, KinesisTag.CAUSE),

	CONSUMER_SUBSCRIPTIONS_SILENCE_MAX("consumer.subscriptions.silence.max", Meter.Type.GAUGE, "milliseconds",
			"The longest time that an open subscription has delivered no event, not even an empty one; nothing while none is open. It also grows while the listener is slow, because no event is requested then",
			KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_CHECKPOINTS_STALE("consumer.checkpoints.stale", Meter.Type.COUNTER, null,
			"Checkpoints whose record is no longer in the stream: records may be lost", KinesisTag.LISTENER,
			KinesisTag.STREAM),

	CONSUMER_AGGREGATES_BROKEN("consumer.aggregates.broken", Meter.Type.COUNTER, "records",
			"Records that are marked as aggregates, cannot be deaggregated and were delivered unchanged",
			KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_OUT_OF_RANGE("consumer.deaggregation.out-of-range", Meter.Type.COUNTER, "records",
			"Records of aggregates whose hash keys belong to other shards: delivered or dropped, as out-of-range says",
			KinesisTag.LISTENER, KinesisTag.STREAM, KinesisTag.OUTCOME),

	CONSUMER_LISTENER("consumer.listener", Meter.Type.TIMER, "seconds",
			"Time of one call of a batch listener, or of the consecutive calls of a record listener: success, or failure at the end",
			KinesisTag.LISTENER, KinesisTag.STREAM, KinesisTag.OUTCOME),

	CONSUMER_DELIVERED("consumer.delivered", Meter.Type.COUNTER, "records",
			"Records that the listener processed or the filter rejected", KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_FILTERED("consumer.filtered", Meter.Type.COUNTER, "records",
			"Records that the filter rejected or an interceptor dropped", KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_RETRIES("consumer.retries", Meter.Type.COUNTER, "deliveries",
			"Failed deliveries that are retried, by the exception", KinesisTag.LISTENER, KinesisTag.STREAM,
			KinesisTag.CAUSE),

	CONSUMER_NACKED("consumer.nacked", Meter.Type.COUNTER, "records",
			"Records that the listener negatively acknowledged (nack), and that are delivered again",
			KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_REJECTED("consumer.rejected", Meter.Type.COUNTER, "deliveries",
			"Deliveries that the executor rejected, and that are submitted again after a back-off", KinesisTag.LISTENER,
			KinesisTag.STREAM),

	CONSUMER_EXPIRED("consumer.expired", Meter.Type.COUNTER, "records",
			"Records older than max-record-age, again if the recoverer fails", KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_SKIPPED("consumer.skipped", Meter.Type.COUNTER, "records", "Records that the error handler has skipped",
			KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_DEAD_LETTERS("consumer.dead.letters", Meter.Type.COUNTER, "records",
			"Records that the recoverer has recovered", KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_RECOVERER_FAILURES("consumer.recoverer.failures", Meter.Type.COUNTER, "records",
			"Failures of the recoverer", KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_IN_FLIGHT("consumer.in.flight", Meter.Type.GAUGE, "records",
			"Records that are being delivered, or wait in memory for others of their batch", KinesisTag.LISTENER),

	CONSUMER_BUFFER_USED("consumer.buffer.used", Meter.Type.GAUGE, "bytes",
			"Memory that the shards of the listener hold or have reserved", KinesisTag.LISTENER),

	CONSUMER_BUFFER_SIZE("consumer.buffer.size", Meter.Type.GAUGE, "bytes",
			"Memory that the shards of the listener may hold", KinesisTag.LISTENER),

	CONSUMER_CHECKPOINT_AGE("consumer.checkpoint.age", Meter.Type.GAUGE, "milliseconds",
			"Time since the last move of the checkpoint, if later records have been delivered; 0 otherwise. Only with the shard tag",
			KinesisTag.LISTENER, KinesisTag.STREAM, KinesisTag.SHARD),

	CONSUMER_CHECKPOINT_AGE_MAX("consumer.checkpoint.age.max", Meter.Type.GAUGE, "milliseconds",
			"The largest checkpoint age of the shards that this instance holds; nothing while it holds none",
			KinesisTag.LISTENER, KinesisTag.STREAM),

	CONSUMER_CHECKPOINTS("consumer.checkpoints", Meter.Type.COUNTER, "writes",
			"Writes of checkpoints: success or failure", KinesisTag.LISTENER, KinesisTag.STREAM, KinesisTag.OUTCOME),

	PRODUCER_RECORDS("producer.records", Meter.Type.COUNTER, "records", "Stored records, including those in aggregates",
			KinesisTag.STREAM),

	PRODUCER_ENTRIES("producer.entries", Meter.Type.COUNTER, "records",
			"Stored Kinesis records. An aggregate counts once", KinesisTag.STREAM),

	PRODUCER_MISPLACED("producer.misplaced", Meter.Type.COUNTER, "records",
			"Records that are sent again because shards were split or merged and another shard has stored their aggregate",
			KinesisTag.STREAM),

	PRODUCER_BYTES("producer.bytes", Meter.Type.COUNTER, "bytes",
			"Stored data, keys included, as it counts against the 1 MB a second that a shard accepts",
			KinesisTag.STREAM),

	PRODUCER_SEND("producer.send", Meter.Type.TIMER, "seconds",
			"Time from accepting to storing a record, for the oldest record of each request", KinesisTag.STREAM),

	PRODUCER_REQUEST("producer.request", Meter.Type.TIMER, "seconds",
			"Calls of PutRecords: success, partial if the service rejected some of the records, or failure",
			KinesisTag.STREAM, KinesisTag.OUTCOME),

	PRODUCER_BATCH_RECORDS("producer.batch.records", Meter.Type.DISTRIBUTION_SUMMARY, "records",
			"Entries in a request. An entry is a record or an aggregate", KinesisTag.STREAM),

	PRODUCER_BATCH_BYTES("producer.batch.bytes", Meter.Type.DISTRIBUTION_SUMMARY, "bytes",
			"Data in a request, keys included", KinesisTag.STREAM),

	PRODUCER_RETRIES("producer.retries", Meter.Type.COUNTER, "records",
			"Records that are sent again: throttled, internal, network, credentials (temporarily missing), or invalid (in a smaller request, to find the invalid record)",
			KinesisTag.STREAM, KinesisTag.CAUSE),

	PRODUCER_FAILURES("producer.failures", Meter.Type.COUNTER, "records",
			"Records whose future failed, by the reason of the SendFailedException, or conversion if the payload could not be converted. The stream is none if it is neither a name nor an ARN",
			KinesisTag.STREAM, KinesisTag.CAUSE),

	PRODUCER_SHARDS_LIMITED("producer.shards.limited", Meter.Type.GAUGE, null,
			"Rate-limited shards, which accept fewer records than the template sends", KinesisTag.STREAM),

	PRODUCER_IN_FLIGHT("producer.in.flight", Meter.Type.GAUGE, "records", "Accepted records without an outcome"),

	PRODUCER_REQUESTS_IN_FLIGHT("producer.requests.in.flight", Meter.Type.GAUGE, null, "Requests without a response"),

	PRODUCER_BUFFER_USED("producer.buffer.used", Meter.Type.GAUGE, "bytes", "Memory of records without an outcome"),

	PRODUCER_BUFFER_SIZE("producer.buffer.size", Meter.Type.GAUGE, "bytes",
			"Maximum memory of records without an outcome"),

	PRODUCER_BUFFER_WAITING("producer.buffer.waiting", Meter.Type.GAUGE, "threads",
			"Senders that are blocked because the buffer is full, or because their stream has more records than it stores in time"),

	LEASE_HELD("lease.held", Meter.Type.GAUGE, "leases", "Shards that this instance holds", KinesisTag.LISTENER,
			KinesisTag.STREAM),

	LEASE_WANTED("lease.wanted", Meter.Type.GAUGE, "leases", "Shards that this instance should hold",
			KinesisTag.LISTENER, KinesisTag.STREAM),

	LEASE_FREE("lease.free", Meter.Type.GAUGE, "leases",
			"Shards that could be read and have no holder, as seen by the instance that reconciles regularly; 0 for the others",
			KinesisTag.LISTENER, KinesisTag.STREAM),

	LEASE_TAKEN("lease.taken", Meter.Type.COUNTER, "leases", "Shards that this instance has claimed",
			KinesisTag.LISTENER, KinesisTag.STREAM),

	LEASE_LOST("lease.lost", Meter.Type.COUNTER, "leases",
			"Shards that this instance has lost, to another one or because it could not reach the table: records are delivered twice",
			KinesisTag.LISTENER, KinesisTag.STREAM),

	LEASE_HANDED_OVER("lease.handed.over", Meter.Type.COUNTER, "leases",
			"Shards that this instance has drained and released: for the balance, or at a stop", KinesisTag.LISTENER,
			KinesisTag.STREAM, KinesisTag.REASON),

	LEASE_REQUESTS("lease.requests", Meter.Type.TIMER, "seconds",
			"Requests to DynamoDB: success, condition (the condition of a write did not hold, which is routine), or failure",
			KinesisTag.TABLE, KinesisTag.ACTION, KinesisTag.OUTCOME),

	SDK_CALLS("sdk.calls", Meter.Type.TIMER, "seconds", "Calls, retries of the SDK included: success or failure",
			KinesisTag.SERVICE, KinesisTag.ACTION, KinesisTag.OUTCOME),

	SDK_ATTEMPTS("sdk.attempts", Meter.Type.TIMER, "seconds",
			"Attempts, from sending the request to the response: success, or the type of the error: throttling, server-error, configured-timeout, io or other",
			KinesisTag.SERVICE, KinesisTag.ACTION, KinesisTag.OUTCOME),

	SDK_RETRIES("sdk.retries", Meter.Type.COUNTER, "attempts", "Attempts after the first one", KinesisTag.SERVICE,
			KinesisTag.ACTION),

	SDK_CREDENTIALS("sdk.credentials", Meter.Type.TIMER, "seconds", "Time that calls waited for credentials",
			KinesisTag.SERVICE),

	SDK_CONNECTIONS("sdk.connections", Meter.Type.GAUGE, "requests",
			"Requests that the HTTP client had at the last call: open, or waiting for a connection. Over HTTP/2, connections are the streams of a connection",
			KinesisTag.SERVICE, KinesisTag.STATE),

	SDK_CONNECTIONS_WAIT("sdk.connections.wait", Meter.Type.TIMER, "seconds",
			"Time that attempts waited for a connection", KinesisTag.SERVICE);

	private static final String PREFIX = "kinesis.";

	private final String name;

	private final Meter.Type type;

	private final @Nullable String unit;

	private final String description;

	private final KinesisTag[] tags;

	KinesisMeter(String name, Meter.Type type, @Nullable String unit, String description, KinesisTag... tags) {
		this.name = PREFIX + name;
		this.type = type;
		this.unit = unit;
		this.description = description;
		this.tags = tags;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.unit;
	}

	/**
	 * The meaning of the meter.
	 * @return the description that registries show
	 */
	public String getDescription() {
		return this.description;
	}

	/**
	 * The tags that the meter always has.
	 */
	@Override
	public KeyName[] getKeyNames() {
		return this.tags.clone();
	}

	/**
	 * The tag of the shard, for meters of reading and delivering, which have it only if
	 * configured.
	 */
	@Override
	public KeyName[] getAdditionalKeyNames() {
		return isCountedByShard() ? new KeyName[] { KinesisTag.SHARD } : EMPTY;
	}

	boolean isCountedByShard() {
		return this.type == Meter.Type.COUNTER && this.name.startsWith(PREFIX + "consumer.");
	}

	/**
	 * Whether it has only the tags of its stream.
	 */
	boolean isPlain() {
		return Arrays.equals(this.tags, new KinesisTag[] { KinesisTag.LISTENER, KinesisTag.STREAM });
	}

}
