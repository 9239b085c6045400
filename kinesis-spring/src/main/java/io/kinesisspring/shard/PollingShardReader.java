package io.kinesisspring.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Reads a shard by {@code GetRecords}: at once while it is behind, with pauses once it
 * has caught up, and never more than five times a second, the service's limit for a
 * shard. An iterator that has expired is renewed as a matter of course; throttles and
 * failures are retried with growing, jittered pauses until they end.
 */
final class PollingShardReader implements ShardReader {

	private static final Log logger = LogFactory.getLog(PollingShardReader.class);

	/** Five transactions a second a shard: the service's limit for GetRecords. */
	private static final long SHORTEST_CYCLE_NANOS = Duration.ofMillis(200).toNanos();

	private static final long FIRST_ESTIMATE = 1 << 20;

	private static final long SMALLEST_ESTIMATE = 16 << 10;

	/** What a record costs on the heap beside its data and its key. */
	private static final long RECORD_OVERHEAD = 200;

	private final StreamClient client;

	private final StreamIdentifier stream;

	private final String shardId;

	private final ReaderOptions options;

	private final EventLoop loop;

	private final BufferBudget budget;

	private final BackOff backOff;

	private @Nullable BackOffExecution retries;

	private Checkpoint position;

	private @Nullable String iterator;

	private long estimate = FIRST_ESTIMATE;

	private long notBefore;

	private boolean closed;

	PollingShardReader(StreamClient client, StreamIdentifier stream, String shardId, Checkpoint from,
			ReaderOptions options, EventLoop loop, BufferBudget budget) {
		this.client = client;
		this.stream = stream;
		this.shardId = shardId;
		this.position = from;
		this.options = options;
		this.loop = loop;
		this.budget = budget;
		this.notBefore = loop.nanoTime();
		ExponentialBackOff growing = new ExponentialBackOff(200, 2);
		growing.setMaxInterval(Duration.ofSeconds(10).toMillis());
		growing.setJitter(200);
		this.backOff = growing;
	}

	@Override
	public void read(Consumer<ShardBatch> whenRead) {
		long reserved = this.estimate;
		this.budget.reserve(reserved, () -> later(() -> fetch(reserved, whenRead), reserved));
	}

	@Override
	public void close() {
		this.closed = true;
	}

	private void later(Runnable step, long reserved) {
		long wait = Math.max(0, this.notBefore - this.loop.nanoTime());
		Runnable unlessClosed = () -> {
			if (this.closed) {
				this.budget.adjust(-reserved);
			}
			else {
				step.run();
			}
		};
		if (wait > 0) {
			this.loop.schedule(Duration.ofNanos(wait), unlessClosed);
		}
		else {
			this.loop.execute(unlessClosed);
		}
	}

	private void fetch(long reserved, Consumer<ShardBatch> whenRead) {
		if (this.iterator == null) {
			seek(reserved, whenRead);
			return;
		}
		long started = this.loop.nanoTime();
		this.client.records(this.stream, this.iterator, this.options.maxRecords()).whenCompleteAsync((response, ex) -> {
			this.notBefore = started + SHORTEST_CYCLE_NANOS;
			if (this.closed) {
				this.budget.adjust(-reserved);
			}
			else if (ex != null) {
				retry("GetRecords", ex, reserved, whenRead);
			}
			else {
				deliver(response, reserved, whenRead);
			}
		}, this.loop);
	}

	private void seek(long reserved, Consumer<ShardBatch> whenRead) {
		this.loop.on(this.client.iterator(this.stream, this.shardId, this.position), (found, ex) -> {
			if (this.closed) {
				this.budget.adjust(-reserved);
			}
			else if (ex != null) {
				retry("GetShardIterator", ex, reserved, whenRead);
			}
			else if (found == null) {
				this.budget.adjust(-reserved);
				whenRead.accept(new ShardBatch(List.of(), 0, 0, true));
			}
			else {
				this.iterator = found;
				fetch(reserved, whenRead);
			}
		});
	}

