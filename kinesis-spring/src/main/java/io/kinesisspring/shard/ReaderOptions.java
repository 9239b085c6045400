package io.kinesisspring.shard;

import java.time.Duration;

/**
 * How shards are read and checkpointed. Immutable.
 *
 * @param maxRecords how many records one read asks for and one delivery holds at most, 1
 * to 10,000 (the limit of GetRecords)
 * @param idleBetweenReads how long to wait after a read that caught up
 * @param bufferMemory how many bytes all shards of a container hold together
 * @param checkpointInterval how often a shard's checkpoint is written at most
 * @param staleCheckpoint what to do about a checkpoint whose record is gone
 * @param observer sees what goes wrong
 * @since 0.1.0
 */
public record ReaderOptions(int maxRecords, Duration idleBetweenReads, long bufferMemory, Duration checkpointInterval,
		StaleCheckpoint staleCheckpoint, ReadingObserver observer) {

}
