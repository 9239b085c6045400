package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.HashKeyRange;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Futures;

/**
 * The base class of shard readers. It handles stale positions, the end of the shard and
 * denied access.
 */
abstract class AbstractShardReader implements ShardReader {

	private static final Log logger = LogFactory.getLog(ShardReader.class);

	private static final Duration LISTINGS_ARE_CONSISTENT_AFTER = Duration.ofMinutes(1);

	/** How long to deliver all records before asking for an unknown range again. */
	private static final Duration RANGE_INTERVAL = Duration.ofSeconds(5);

	final StreamClient client;

	final StreamIdentifier stream;

	final String shardId;

	final ReaderOptions options;

	final EventLoop loop;

	final RecordUnpacker unpacker;

	final ReadFailures readFailures;

	final ShardPosition position;

	final Reservation reservation;

	/**
	 * The number of responses with neither records nor a next position since the last
	 * record.
	 */
	private int emptyEndResponses;

	/** The moment that a listing with the shard's hash keys must be later than. */
	private long rangeSince;

	/** Since when the service has neither known nor listed the shard. */
	private @Nullable Long unlistedSince;

	private final FullJitter denialBackOff;

	private int denials;

	private boolean closed;

	AbstractShardReader(ReaderContext context, Checkpoint from, Duration proofLasts) {
		this.client = context.client();
		this.stream = context.stream();
		this.shardId = context.shardId();
		this.options = context.options();
		this.loop = context.loop();
		this.reservation = new Reservation(context.buffer());
		this.position = new ShardPosition(from,
				new RetentionGuard(this.client.shortestRetention(), proofLasts, this.loop));
		this.unpacker = new RecordUnpacker(this.stream.name(), this.shardId, from, this.options, context.lazy());
		this.readFailures = new ReadFailures(this.stream, this.shardId, this.options.events(), this.loop);
		this.denialBackOff = new FullJitter(Duration.ofSeconds(10), Duration.ofMinutes(2), this.loop.random());
	}

	@Override
	public void close() {
		this.closed = true;
	}

	final void unlessClosed(Runnable step) {
		if (this.closed) {
			this.reservation.release();
		}
		else {
			step.run();
		}
	}

	final void reserve(long bytes, boolean deferrable, Runnable whenReserved) {
		this.reservation.request(bytes, deferrable, () -> this.loop.execute(() -> unlessClosed(whenReserved)));
	}

	/**
	 * Wait for a response, up to a timeout. The response is ignored once the reader is
	 * closed.
	 */
	<T extends @Nullable Object> void whenDone(CompletableFuture<T> call, BiConsumer<T, @Nullable Throwable> whenDone) {
		this.loop.on(ResponseTimeout.apply(call, this.loop),
				(outcome, ex) -> unlessClosed(() -> whenDone.accept(outcome, ex)));
	}

	/**
	 * How long to wait before the next attempt.
	 */
	final long backOffNanos(String action, Throwable ex, @Nullable Reading reading) {
		if (reading != null && !KinesisFailures.isExpiredIterator(ex)) {
			reading.onReadDelayed(KinesisFailures.isThrottle(ex)
					? new KinesisException("kinesis:" + action + " is throttled") : Futures.cause(ex));
		}
		return this.readFailures.backOffNanos(action, ex);
	}

	/**
	 * Reading has been denied. Because people change permissions, and changes take time
	 * to spread, the reader retries after a long back-off, or not at all.
	 */
	final void retryWhenAllowed(KinesisException ex, Reading reading, Runnable retry) {
		this.reservation.release();
		if (reading.onAccessDenied(ex)) {
			this.denials++;
			this.loop.schedule(Duration.ofNanos(this.denialBackOff.pauseNanos(this.denials)),
					() -> unlessClosed(retry));
		}
	}

	/**
	 * Discard the iterator or the subscription, and start again at the position.
	 */
	abstract void discardPlace();

	/**
	 * A call failed: retry it later, or report that a retry is useless.
	 */
	abstract void retryLater(String action, Throwable ex, Reading reading);