	private void retry(String action, Throwable ex, long reserved, Consumer<ShardBatch> whenRead) {
		boolean fromSeek = this.iterator == null;
		this.iterator = null;
		if (fromSeek && KinesisFailures.isNotFound(ex)) {
			endIfForgotten(ex, reserved, whenRead);
			return;
		}
		if (fromSeek && KinesisFailures.isInvalidArgument(ex) && this.position instanceof Checkpoint.After) {
			logger.warn(
					"Stream '" + this.stream + "', shard '" + this.shardId + "': the checkpoint " + this.position
							+ " is no longer, or was never, one of this shard's; reading from the oldest record",
					KinesisFailures.causeOf(ex));
			this.position = Checkpoint.TRIM_HORIZON;
		}
		if (!KinesisFailures.isExpiredIterator(ex)) {
			pause(action, ex);
		}
		later(() -> fetch(reserved, whenRead), reserved);
	}

	/**
	 * A shard that the service no longer lists has outlived its retention: there is
	 * nothing left to read. A stream that is not there at all may come back.
	 */
	private void endIfForgotten(Throwable ex, long reserved, Consumer<ShardBatch> whenRead) {
		this.loop.on(this.client.listShards(this.stream), (listing, listFailure) -> {
			if (!this.closed && listFailure == null && !listing.shards().containsKey(this.shardId)) {
				logger.warn("Stream '" + this.stream + "', shard '" + this.shardId
						+ "': the service has forgotten it; what was not read by now is beyond the retention period");
				this.budget.adjust(-reserved);
				whenRead.accept(new ShardBatch(List.of(), 0, 0, true));
				return;
			}
			pause("GetShardIterator", ex);
			later(() -> fetch(reserved, whenRead), reserved);
		});
	}

	private void pause(String action, Throwable ex) {
		BackOffExecution execution = this.retries;
		if (execution == null) {
			execution = this.backOff.start();
			this.retries = execution;
			if (KinesisFailures.isThrottle(ex)) {
				logger.debug("Stream '" + this.stream + "', shard '" + this.shardId + "': throttled");
			}
			else {
				logger.warn("Stream '" + this.stream + "', shard '" + this.shardId + "': reading stands still. It is "
						+ "tried again until it works", KinesisFailures.explain(ex, action, this.stream));
			}
		}
		this.notBefore = this.loop.nanoTime() + Duration.ofMillis(execution.nextBackOff()).toNanos();
	}

	private void deliver(GetRecordsResponse response, long reserved, Consumer<ShardBatch> whenRead) {
		if (this.retries != null) {
			this.retries = null;
			logger.debug("Stream '" + this.stream + "', shard '" + this.shardId + "': reading goes on");
		}
		ShardBatch batch = convert(response);
		this.estimate = Math.max(SMALLEST_ESTIMATE, Math.max(batch.bytes(), this.estimate / 2));
		this.budget.adjust(batch.bytes() - reserved);
		this.iterator = response.nextShardIterator();
		if (batch.millisBehindLatest() == 0) {
			this.notBefore = Math.max(this.notBefore, this.loop.nanoTime() + this.options.idleBetweenReads().toNanos());
		}
		whenRead.accept(batch);
	}

	private ShardBatch convert(GetRecordsResponse response) {
		List<KinesisRecord<byte[]>> records = new ArrayList<>(response.records().size());
		long bytes = 0;
		for (Record record : response.records()) {
			byte[] data = record.data().asByteArrayUnsafe();
			bytes += data.length + RECORD_OVERHEAD;
			records.add(new KinesisRecord<>(this.stream.name(), this.shardId, record.partitionKey(),
					SequenceNumber.of(record.sequenceNumber()), 0, record.approximateArrivalTimestamp(), data));
		}
		if (!records.isEmpty()) {
			this.position = Checkpoint.after(records.get(records.size() - 1).sequenceNumber(), 0);
		}
		Long behind = response.millisBehindLatest();
		return new ShardBatch(records, bytes, (behind != null) ? behind : 0, response.nextShardIterator() == null);
	}

}
