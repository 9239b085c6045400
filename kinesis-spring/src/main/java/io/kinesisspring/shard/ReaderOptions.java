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
 * @param onAccessDenied what to do while reading is denied
 * @param stalledAfter how long a shard that has come back waits at most for a call that
 * was under way when it was lost
 * @param observer sees what goes wrong
 * @since 0.1.0
 */
public record ReaderOptions(int maxRecords, Duration idleBetweenReads, long bufferMemory, Duration checkpointInterval,
		StaleCheckpoint staleCheckpoint, OnAccessDenied onAccessDenied, Duration stalledAfter,
		ReadingObserver observer) {

	/**
	 * Options that retry what is denied, and take a call for stalled after five minutes.
	 * @param maxRecords how many records one read asks for and one delivery holds at most
	 * @param idleBetweenReads how long to wait after a read that caught up
	 * @param bufferMemory how many bytes all shards of a container hold together
	 * @param checkpointInterval how often a shard's checkpoint is written at most
	 * @param staleCheckpoint what to do about a checkpoint whose record is gone
	 * @param observer sees what goes wrong
	 */
	public ReaderOptions(int maxRecords, Duration idleBetweenReads, long bufferMemory, Duration checkpointInterval,
			StaleCheckpoint staleCheckpoint, ReadingObserver observer) {
		this(maxRecords, idleBetweenReads, bufferMemory, checkpointInterval, staleCheckpoint, OnAccessDenied.RETRY,
				Duration.ofMinutes(5), observer);
	}

	/**
	 * The same, with an observer that does not get in the way.
	 */
	ReaderOptions guarded() {
		return new ReaderOptions(this.maxRecords, this.idleBetweenReads, this.bufferMemory, this.checkpointInterval,
				this.staleCheckpoint, this.onAccessDenied, this.stalledAfter, new GuardedObserver(this.observer));
	}

}
