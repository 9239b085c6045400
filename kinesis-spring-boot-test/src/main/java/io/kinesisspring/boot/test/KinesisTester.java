package io.kinesisspring.boot.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.Assert;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.aggregation.AggregatedRecordBuilder;
import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.listener.ContainerOptionsCustomizer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

/**
 * Writes to and reads from the streams of an embedded server, and waits for listeners. A
 * bean wherever a context has an {@link EmbeddedKinesisServer}, in
 * {@link io.kinesisspring.boot.test.autoconfigure.KinesisTest @KinesisTest} and with
 * {@link io.kinesisspring.embedded.test.EmbeddedKinesis @EmbeddedKinesis}.
 *
 * <pre class="code">
 * tester.put("orders", "customer-7", new Order("order-1", 1999));
 * tester.awaitCaughtUp("orders");
 * assertThat(tester.payloads("invoices", Invoice.class)).containsExactly(new Invoice("order-1", 1999));
 * </pre>
 *
 * Reading and writing go past the protocol, so that faults and limits of the server
 * affect the application only. Tests that share a context share its streams. Methods that
 * wait throw an {@link AssertionError} after 30 seconds, or the given time, that says
 * what is missing. Thread-safe.
 *
 * @since 0.1.0
 */
public final class KinesisTester {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final EmbeddedKinesisServer server;

	private final Listeners listeners;

	private final RecordConverter converter;

	/**
	 * Create a tester.
	 * @param server has the streams
	 * @param registry knows the listeners; there may be none
	 * @param converter converts payloads
	 */
	public KinesisTester(EmbeddedKinesisServer server, ObjectProvider<KinesisListenerContainerRegistry> registry,
			RecordConverter converter) {
		Assert.notNull(server, "'server' must not be null");
		Assert.notNull(registry, "'registry' must not be null");
		Assert.notNull(converter, "'converter' must not be null");
		this.server = server;
		this.listeners = new Listeners(registry, converter);
		this.converter = converter;
	}

	/**
	 * The server, for its faults, limits, shards and clock.
	 * @return the server
	 */
	public EmbeddedKinesisServer server() {
		return this.server;
	}

	/**
	 * All records of a stream: those of one shard in their order, and all by arrival.
	 * Aggregated records are taken apart, and headers are extracted.
	 * @param stream the name of the stream
	 * @return the records, empty if there are none
	 */
	public List<KinesisRecord<byte[]>> records(String stream) {
		return StoredRecords.of(this.server, stream);
	}

	/**
	 * All records of a stream with converted payloads, as for {@link #records(String)}.
	 * @param <T> the type of the payload
	 * @param stream the name of the stream
	 * @param type the type of the payload
	 * @return the records
	 * @throws io.kinesisspring.converter.RecordConversionException if a payload cannot be
	 * read as that type
	 */
	public <T> List<KinesisRecord<T>> records(String stream, Class<T> type) {
		return records(stream).stream()
			.map((record) -> record.withPayload(type.cast(this.converter.fromBytes(record.payload(), type))))
			.toList();
	}

	/**
	 * The payloads of all records of a stream, as for {@link #records(String)}.
	 * @param <T> the type of the payload
	 * @param stream the name of the stream
	 * @param type the type of the payload
	 * @return the payloads
	 */
	public <T> List<T> payloads(String stream, Class<T> type) {
		return records(stream, type).stream().map(KinesisRecord::payload).toList();
	}

	/**
	 * Wait until a stream holds a number of records.
	 * @param stream the name of the stream
	 * @param count the least number of records
	 * @return all records, as for {@link #records(String)}
	 */
	public List<KinesisRecord<byte[]>> awaitRecords(String stream, int count) {
		return awaitRecords(stream, count, TIMEOUT);
	}

