package io.kinesisspring.reader;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.OnStaleCheckpoint;
import io.kinesisspring.shard.OutOfRange;
import io.kinesisspring.shard.ReaderOptions;
import io.kinesisspring.shard.ShardEvents;
import io.kinesisspring.shard.StreamRange;

/**
 * What to read of a stream, and how. Immutable: each method returns a copy.
 *
 * @since 0.1.0
 */
public final class ReadRequest {

	/** Reads the record of the position itself, with all that it holds. */
	private static final long AT_RECORD = -1;

	/** Leaves most of the five reads a second to the consumers of the stream. */
	private static final Duration IDLE_BETWEEN_READS = Duration.ofMillis(500);

	private final StreamRange range;

	private ReadRequest(StreamRange range) {
		this.range = range;
	}

	/**
	 * Read a whole stream, from its oldest record to what has been stored when the read
	 * starts.
	 * @param stream the name or the ARN of the stream
	 * @return the request
	 * @throws IllegalArgumentException if it is neither a name nor an ARN
	 */
	public static ReadRequest of(String stream) {
		return new ReadRequest(new StreamRange(StreamIdentifier.of(stream), InitialPosition.TRIM_HORIZON, Map.of(),
				null, 32, Duration.ofMinutes(2),
				new ReaderOptions(ReaderOptions.MOST_RECORDS, IDLE_BETWEEN_READS, DataSize.ofMegabytes(64),
						Duration.ZERO, OnStaleCheckpoint.FAIL, OutOfRange.DELIVER, OnAccessDenied.RETRY,
						Duration.ofMinutes(5), ShardEvents.NONE)));
	}

	/**
	 * Begin at a position: by default at the oldest record. A moment is inclusive, by the
	 * arrival time of the records. {@link InitialPosition#LATEST} may include records of
	 * the last second before.
	 * @param from the position, for all shards without one of their own
	 * @return the request
	 */
	public ReadRequest from(InitialPosition from) {
		Assert.notNull(from, "'from' must not be null");
		return with(from, this.range.positions(), this.range.to());
	}

	/**
	 * End at a moment: by default when the read starts. The end is exclusive, by the
	 * arrival time of the records. If the moment is in the future, the read waits for it.
	 * @param to the moment by the service's clock; {@code null} for the default
	 * @return the request
	 */
	public ReadRequest to(@Nullable Instant to) {
		return with(this.range.from(), this.range.positions(), to);
	}

	/**
	 * Begin in a shard with a record. Without a call of {@link #from} after this one,
	 * only the shards with a position and their children are read.
	 * @param shardId the shard
	 * @param sequenceNumber the sequence number of the record
	 * @return the request
	 */
	public ReadRequest at(String shardId, SequenceNumber sequenceNumber) {
		return position(shardId, Checkpoint.after(sequenceNumber, AT_RECORD));
	}

	/**
	 * Begin in a shard after a record, and after all that it holds if it is an aggregate.
	 * Without a call of {@link #from} after this one, only the shards with a position and
	 * their children are read.
	 * @param shardId the shard
	 * @param sequenceNumber the sequence number of the record
	 * @return the request
	 */
	public ReadRequest after(String shardId, SequenceNumber sequenceNumber) {
		return position(shardId, Checkpoint.afterAll(sequenceNumber));
	}

	/**
	 * Begin in a shard at a checkpoint. Without a call of {@link #from} after this one,
	 * only the shards with a position and their children are read.
	 * @param shardId the shard
	 * @param position the checkpoint; {@link Checkpoint#SHARD_END} to read the children
	 * alone
	 * @return the request
	 */
	public ReadRequest position(String shardId, Checkpoint position) {
		Assert.hasText(shardId, "'shardId' must not be empty");
		Assert.notNull(position, "'position' must not be null");
		Map<String, Checkpoint> positions = new LinkedHashMap<>(this.range.positions());
		positions.put(shardId, position);
		return with(null, positions, this.range.to());
	}

