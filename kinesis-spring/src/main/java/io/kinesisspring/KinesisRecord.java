package io.kinesisspring;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A record as it was read from a shard. Immutable, as far as its payload is.
 *
 * @param <T> what the payload has been converted to; {@code byte[]} when untouched
 * @param stream the name of the stream
 * @param shardId the shard that it was read from
 * @param partitionKey the key that it was sent with; {@code null} where the service
 * manages the distribution of the stream's records
 * @param sequenceNumber its place in the shard
 * @param subSequenceNumber its place inside an aggregated record, from 0; 0 otherwise
 * @param approximateArrival when the service took it, by the service's clock;
 * {@link #UNKNOWN_ARRIVAL} if the service does not say
 * @param payload the data
 * @param headers what was sent along with the payload; empty unless headers are looked
 * for in payloads, and for what an error handler or a recoverer gets
 * @since 0.1.0
 */
public record KinesisRecord<T>(String stream, String shardId, @Nullable String partitionKey,
		SequenceNumber sequenceNumber, long subSequenceNumber, Instant approximateArrival, T payload,
		Map<String, String> headers) {

	/** What stands for a moment of arrival that the service does not tell: the epoch. */
	public static final Instant UNKNOWN_ARRIVAL = Instant.EPOCH;

	public KinesisRecord {
		headers = Map.copyOf(headers);
	}

	/**
	 * A record without headers.
	 * @param stream the name of the stream
	 * @param shardId the shard that it was read from
	 * @param partitionKey the key that it was sent with
	 * @param sequenceNumber its place in the shard
	 * @param subSequenceNumber its place inside an aggregated record
	 * @param approximateArrival when the service took it
	 * @param payload the data
	 */
	public KinesisRecord(String stream, String shardId, @Nullable String partitionKey, SequenceNumber sequenceNumber,
			long subSequenceNumber, Instant approximateArrival, T payload) {
		this(stream, shardId, partitionKey, sequenceNumber, subSequenceNumber, approximateArrival, payload, Map.of());
	}

	/**
	 * The same record with another payload.
	 * @param <R> the type of the other payload
	 * @param other the other payload
	 * @return the record that carries it
	 */
	public <R> KinesisRecord<R> withPayload(R other) {
		return new KinesisRecord<>(this.stream, this.shardId, this.partitionKey, this.sequenceNumber,
				this.subSequenceNumber, this.approximateArrival, other, this.headers);
	}

	/**
	 * The same record with other headers.
	 * @param other the other headers
	 * @return the record that has them
	 */
	public KinesisRecord<T> withHeaders(Map<String, String> other) {
		return new KinesisRecord<>(this.stream, this.shardId, this.partitionKey, this.sequenceNumber,
				this.subSequenceNumber, this.approximateArrival, this.payload, other);
	}

	/**
	 * Where the record stands, for messages: never holds any of its payload or headers.
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
