package io.kinesisspring.deadletter;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A record that an error handler gave up, as it is stored: the unchanged record and its
 * failure. A listener of the dead-letter stream can use it as its payload type.
 * Immutable, as far as its data is.
 *
 * @param stream the name of the stream that the record was read from
 * @param shardId the shard
 * @param sequenceNumber its sequence number, decimal digits
 * @param subSequenceNumber its place inside an aggregated record, 0 otherwise
 * @param partitionKey the key that it was sent with, which the dead letter has, too
 * @param approximateArrival when the service took it, by the service's clock
 * @param attempts how often its delivery was tried
 * @param exception the name of the class of what was thrown at last
 * @param message the message of what was thrown, if it had one
 * @param data the record's data; in JSON, Base64
 * @since 0.1.0
 */
public record DeadLetter(String stream, String shardId, String sequenceNumber, long subSequenceNumber,
		@Nullable String partitionKey, Instant approximateArrival, int attempts, String exception,
		@Nullable String message, byte[] data) {

	/**
	 * Where the record stood, for messages: never holds any of its data, nor what was
	 * thrown.
	 * @return stream, shard and sequence number
	 */
	@Override
	public String toString() {
		return "DeadLetter[stream '" + this.stream + "', shard '" + this.shardId + "', sequence number "
				+ this.sequenceNumber + "]";
	}

}
