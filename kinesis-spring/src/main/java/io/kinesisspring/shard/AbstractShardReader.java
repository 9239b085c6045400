package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;

/**
 * Common to all ways of reading a shard: what to do when the position is gone, at the end
 * of the shard, and when access is denied.
 */
abstract class AbstractShardReader implements ShardReader {

	private static final Log logger = LogFactory.getLog(ShardReader.class);

	private static final Duration LISTINGS_ARE_CONSISTENT_AFTER = Duration.ofMinutes(1);

	final StreamClient client;

	final StreamIdentifier stream;

	final String shardId;

	final ReaderOptions options;

	final EventLoop loop;

	final RecordUnpacker unpacker;

	final ReadFailures readFailures;

	final ShardPosition position;

	final Reservation reservation;

	/** Answers without records, and without where to go on, since the last record. */
	private int emptyEndResponses;

	/** Since when the service neither knows the shard nor lists it. */
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
		this.unpacker = new RecordUnpacker(this.stream.name(), this.shardId, from, this.options.events());
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
	 * Wait for an answer, up to a timeout. Ignored once the reader is closed.
	 */
	<T extends @Nullable Object> void whenAnswered(CompletableFuture<T> answer,
			BiConsumer<T, @Nullable Throwable> whenAnswered) {
		this.loop.on(ResponseTimeout.apply(answer, this.loop),
				(outcome, ex) -> unlessClosed(() -> whenAnswered.accept(outcome, ex)));
	}

	/**
	 * How long to wait before the next try.
	 */
	final long backOffNanos(String action, Throwable ex, @Nullable Reading reading) {
		if (reading != null && !KinesisFailures.isExpiredIterator(ex)) {
			reading.onReadDelayed(KinesisFailures.isThrottle(ex)
					? new KinesisException("kinesis:" + action + " is throttled") : KinesisFailures.causeOf(ex));
		}
		return this.readFailures.backOffNanos(action, ex);
	}

	/**
	 * Reading has been denied. Permissions are changed by people, and take their time to
	 * arrive everywhere: it is tried again after a long pause, if at all.
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
	 * Begin anew at the position.
	 */
	abstract void discardPlace();

	/**
	 * A call failed: try again, or tell that it is of no use.
	 */
	abstract void retryLater(String action, Throwable ex, Reading reading);

	/**
	 * Move on behind what came.
	 * @param sent when it was asked for, in nanoseconds of the loop
	 * @param whenAllowed run when it may be delivered; if not, what is to be done is done
	 */
	final void advance(RecordUnpacker.Unpacked unpacked, long sent, Reading reading, Runnable whenAllowed) {
		if (!this.position.isGap(unpacked) || !(this.position.get() instanceof Checkpoint.After after)) {
			movePosition(unpacked, sent);
			whenAllowed.run();
			return;
		}
		unlessAtShardEnd(after, reading, () -> {
			if (applyStaleCheckpoint(after, unpacked, null, reading)) {
				movePosition(unpacked, sent);
				whenAllowed.run();
			}
		});
	}

	private void movePosition(RecordUnpacker.Unpacked unpacked, long sent) {
		this.unlistedSince = null;
		this.denials = 0;
		if (unpacked.last() != null) {
			this.emptyEndResponses = 0;
			this.unpacker.skipUpTo(new Checkpoint.After(unpacked.last(), Checkpoint.WHOLE_RECORD));
		}
		this.position.advance(unpacked, sent);
	}

	/**
	 * Pass a batch on. Whoever gets it releases its memory.
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
	 * A position at or beyond the number with which the shard was closed is that of a
	 * reader that has come to its end: some clients store it, and it is no record's.
	 */
	private void unlessAtShardEnd(Checkpoint.After after, Reading reading, Runnable otherwise) {
		whenAnswered(this.client.endOf(this.stream, this.shardId), (end, ex) -> {
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
	 * A shard that the service neither knows nor lists has outlived its retention: there
	 * is nothing left to read. So it is taken only where a listing names a shard that
	 * follows it, or all answers have agreed for a while: a listing may be older than a
	 * shard that has just come into being. A stream that is not there at all may come
	 * back.
	 */
	final void endIfUnlisted(String action, Throwable ex, Reading reading) {
		whenAnswered(freshListing(), (listing, listFailure) -> {
			if (listFailure != null || listing.shards().containsKey(this.shardId)) {
				this.unlistedSince = null;
				retryLater(action, ex, reading);
			}
			else if (hasChild(listing) || isMissingTooLong()) {
				logger.warn(this.readFailures.location()
						+ "the service no longer lists it. Unread records are gone: their retention period is over, or the stream was deleted");
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
	 * What neither goes on nor names the shards that follow is taken for the end only
	 * where it says that it ends at the tip and the service lists the shard as closed:
	 * nothing may be skipped for a field that is missing, or for a shard that is. Some
	 * servers say there how long the shard has been closed. Two of their answers in a row
	 * that bring nothing count as one that ends at the tip.
	 */
	final void confirmEnd(String action, RecordUnpacker.Unpacked unpacked, Reading reading, Runnable whenConfirmed) {
		IncompleteAnswerException incomplete = new IncompleteAnswerException(action,
				"shard '" + this.shardId + "' of stream '" + this.stream + "'",
				"where to go on, without the shards that follow, and is not known to be the last");
		boolean atTip = Long.valueOf(0).equals(unpacked.millisToTip());
		boolean empty = unpacked.millisToTip() != null && unpacked.stored().isEmpty();
		if (!atTip && !(empty && ++this.emptyEndResponses > 1)) {
			retryLater(action, incomplete, reading);
			return;
		}
		whenAnswered(freshListing(), (listing, ex) -> {
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
	 * A listing that was begun after this moment, and that others may share.
	 */
	private CompletableFuture<ShardListing> freshListing() {
		SharedListings listings = this.client.listings();
		return listings.list(this.stream, listings.now());
	}

	/**
	 * The service says that the position is none of this shard's. Where nothing behind it
	 * can be gone, the shard has been quiet for longer than it keeps records.
	 */
	final void positionRejected(Checkpoint.After after, Throwable ex, Reading reading) {
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
		switch (this.options.staleCheckpoint()) {
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
	 * The tip is where it was at this moment, by the service's clock, however often it
	 * has to be tried to read from there.
	 */
	private void moveToTip(Reading reading) {
		this.reservation.release();
		whenAnswered(freshListing(), (listing, ex) -> {
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