	/**
	 * Advance the position beyond the records that were read.
	 * @param sent when the request was sent, in nanoseconds of the loop
	 * @param whenAllowed receives the records if they may be delivered; otherwise this
	 * method does what is necessary
	 */
	final void advance(RecordUnpacker.Unpacked unpacked, long sent, Reading reading,
			Consumer<RecordUnpacker.Unpacked> whenAllowed) {
		if (!this.position.isGap(unpacked) || !(this.position.get() instanceof Checkpoint.After after)) {
			compareHashKeys(unpacked, (compared) -> movePosition(compared, sent, whenAllowed));
			return;
		}
		reading.onPlaceLost();
		unlessAtShardEnd(after, reading, () -> {
			if (applyStaleCheckpoint(after, unpacked, null, reading)) {
				compareHashKeys(unpacked, (compared) -> movePosition(compared, sent, whenAllowed));
			}
		});
	}

	/**
	 * Unpack aggregates by the shard's hash keys, which only streams with such records
	 * have to be asked for. While the service does not tell them, all records are
	 * delivered.
	 */
	private void compareHashKeys(RecordUnpacker.Unpacked unpacked, Consumer<RecordUnpacker.Unpacked> whenCompared) {
		if (!unpacked.needsHashKeys()) {
			whenCompared.accept(unpacked);
			return;
		}
		whenDone(this.client.listings().list(this.stream, this.rangeSince), (listing, ex) -> {
			ShardDescription shard = (listing != null) ? listing.shards().get(this.shardId) : null;
			HashKeyRange range = (shard != null) ? shard.hashKeys() : null;
			this.unpacker.useRange(range);
			if (range == null) {
				this.loop.schedule(RANGE_INTERVAL, this.unpacker::forgetRange);
			}
			whenCompared.accept(this.unpacker.unpackAgain(unpacked));
		});
	}

	/**
	 * Reading begins anew. The stream may have been recreated, and the shard may have
	 * only its id in common with the former one.
	 */
	final void forgetHashKeys() {
		this.rangeSince = this.client.listings().now();
		this.unpacker.forgetRange();
	}

	private void movePosition(RecordUnpacker.Unpacked unpacked, long sent,
			Consumer<RecordUnpacker.Unpacked> whenAllowed) {
		this.unlistedSince = null;
		this.denials = 0;
		if (unpacked.last() != null) {
			this.emptyEndResponses = 0;
			this.unpacker.skipUpTo(new Checkpoint.After(unpacked.last(), Checkpoint.WHOLE_RECORD));
		}
		this.position.advance(unpacked, sent);
		this.unpacker.report(unpacked);
		whenAllowed.accept(unpacked);
	}

	/**
	 * Pass a batch on. Its receiver releases the memory.
	 */
	final void emit(RecordUnpacker.Unpacked unpacked, Reading reading) {
		this.reservation.handOver(unpacked.bytes());
		reading.onBatch(unpacked.toBatch());
	}

	final void end(Reading reading) {
		this.reservation.release();
		reading.onBatch(ShardBatch.end());
	}

	/**
	 * A position at or beyond the number at which the shard was closed means that a
	 * reader reached the end. Some clients store that number, although no record has it.
	 */
	private void unlessAtShardEnd(Checkpoint.After after, Reading reading, Runnable otherwise) {
		whenDone(this.client.endOf(this.stream, this.shardId), (end, ex) -> {
			if (ex != null) {
				retryLater("ListShards", ex, reading);
			}
			else if (end.isPresent() && after.sequenceNumber().compareTo(end.get()) >= 0) {
				logger.info(this.readFailures.location() + "the checkpoint " + after + " is the end of the shard, "
						+ end.get());
				end(reading);
			}
			else {
				otherwise.run();
			}
		});
	}

	/**
	 * A shard that the service neither knows nor lists has expired, and nothing is left
	 * to read. A listing may be older than a shard that was just created, however. So the
	 * shard is finished only if a listing names a child of it, or if all responses agree
	 * for a while. A stream that does not exist at all may be created again.
	 */
	final void endIfUnlisted(String action, Throwable ex, Reading reading) {
		reading.onPlaceLost();
		whenDone(freshListing(), (listing, listFailure) -> {
			if (listFailure != null || listing.shards().containsKey(this.shardId)) {
				this.unlistedSince = null;
				retryLater(action, ex, reading);
			}
			else if (hasChild(listing) || isMissingTooLong()) {
				logger.warn(this.readFailures.location()
						+ "the service no longer lists it. Unread records are gone: they have expired, or the stream was deleted");
				end(reading);
			}
			else {
				retryLater(action, ex, reading);
			}
		});
	}

