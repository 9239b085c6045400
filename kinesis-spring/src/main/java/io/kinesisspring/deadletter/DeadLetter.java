package io.kinesisspring.deadletter;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

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
 * @param message the message of the last exception, up to 2,000 characters, if it has one
 * @param rootCause the class name of the exception's root cause, if it has a cause
 * @param rootCauseMessage the message of the root cause, up to 2,000 characters, if it
 * has one
 * @param stackTrace where the exception and its causes were thrown, without messages, up
 * to 8,000 characters; {@code null} if the dead letter had no room for it
 * @param data the record's data; in JSON, Base64
 * @since 0.1.0
 */
public record DeadLetter(String stream, String shardId, String sequenceNumber, long subSequenceNumber,
		@Nullable String partitionKey, Instant approximateArrival, int attempts, String exception,
		@Nullable String message, @Nullable String rootCause, @Nullable String rootCauseMessage,
		@Nullable String stackTrace, byte[] data) {

	/**
	 * Read the JSON that {@link DeadLetterPublishingRecoverer} writes. Needs no JSON
	 * library.
	 * @param json the data of a record of a dead-letter stream
	 * @return the dead letter; empty if the data is something else, such as the data of a
	 * record that was too large for a dead letter
	 */
	public static Optional<DeadLetter> parse(byte[] json) {
		Map<String, String> fields = JsonReader.fields(json);
		if (fields == null) {
			return Optional.empty();
		}
		try {
			return Optional.of(new DeadLetter(required(fields, "stream"), required(fields, "shardId"),
					required(fields, "sequenceNumber"), Long.parseLong(fields.getOrDefault("subSequenceNumber", "0")),
					fields.get("partitionKey"), Instant.parse(required(fields, "approximateArrival")),
					Integer.parseInt(fields.getOrDefault("attempts", "0")), required(fields, "exception"),
					fields.get("message"), fields.get("rootCause"), fields.get("rootCauseMessage"),
					fields.get("stackTrace"), Base64.getDecoder().decode(required(fields, "data"))));
		}
		catch (IllegalArgumentException | DateTimeException ex) {
			return Optional.empty();
		}
	}

	private static String required(Map<String, String> fields, String name) {
		String value = fields.get(name);
		if (value == null) {
			throw new IllegalArgumentException(name);
		}
		return value;
	}

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
