package io.kinesisspring;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A record as it was read from a shard. Immutable, as far as its payload is.
 *
 * @param <T> the type of the payload; {@code byte[]} if it was not converted
 * @param stream the name of the stream
 * @param shardId the shard that it was read from
 * @param partitionKey the key that it was sent with; {@code null} if the service manages
 * the distribution of the stream's records
 * @param sequenceNumber its place in the shard
 * @param subSequenceNumber its place inside an aggregated record, from 0; 0 otherwise
 * @param approximateArrival when the service accepted it, by the service's clock;
 * {@link #UNKNOWN_ARRIVAL} if the service does not report it
 * @param payload the data
 * @param headers the headers that were sent with the payload; empty unless listeners
 * extract headers, and empty for error handlers and recoverers
 * @since 0.1.0
 */
public record KinesisRecord<T>(String stream, String shardId, @Nullable String partitionKey,
		SequenceNumber sequenceNumber, long subSequenceNumber, Instant approximateArrival, T payload,
		Map<String, String> headers) {

	/** The arrival time of a record if the service does not report it: the epoch. */
	public static final Instant UNKNOWN_ARRIVAL = Instant.EPOCH;

	public KinesisRecord {
		headers = Map.copyOf(headers);
	}

	/**
	 * Create a record without headers.
	 * @param stream the name of the stream
	 * @param shardId the shard that it was read from
	 * @param partitionKey the key that it was sent with
	 * @param sequenceNumber its place in the shard
	 * @param subSequenceNumber its place inside an aggregated record
	 * @param approximateArrival when the service accepted it
	 * @param payload the data
	 */
	public KinesisRecord(String stream, String shardId, @Nullable String partitionKey, SequenceNumber sequenceNumber,
			long subSequenceNumber, Instant approximateArrival, T payload) {
		this(stream, shardId, partitionKey, sequenceNumber, subSequenceNumber, approximateArrival, payload, Map.of());
	}

	/**
	 * Copy the record with another payload.
	 * @param <R> the type of the other payload
	 * @param other the other payload
	 * @return the record that carries it
	 */
	public <R> KinesisRecord<R> withPayload(R other) {
		return new KinesisRecord<>(this.stream, this.shardId, this.partitionKey, this.sequenceNumber,
				this.subSequenceNumber, this.approximateArrival, other, this.headers);
	}

	/**
	 * Copy the record with other headers.
	 * @param other the other headers
	 * @return the record that has them
	 */
	public KinesisRecord<T> withHeaders(Map<String, String> other) {
		return new KinesisRecord<>(this.stream, this.shardId, this.partitionKey, this.sequenceNumber,
				this.subSequenceNumber, this.approximateArrival, this.payload, other);
	}

	/**
	 * The position of the record, for messages. Contains nothing of its payload or
	 * headers.
	 * @return stream, shard and sequence number
	 */
	public String position() {
		return "stream '" + this.stream + "', shard '" + this.shardId + "', sequence number " + this.sequenceNumber
				+ ((this.subSequenceNumber != 0) ? "/" + this.subSequenceNumber : "");
	}

	@Override
	public String toString() {
		return "KinesisRecord[" + position() + "]";
	}

}
