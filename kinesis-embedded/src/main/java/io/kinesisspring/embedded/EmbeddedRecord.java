package io.kinesisspring.embedded;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A record as a stream of an {@link EmbeddedKinesisServer} holds it. An aggregated record
 * is one record here.
 *
 * @param shardId the shard
 * @param sequenceNumber the sequence number
 * @param partitionKey the partition key, or {@code null} if the record has none
 * @param arrivedAt when it arrived, by the server's clock
 * @param data the payload
 * @since 0.1.0
 */
public record EmbeddedRecord(String shardId, String sequenceNumber, @Nullable String partitionKey, Instant arrivedAt,
		byte[] data) {

	/**
	 * Return the payload as text.
	 * @return the payload, read as UTF-8
	 */
	public String text() {
		return new String(this.data, StandardCharsets.UTF_8);
	}

	@Override
	public String toString() {
		return "EmbeddedRecord[shardId=" + this.shardId + ", sequenceNumber=" + this.sequenceNumber + "]";
	}

}
