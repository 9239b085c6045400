package io.kinesisspring.embedded.store;

import java.util.List;

/**
 * The result of reading a shard.
 *
 * @param records the records, in order
 * @param nextPosition the place of the record after them
 * @param millisBehindLatest how old the next unread record is, 0 if there is none
 * @param endOfShard whether the shard is closed and has been read to its end
 * @since 0.1.0
 */
public record ReadBatch(List<StoredRecord> records, long nextPosition, long millisBehindLatest, boolean endOfShard) {
}
