package io.kinesisspring.embedded.store;

/**
 * Where a record is stored.
 *
 * @param shard the shard
 * @param sequenceNumber the sequence number
 * @since 0.1.0
 */
public record Appended(Shard shard, SequenceNumber sequenceNumber) {
}