	private boolean hasChild(ShardListing listing) {
		return listing.shards().values().stream().anyMatch((shard) -> shard.parents().contains(this.shardId));
	}

	private boolean isMissingTooLong() {
		if (this.unlistedSince == null) {
			this.unlistedSince = this.loop.nanoTime();
		}
		return this.loop.nanoTime() - this.unlistedSince >= LISTINGS_ARE_CONSISTENT_AFTER.toNanos();
	}

	/**
	 * A response with neither a next position nor child shards counts as the end only if
	 * it ends at the tip and the service lists the shard as closed. A missing field or a
	 * missing shard must not cause records to be skipped. Some servers report the time
	 * since the shard was closed instead of the tip. Two of their responses in a row
	 * without records count like one that ends at the tip.
	 */
	final void confirmEnd(String action, RecordUnpacker.Unpacked unpacked, Reading reading, Runnable whenConfirmed) {
		IncompleteResponseException incomplete = new IncompleteResponseException(action,
				"shard '" + this.shardId + "' of stream '" + this.stream + "'",
				"where to go on, without the shards that follow, and is not known to be the last");
		boolean atTip = Long.valueOf(0).equals(unpacked.millisToTip());
		boolean empty = unpacked.millisToTip() != null && unpacked.stored().size() == 0;
		if (!atTip && !(empty && ++this.emptyEndResponses > 1)) {
			retryLater(action, incomplete, reading);
			return;
		}
		whenDone(freshListing(), (listing, ex) -> {
			ShardDescription shard = (listing != null) ? listing.shards().get(this.shardId) : null;
			if (shard != null && shard.closed()) {
				whenConfirmed.run();
			}
			else {
				retryLater(action, (ex != null) ? ex : incomplete, reading);
			}
		});
	}

	/**
	 * A listing that starts after this moment, and that other shards may share.
	 */
	private CompletableFuture<ShardListing> freshListing() {
		SharedListings listings = this.client.listings();
		return listings.list(this.stream, listings.now());
	}

	/**
	 * The service rejects the position as not in this shard. If no later record can have
	 * expired, the shard has had no new records for longer than the retention period.
	 */
	final void positionRejected(Checkpoint.After after, Throwable ex, Reading reading) {
		reading.onPlaceLost();
		if (this.position.isSafe()) {
			restartAtOldest(reading);
			return;
		}
		unlessAtShardEnd(after, reading, () -> {
			if (applyStaleCheckpoint(after, null, ex, reading)) {
				restartAtOldest(reading);
			}
		});
	}

	private void restartAtOldest(Reading reading) {
		this.position.moveTo(Checkpoint.TRIM_HORIZON);
		this.reservation.release();
		read(reading);
	}

	private boolean applyStaleCheckpoint(Checkpoint.After stale, RecordUnpacker.@Nullable Unpacked instead,
			@Nullable Throwable ex, Reading reading) {
		switch (this.options.onStaleCheckpoint()) {
			case TRIM_HORIZON -> {
				this.readFailures.logStaleCheckpoint(stale, instead, "reading goes on with the oldest record", ex);
				return true;
			}
			case LATEST -> {
				this.readFailures.logStaleCheckpoint(stale, instead, "reading goes on with what arrives now", ex);
				moveToTip(reading);
			}
			case FAIL -> {
				this.readFailures.logStaleCheckpoint(stale, instead, "reading stops", ex);
				this.reservation.release();
				reading.onReadingStopped(this.readFailures.staleCheckpointException(stale, ex));
			}
		}
		return false;
	}

	/**
	 * Move to the tip of the shard as it is at this moment, by the service's clock,
	 * however many retries the next read needs.
	 */
	private void moveToTip(Reading reading) {
		this.reservation.release();
		whenDone(freshListing(), (listing, ex) -> {
			if (ex != null) {
				this.loop.schedule(Duration.ofNanos(backOffNanos("ListShards", ex, reading)),
						() -> unlessClosed(() -> moveToTip(reading)));
				return;
			}
			this.position.moveTo(new Checkpoint.AtTimestamp(listing.asOf()));
			discardPlace();
			reading.onPositionMoved(this.position.get());
			read(reading);
		});
	}

}
