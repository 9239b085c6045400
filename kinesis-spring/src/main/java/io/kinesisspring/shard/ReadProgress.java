package io.kinesisspring.shard;

/**
 * How far a read has come. Immutable.
 *
 * @param shards the number of shards to read, as far as they are known; a resharding adds
 * some
 * @param finishedShards the number of those that have been read to their end or to the
 * end of the range
 * @param records the number of records that have been read and belong to the range. The
 * caller may not have got the last of them yet
 * @param fraction how much of the range has been read, from 0 to 1: the mean of all
 * shards, each by the arrival times of its records. It falls when a resharding adds
 * shards
 * @since 0.1.0
 */
public record ReadProgress(int shards, int finishedShards, long records, double fraction) {

	static final ReadProgress NONE = new ReadProgress(0, 0, 0, 0);

}