	/**
	 * Wait for records, as for {@link #awaitRecords(String, int)}.
	 * @param stream the name of the stream
	 * @param count the least number of records
	 * @param timeout how long to wait
	 * @return all records, as for {@link #records(String)}
	 */
	public List<KinesisRecord<byte[]>> awaitRecords(String stream, int count, Duration timeout) {
		return Waiting.forValue(timeout, () -> {
			List<KinesisRecord<byte[]>> records = records(stream);
			return (records.size() >= count) ? Waiting.Result.of(records) : Waiting.Result
				.missing("The stream '" + stream + "' holds " + records.size() + " of " + count + " records");
		});
	}

	/**
	 * Store a record.
	 * @param stream the name of the stream
	 * @param partitionKey its key; {@code null} for a stream that distributes its records
	 * by itself
	 * @param payload {@code byte[]} and {@code String} are stored as they are, others as
	 * the template would convert them
	 * @return the record as it is stored
	 * @throws IllegalArgumentException if the service would refuse the record
	 */
	public KinesisRecord<byte[]> put(String stream, @Nullable String partitionKey, Object payload) {
		return StoredRecords.of(stream, this.server.put(stream, partitionKey, bytes(payload)));
	}

	/**
	 * Store several records as one, as the Kinesis Producer Library does. It is stored
	 * under the key of the first.
	 * @param stream the name of the stream
	 * @param records the records in their order; a single one is stored as it is
	 * @throws IllegalArgumentException if there are no records, or if the service would
	 * refuse the aggregated one
	 */
	public void putAggregated(String stream, UserRecord... records) {
		Assert.notEmpty(records, "'records' must not be empty");
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		for (UserRecord record : records) {
			builder.add(record.partitionKey(), record.explicitHashKey(), record.data());
		}
		this.server.put(stream, records[0].partitionKey(), builder.build());
	}

	private byte[] bytes(Object payload) {
		if (payload instanceof byte[] bytes) {
			return bytes;
		}
		return (payload instanceof String text) ? text.getBytes(StandardCharsets.UTF_8)
				: this.converter.toBytes(payload);
	}

	/**
	 * Wait until each open shard of a listener's streams is assigned to an instance, and
	 * so is read.
	 * @param listener the id of the listener
	 */
	public void awaitAssignment(String listener) {
		awaitAssignment(listener, TIMEOUT);
	}

	/**
	 * Wait for shards, as for {@link #awaitAssignment(String)}.
	 * @param listener the id of the listener
	 * @param timeout how long to wait
	 */
	public void awaitAssignment(String listener, Duration timeout) {
		this.listeners.awaitAssignment(listener, this.server, timeout);
	}

	/**
	 * Wait until a listener has processed all that its streams hold at this moment:
	 * listened to, acknowledged if the ack mode is {@code manual}, filtered out, skipped
	 * or dead-lettered. The checkpoints tell, which the listener writes once per
	 * {@code kinesis.consumer.checkpoint-interval}.
	 * @param listener the id of the listener
	 */
	public void awaitCaughtUp(String listener) {
		awaitCaughtUp(listener, TIMEOUT);
	}

	/**
	 * Wait until all is processed, as for {@link #awaitCaughtUp(String)}.
	 * @param listener the id of the listener
	 * @param timeout how long to wait
	 */
	public void awaitCaughtUp(String listener, Duration timeout) {
		this.listeners.awaitCaughtUp(listener, this.server, timeout);
	}

	/**
	 * The records of a listener's streams that its checkpoints do not cover: because they
	 * wait, fail, are not acknowledged, or because the next checkpoint is not written
	 * yet.
	 * @param listener the id of the listener
	 * @return the records, empty if the listener has caught up
	 */
	public List<KinesisRecord<byte[]>> unprocessed(String listener) {
		return this.listeners.unprocessed(listener, this.server);
	}

	/**
	 * What a listener has received since the context started, or since
	 * {@link ListenerProbe#clear()}.
	 * @param listener the id of the listener
	 * @return the probe of this listener, the same one for each call
	 */
	public ListenerProbe probe(String listener) {
		return this.listeners.probe(listener);
	}

	/**
	 * Adds a {@link #probe(String) probe} to each container whose options it customizes.
	 * @return the customizer, a bean of the context
	 */
	public ContainerOptionsCustomizer probes() {
		return this.listeners;
	}

}
