package io.kinesisspring.producer;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;

/**
 * What became of a record that was stored.
 *
 * @param stream the name or the ARN of the stream, as it was given
 * @param shardId the shard that holds the record
 * @param sequenceNumber the record's place in the shard
 * @param subSequenceNumber the place inside an aggregated record, from 0; {@code null}
 * where the record is stored by itself
 * @param attempts how many requests carried the record, from 1
 * @param elapsed the time from when the template accepted the record until the service
 * had confirmed it
 * @since 0.1.0
 */
public record SendResult(String stream, String shardId, SequenceNumber sequenceNumber, @Nullable Long subSequenceNumber,
		int attempts, Duration elapsed) {

}
