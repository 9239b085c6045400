package io.kinesisspring.shard;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

import io.kinesisspring.InvalidOptionException;

/**
 * How shards are read and checkpointed. Immutable.
 *
 * @param maxRecords how many records are read and delivered at once, 1 to 10,000 (the
 * limit of GetRecords); default 10,000
 * @param idleBetweenReads how long to wait after a read that caught up, longer after
 * reads without records if more than 64 shards are read; default 200 milliseconds
 * @param bufferMemory how much data all shards of a container hold together; default 64
 * MB
 * @param checkpointInterval how often a shard's checkpoint is written at most; default
 * one second; longer if more than 100 shards are read, in proportion to them
 * @param onStaleCheckpoint what to do if the record of a checkpoint is no longer in the
 * stream; default {@link OnStaleCheckpoint#TRIM_HORIZON}
 * @param outOfRange what to do with a record of an aggregate whose hash key belongs to
 * another shard; default {@link OutOfRange#DELIVER}
 * @param onAccessDenied what to do while a call to Kinesis or DynamoDB is denied; default
 * {@link OnAccessDenied#RETRY}
 * @param stalledAfter time without progress after which a shard is stalled, and how long
 * a shard that returns to this worker waits for a call that was in progress when it was
 * lost; default five minutes
 * @param events is notified about what happens while shards are read
 * @since 0.1.0
 */
public record ReaderOptions(int maxRecords, Duration idleBetweenReads, DataSize bufferMemory,
		Duration checkpointInterval, OnStaleCheckpoint onStaleCheckpoint, OutOfRange outOfRange,
		OnAccessDenied onAccessDenied, Duration stalledAfter, ShardEvents events) {

	/** The limit of GetRecords. */
	public static final int MOST_RECORDS = 10_000;

	public ReaderOptions {
		check("maxRecords", maxRecords, maxRecords >= 1 && maxRecords <= MOST_RECORDS,
				"a number from 1 to 10000, the limit of GetRecords");
		check("idleBetweenReads", idleBetweenReads, !idleBetweenReads.isNegative(), "a duration of 0 or more");
		check("bufferMemory", bufferMemory, bufferMemory.toBytes() >= 1, "a size of 1B or more");
		check("checkpointInterval", checkpointInterval, !checkpointInterval.isNegative(), "a duration of 0 or more");
		check("stalledAfter", stalledAfter, stalledAfter.toMillis() >= 1, "a duration of 1ms or more");
	}

	private static void check(String option, Object value, boolean valid, String remedy) {
		if (!valid) {
			throw new InvalidOptionException(InvalidOptionException.Group.CONSUMER, "{" + option + "} is " + value,
					"Set it to " + remedy);
		}
	}

	/**
	 * Copy the options with another receiver of events.
	 * @param receiver is notified instead of {@link #events()}
	 * @return a copy
	 */
	public ReaderOptions withEvents(ShardEvents receiver) {
		return new ReaderOptions(this.maxRecords, this.idleBetweenReads, this.bufferMemory, this.checkpointInterval,
				this.onStaleCheckpoint, this.outOfRange, this.onAccessDenied, this.stalledAfter, receiver);
	}

}
