package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.EventLoop;

/**
 * Reads a shard by {@code GetRecords}: at once while it is behind, with pauses once it
 * has caught up, and never more than five times a second, the service's limit for a
 * shard. An iterator that has expired is renewed as a matter of course; throttles and
 * failures are retried with growing, jittered pauses until they end.
 * <p>
 * Reading begins <em>at</em> the record of the checkpoint, not behind it: the checkpoint
 * may stand inside an aggregate, and that its record comes again is the only proof that
 * nothing between it and the next one is gone.
 */
final class PollingShardReader implements ShardReader {

	private static final Log logger = LogFactory.getLog(PollingShardReader.class);

	/** Five transactions a second a shard: the service's limit for GetRecords. */
	private static final long SHORTEST_CYCLE_NANOS = Duration.ofMillis(200).toNanos();

	private final StreamClient client;

	private final StreamIdentifier stream;

	private final String shardId;

	private final ReaderOptions options;

	private final EventLoop loop;

	private final BufferBudget budget;

	private final RecordUnpacker unpacker;

	private final ReadSize size;

	private final ReadingTroubles troubles;

	private Checkpoint position;

	/** Whether the position's record is known to have been there. */
	private boolean confirmed;

	private @Nullable String iterator;

	private boolean caughtUp;

	private long reserved;

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
		this.unpacker = new RecordUnpacker(stream.name(), shardId, from, options.observer());
		this.size = new ReadSize(budget, options.maxRecords());
		this.troubles = new ReadingTroubles(stream, shardId, options.observer(), loop);
		this.notBefore = loop.nanoTime();
		budget.join();
	}

	@Override
	public void read(Reading reading) {
		unlessClosed(() -> this.loop.schedule(Duration.ofNanos(this.notBefore - this.loop.nanoTime()),
				() -> unlessClosed(() -> reserve(reading))));
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.budget.leave();
		}
	}

	private void unlessClosed(Runnable step) {
		if (this.closed) {
			giveBack();
		}
		else {
			step.run();
		}
	}

	private void giveBack() {
		long bytes = this.reserved;
		this.reserved = 0;
		this.budget.adjust(-bytes);
	}

	/**
	 * Room is taken for the time of a call only, not for that of a pause before it.
	 */
	private void reserve(Reading reading) {
		long bytes = this.size.bytes();
		this.budget.reserve(bytes, () -> {
			this.reserved = bytes;
			this.loop.execute(() -> unlessClosed(() -> fetch(reading)));
		});
	}

	private void fetch(Reading reading) {
		String from = this.iterator;
		if (from == null) {
			seek(reading);
			return;
		}
		long sent = this.loop.nanoTime();
		CompletableFuture<RecordUnpacker.Unpacked> answer = this.client
			.records(this.stream, from, this.size.records(this.reserved))
			.whenComplete((response, ex) -> this.options.observer()
				.fetched(this.stream.name(), this.shardId, Duration.ofNanos(this.loop.nanoTime() - sent), ex))
			.thenApply(this.unpacker::unpack);
		call(answer, (unpacked, ex) -> {
			if (ex != null) {
				failed("GetRecords", ex, reading);
			}
			else {
				came(unpacked, reading);
			}
		});
	}

	private void seek(Reading reading) {
		call(this.client.iterator(this.stream, this.shardId, this.position, !this.confirmed), (found, ex) -> {
			if (ex != null && KinesisFailures.isNotFound(ex)) {
				endIfForgotten(ex, reading);
			}
			else if (ex != null && KinesisFailures.isInvalidArgument(ex)
					&& this.position instanceof Checkpoint.After after) {
				refused(after, ex, reading);
			}
			else if (ex != null) {
				failed("GetShardIterator", ex, reading);
			}
			else if (found == null) {
				giveBack();
				reading.came(ShardBatch.end());
			}
			else {
				this.iterator = found;
				fetch(reading);
			}
		});
	}

	private <T extends @Nullable Object> void call(CompletableFuture<T> answer,
			BiConsumer<T, @Nullable Throwable> whenAnswered) {
		this.notBefore = this.loop.nanoTime() + SHORTEST_CYCLE_NANOS;
		this.loop.on(Deadline.of(answer, this.loop),
				(outcome, ex) -> unlessClosed(() -> whenAnswered.accept(outcome, ex)));
	}

	private void failed(String action, Throwable ex, Reading reading) {
		giveBack();
		if (KinesisFailures.isDenied(ex)) {
			this.options.observer().failed(this.stream.name(), this.shardId, action, KinesisFailures.causeOf(ex));
			reading.denied(KinesisFailures.explain(ex, action, this.stream));
			return;
		}
		if (!KinesisFailures.isTransient(ex)) {
			this.iterator = null;
		}
		this.notBefore = Math.max(this.notBefore, this.loop.nanoTime() + this.troubles.pauseNanos(action, ex));
		read(reading);
	}

	/**
	 * A shard that the service no longer lists has outlived its retention: there is
	 * nothing left to read. A stream that is not there at all may come back.
	 */
	private void endIfForgotten(Throwable ex, Reading reading) {
		call(this.client.listShards(this.stream), (listing, listFailure) -> {
			if (listFailure == null && !listing.shards().containsKey(this.shardId)) {
				logger.warn(this.troubles.place()
						+ "the service has forgotten it; what was not read by now is beyond the retention period");
				giveBack();
				reading.came(ShardBatch.end());
			}
			else {
				failed("GetShardIterator", ex, reading);
			}
		});
	}

	private void came(RecordUnpacker.Unpacked unpacked, Reading reading) {
		this.troubles.over();
		if (isGap(unpacked) && !mayGoOn((Checkpoint.After) this.position, unpacked, null, reading)) {
			return;
		}
		if (unpacked.last() != null) {
			this.position = Checkpoint.afterAll(unpacked.last());
			this.confirmed = true;
		}
		this.iterator = unpacked.response().nextShardIterator();
		this.caughtUp = !unpacked.isBehind();
		if (this.caughtUp) {
			this.notBefore = Math.max(this.notBefore, this.loop.nanoTime() + this.options.idleBetweenReads().toNanos());
		}
		this.size.learn(unpacked.count(), unpacked.bytes(), unpacked.isBehind());
		this.budget.adjust(unpacked.bytes() - this.reserved);
		this.reserved = 0;
		reading.came(unpacked.toBatch());
	}

	/**
	 * Whether something else came where the checkpoint's record should have come first,
	 * or the end of the shard.
	 */
	private boolean isGap(RecordUnpacker.Unpacked unpacked) {
		if (this.confirmed || !(this.position instanceof Checkpoint.After after)) {
			return false;
		}
		SequenceNumber first = unpacked.first();
		return (first != null) ? !first.equals(after.sequenceNumber())
				: unpacked.response().nextShardIterator() == null;
	}

	/**
	 * The service says that the position is none of this shard's. While reading at the
	 * tip of a shard that has been quiet for longer than it keeps records, nothing can
	 * have been lost.
	 */
	private void refused(Checkpoint.After after, Throwable ex, Reading reading) {
		if ((this.confirmed && this.caughtUp) || mayGoOn(after, null, ex, reading)) {
			this.position = Checkpoint.TRIM_HORIZON;
			giveBack();
			read(reading);
		}
	}

	private boolean mayGoOn(Checkpoint.After stale, RecordUnpacker.@Nullable Unpacked instead, @Nullable Throwable ex,
			Reading reading) {
		switch (this.options.staleCheckpoint()) {
			case TRIM_HORIZON -> {
				this.troubles.stale(stale, instead, "reading goes on with the oldest record", ex);
				return true;
			}
			case LATEST -> {
				this.troubles.stale(stale, instead, "reading goes on with what arrives now", ex);
				moveToTip(reading);
			}
			case FAIL -> {
				this.troubles.stale(stale, instead, "reading stops", ex);
				giveBack();
				reading.failed(this.troubles.staleFailure(stale, ex));
			}
		}
		return false;
	}

	/**
	 * The tip is where it was at this moment, by the service's clock, however often it
	 * has to be tried to read from there.
	 */
	private void moveToTip(Reading reading) {
		giveBack();
		call(this.client.listShards(this.stream), (listing, ex) -> {
			if (ex != null) {
				this.loop.schedule(Duration.ofNanos(this.troubles.pauseNanos("ListShards", ex)),
						() -> unlessClosed(() -> moveToTip(reading)));
				return;
			}
			this.position = new Checkpoint.AtTimestamp(listing.asOf());
			this.iterator = null;
			reading.moved(this.position);
			read(reading);
		});
	}

}
