package io.kinesisspring.producer;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;

/**
 * The result of a stored record.
 *
 * @param stream the name or the ARN of the stream, as it was given
 * @param shardId the shard that holds the record
 * @param sequenceNumber the sequence number of the record
 * @param subSequenceNumber the position in an aggregated record, from 0; {@code null} for
 * a record that is stored by itself
 * @param attempts the number of requests that carried the record, from 1
 * @param elapsed the time from acceptance by the template to confirmation by the service
 * @since 0.1.0
 */
public record SendResult(String stream, String shardId, SequenceNumber sequenceNumber, @Nullable Long subSequenceNumber,
		int attempts, Duration elapsed) {

}
