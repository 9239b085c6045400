package io.kinesisspring.boot.fleet;

/**
 * A line of the journal: a record that a worker has processed.
 *
 * @param worker the worker
 * @param at when, in milliseconds of the wall clock that all processes share
 * @param shardId the shard that the record came from
 * @param sequenceNumber its place there
 * @param key its partition key
 * @param number which of the records of its key it is, from 0
 */
record Processed(String worker, long at, String shardId, String sequenceNumber, String key, int number) {

}
