package io.kinesisspring.boot.fleet;

import io.kinesisspring.SequenceNumber;

/**
 * A record that was stored, as the answer to its send says, or the stream.
 *
 * @param key its partition key
 * @param number which of the records of its key it is, from 0
 * @param shardId the shard that holds it
 * @param sequenceNumber its place there
 */
record Sent(String key, int number, String shardId, SequenceNumber sequenceNumber) {

}