	/**
	 * Set how many shards are read at the same time: 32 by default. Records are read only
	 * as they are consumed, one batch of each of these shards ahead.
	 * @param maxConcurrentShards the number of shards, at least 1
	 * @return the request
	 */
	public ReadRequest maxConcurrentShards(int maxConcurrentShards) {
		Assert.isTrue(maxConcurrentShards > 0, "'maxConcurrentShards' must be at least 1");
		return new ReadRequest(new StreamRange(this.range.stream(), this.range.from(), this.range.positions(),
				this.range.to(), maxConcurrentShards, this.range.retryTimeout(), this.range.reader()));
	}

	/**
	 * Set how long the reads of a shard may fail in a row, throttles included, until the
	 * whole read fails: two minutes by default.
	 * @param retryTimeout the time, more than 0
	 * @return the request
	 */
	public ReadRequest retryTimeout(Duration retryTimeout) {
		Assert.isTrue(retryTimeout.compareTo(Duration.ZERO) > 0, "'retryTimeout' must be more than 0");
		return new ReadRequest(new StreamRange(this.range.stream(), this.range.from(), this.range.positions(),
				this.range.to(), this.range.maxConcurrentShards(), retryTimeout, this.range.reader()));
	}

	/**
	 * Set how many records one call returns at most: 10,000 by default.
	 * @param maxRecords the number of records, 1 to 10,000
	 * @return the request
	 */
	public ReadRequest maxRecords(int maxRecords) {
		return with(maxRecords, this.range.reader().bufferMemory(), this.range.reader().onStaleCheckpoint());
	}

	/**
	 * Set how much data the read holds: 64 MB by default.
	 * @param bufferMemory the size
	 * @return the request
	 */
	public ReadRequest bufferMemory(DataSize bufferMemory) {
		return with(this.range.reader().maxRecords(), bufferMemory, this.range.reader().onStaleCheckpoint());
	}

	/**
	 * Set what to do if the record of a position has expired, or records expire before a
	 * slow caller reads them. By default, the read fails.
	 * @param onStaleCheckpoint {@link OnStaleCheckpoint#FAIL}, or
	 * {@link OnStaleCheckpoint#TRIM_HORIZON} to continue with the oldest record
	 * @return the request
	 */
	public ReadRequest onStaleCheckpoint(OnStaleCheckpoint onStaleCheckpoint) {
		Assert.isTrue(onStaleCheckpoint != OnStaleCheckpoint.LATEST,
				"'onStaleCheckpoint' must be FAIL or TRIM_HORIZON, because a read has an end");
		return with(this.range.reader().maxRecords(), this.range.reader().bufferMemory(), onStaleCheckpoint);
	}

	/**
	 * Return the stream that is read.
	 * @return the name or the ARN, as it was given
	 */
	public String stream() {
		return this.range.stream().value();
	}

	StreamRange range() {
		Assert.isTrue(
				!(this.range.from() instanceof InitialPosition.At at) || this.range.to() == null
						|| at.timestamp().isBefore(this.range.to()),
				() -> "'to' (" + this.range.to() + ") must be later than 'from' (" + this.range.from() + ")");
		return this.range;
	}

	private ReadRequest with(@Nullable InitialPosition from, Map<String, Checkpoint> positions, @Nullable Instant to) {
		return new ReadRequest(new StreamRange(this.range.stream(), from, positions, to,
				this.range.maxConcurrentShards(), this.range.retryTimeout(), this.range.reader()));
	}

	private ReadRequest with(int maxRecords, DataSize bufferMemory, OnStaleCheckpoint onStaleCheckpoint) {
		ReaderOptions now = this.range.reader();
		return new ReadRequest(new StreamRange(this.range.stream(), this.range.from(), this.range.positions(),
				this.range.to(), this.range.maxConcurrentShards(), this.range.retryTimeout(),
				new ReaderOptions(maxRecords, now.idleBetweenReads(), bufferMemory, now.checkpointInterval(),
						onStaleCheckpoint, now.outOfRange(), now.onAccessDenied(), now.stalledAfter(), now.events())));
	}

}
