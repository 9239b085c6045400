package io.kinesisspring.deadletter;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A stored dead letter: the unchanged record and its failure. A listener of the
 * dead-letter stream can use it as its payload type. Immutable, as far as its data is.
 *
 * @param stream the name of the stream that the record was read from
 * @param shardId the shard
 * @param sequenceNumber its sequence number, decimal digits
 * @param subSequenceNumber its place inside an aggregated record, 0 otherwise
 * @param partitionKey the key that it was sent with, which the dead letter has, too
 * @param approximateArrival when the service accepted it, by the service's clock
 * @param attempts the number of delivery attempts
 * @param exception the class name of the last exception
 * @param message the message of the last exception, if it has one
 * @param data the record's data; in JSON, Base64
 * @since 0.1.0
 */
public record DeadLetter(String stream, String shardId, String sequenceNumber, long subSequenceNumber,
		@Nullable String partitionKey, Instant approximateArrival, int attempts, String exception,
		@Nullable String message, byte[] data) {

	/**
	 * The position of the record, for messages. Contains neither data nor exception.
	 * @return stream, shard and sequence number
	 */
	@Override
	public String toString() {
		return "DeadLetter[stream '" + this.stream + "', shard '" + this.shardId + "', sequence number "
				+ this.sequenceNumber + "]";
	}

}
