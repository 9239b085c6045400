package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.EventLoop;

/**
 * What is common to all ways of reading a shard: the position and whether its record is
 * still there, what to do when it is not, and the reservation in the budget.
 * <p>
 * Reading begins <em>at</em> the record of the checkpoint, not behind it: the checkpoint
 * may stand inside an aggregate, and that its record comes again is the only proof that
 * nothing between it and the next one is gone.
 */
abstract class AbstractShardReader implements ShardReader {

	private static final Log logger = LogFactory.getLog(ShardReader.class);

	final StreamClient client;

	final StreamIdentifier stream;

	final String shardId;

	final ReaderOptions options;

	final EventLoop loop;

	final ShardRoom room;

	final RecordUnpacker unpacker;

	final ReadingTroubles troubles;

	private Checkpoint position;

	/** Whether the position's record is known to have been there. */
	private boolean confirmed;

	private boolean caughtUp;

	private long reserved;

	private boolean closed;

	AbstractShardReader(StreamClient client, StreamIdentifier stream, String shardId, Checkpoint from,
			ReaderOptions options, EventLoop loop, ShardRoom room) {
		this.client = client;
		this.stream = stream;
		this.shardId = shardId;
		this.position = from;
		this.options = options;
		this.loop = loop;
		this.room = room;
		this.unpacker = new RecordUnpacker(stream.name(), shardId, from, options.observer());
		this.troubles = new ReadingTroubles(stream, shardId, options.observer(), loop);
	}

	@Override
	public void close() {
		this.closed = true;
	}

	final boolean isClosed() {
		return this.closed;
	}

	final void unlessClosed(Runnable step) {
		if (this.closed) {
			giveBack();
		}
		else {
			step.run();
		}
	}

	final Checkpoint position() {
		return this.position;
	}

	/**
	 * Whether the position's own record has to come once more.
	 */
	final boolean again() {
		return !this.confirmed;
	}

	final boolean isCaughtUp() {
		return this.caughtUp;
	}

	final long reserved() {
		return this.reserved;
	}

	final void reserve(long bytes, boolean patient, Runnable whenReserved) {
		this.room.reserve(bytes, patient, (granted) -> {
			this.reserved = granted;
			this.loop.execute(() -> unlessClosed(whenReserved));
		});
	}

	/**
	 * Correct the reservation.
	 */
	final void reserveInstead(long bytes) {
		long difference = bytes - this.reserved;
		this.reserved = bytes;
		this.room.adjust(difference);
	}

	final void giveBack() {
		reserveInstead(0);
	}

	/**
	 * Wait for an answer, but not for ever, nor beyond the reader's end.
	 */
	<T extends @Nullable Object> void call(CompletableFuture<T> answer,
			BiConsumer<T, @Nullable Throwable> whenAnswered) {
		this.loop.on(Deadline.of(answer, this.loop),
				(outcome, ex) -> unlessClosed(() -> whenAnswered.accept(outcome, ex)));
	}

	/**
	 * How long to wait before the next try.
	 */
	final long pauseNanos(String action, Throwable ex, @Nullable Reading reading) {
		if (reading != null && !KinesisFailures.isExpiredIterator(ex)) {
			reading.delayed(KinesisFailures.isThrottle(ex) ? new KinesisException("kinesis:" + action + " is throttled")
					: KinesisFailures.causeOf(ex));
		}
		return this.troubles.pauseNanos(action, ex);
	}

	/**
	 * Begin anew at the position.
	 */
	abstract void seekAnew();

	/**
	 * A call failed: try again, or tell that it is of no use.
	 */
	abstract void failed(String action, Throwable ex, Reading reading);

	/**
	 * Move on behind what came.
	 * @return whether it may be delivered; if not, what is to be done has been done
	 */
	final boolean advance(RecordUnpacker.Unpacked unpacked, Reading reading) {
		if (isGap(unpacked) && !mayGoOn((Checkpoint.After) this.position, unpacked, null, reading)) {
			return false;
		}
		if (unpacked.last() != null) {
			this.position = Checkpoint.afterAll(unpacked.last());
			this.confirmed = true;
		}
		this.caughtUp = !unpacked.isBehind();
		return true;
	}

	/**
	 * Hand over what came; from then on its bytes are for the one who has it to give
	 * back.
	 */
	final void handOver(RecordUnpacker.Unpacked unpacked, Reading reading) {
		reserveInstead(unpacked.bytes());
		this.reserved = 0;
		reading.came(unpacked.toBatch());
	}

	final void end(Reading reading) {
		giveBack();
		reading.came(ShardBatch.end());
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
		return (first != null) ? !first.equals(after.sequenceNumber()) : unpacked.next() == null;
	}

	/**
	 * A shard that the service no longer lists has outlived its retention: there is
	 * nothing left to read. A stream that is not there at all may come back.
	 */
	final void endIfForgotten(String action, Throwable ex, Reading reading) {
		call(this.client.listShards(this.stream), (listing, listFailure) -> {
			if (listFailure == null && isForgotten(listing)) {
				logger.warn(this.troubles.place()
						+ "the service does not list it any more; what was not read by now is gone with the retention period, or with its stream if that was deleted");
				end(reading);
			}
			else {
				failed(action, ex, reading);
			}
		});
	}

	private boolean isForgotten(ShardListing listing) {
		return !listing.shards().containsKey(this.shardId);
	}

	/**
	 * Whether the shard takes no more records.
	 */
	final boolean isOver(ShardListing listing) {
		ShardDescription shard = listing.shards().get(this.shardId);
		return shard == null || shard.closed();
	}

	/**
	 * The service says that the position is none of this shard's. While reading at the
	 * tip of a shard that has been quiet for longer than it keeps records, nothing can
	 * have been lost.
	 */
	final void refused(Checkpoint.After after, Throwable ex, Reading reading) {
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
				this.loop.schedule(Duration.ofNanos(pauseNanos("ListShards", ex, reading)),
						() -> unlessClosed(() -> moveToTip(reading)));
				return;
			}
			this.position = new Checkpoint.AtTimestamp(listing.asOf());
			seekAnew();
			reading.moved(this.position);
			read(reading);
		});
	}

}
