package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.producer.OutgoingRecord.Place;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Keeps the books: each record that comes in gets exactly one outcome, and gives its
 * memory back once it is out of the engine. Belongs to the engine's loop.
 */
final class RecordAccounting {

	private final UnfinishedRecords unfinished = new UnfinishedRecords();

	private final List<FlushWaiter> waiters = new ArrayList<>();

	private final BufferMemory memory;

	private final FutureCompletion futureCompletion;

	private final Duration deliveryTimeout;

	private final SendObserver observer;

	private long lastNumber;

	/** What the records that have left took of the memory, to be given back together. */
	private int left;

	/**
	 * Create a ledger without records.
	 * @param memory given back what records took
	 * @param futureCompletion completes futures
	 * @param options how long records may take
	 * @param observer told of failures; must not throw
	 */
	RecordAccounting(BufferMemory memory, FutureCompletion futureCompletion, ProducerOptions options,
			SendObserver observer) {
		this.memory = memory;
		this.futureCompletion = futureCompletion;
		this.deliveryTimeout = options.deliveryTimeout();
		this.observer = observer;
	}

	void enter(OutgoingRecord record) {
		record.number = ++this.lastNumber;
		this.unfinished.add(record);
	}

	/**
	 * Refuse a record that has not been entered.
	 * @param record the record
	 * @param exception why
	 */
	void refuse(OutgoingRecord record, SendFailedException exception) {
		this.futureCompletion.fail(record, exception);
		this.left += BufferMemory.units(record);
		this.observer.failed(record.stream(), exception);
	}

	/**
	 * A record is stored.
	 * @param record the record
	 * @param shardId where
	 * @param sequenceNumber its place there
	 * @param subSequenceNumber its place inside an aggregate, if it is in one
	 * @param now by the engine's clock
	 */
	void succeed(OutgoingRecord record, String shardId, SequenceNumber sequenceNumber, @Nullable Long subSequenceNumber,
			long now) {
		if (!record.settled) {
			this.futureCompletion.succeed(record, new SendResult(record.stream(), shardId, sequenceNumber,
					subSequenceNumber, record.attempts, Duration.ofNanos(now - record.acceptedAt)));
			settle(record);
		}
	}

	void fail(OutgoingRecord record, SendFailedException exception) {
		if (!record.settled) {
			this.futureCompletion.fail(record, exception);
			settle(record);
			this.observer.failed(record.stream(), exception);
		}
	}

	/**
	 * A record is out of the engine.
	 * @param record a record that has its outcome
	 * @param queue where it was
	 */
	void leave(OutgoingRecord record, StreamQueue queue) {
		if (record.place != Place.GONE) {
			this.left += BufferMemory.units(record);
			queue.leave(record);
		}
	}

	@Nullable OutgoingRecord oldest() {
		return this.unfinished.oldest();
	}

	long lastNumber() {
		return this.lastNumber;
	}

	/**
	 * Fail a record whose time is over.
	 * @param record the record
	 */
	void expire(OutgoingRecord record) {
		SendFailure last = record.lastFailure;
		String message = "Stream '" + record.stream() + "' did not confirm the record within the delivery timeout of "
				+ this.deliveryTimeout + ", in " + record.attempts + " attempts; " + waitsFor(record)
				+ ((last != null) ? "; last failure: " + last.message() : "");
		fail(record, new SendFailedException(Reason.TIMEOUT, record.stream(), message,
				(last != null) ? last.toException(record.stream()) : null));
	}

	/**
	 * Complete a future once all that has been entered until now has its outcome.
	 * @param flushed the future
	 */
	void awaitAll(CompletableFuture<Void> flushed) {
		this.waiters.add(new FlushWaiter(this.lastNumber, flushed));
	}

	/**
	 * Let nobody wait any longer, as every record has its outcome.
	 */
	void endWaits() {
		this.waiters.forEach((waiter) -> this.futureCompletion.complete(waiter.flushed()));
		this.waiters.clear();
	}

	/**
	 * Give memory back, and hand out what has been decided.
	 * @param now by the engine's clock
	 */
	void publish(long now) {
		int units = this.left;
		this.left = 0;
		this.memory.release(units);
		if (!this.futureCompletion.dispatch(now)) {
			return;
		}
		OutgoingRecord oldest = this.unfinished.oldest();
		Iterator<FlushWaiter> iterator = this.waiters.iterator();
		while (iterator.hasNext()) {
			FlushWaiter waiter = iterator.next();
			if (oldest == null || oldest.number > waiter.upTo()) {
				iterator.remove();
				this.futureCompletion.afterDecided(waiter.flushed());
			}
		}
		this.futureCompletion.lookAfter(now);
	}

	/**
	 * The outcome of a record is on its way to its future: what may throw comes before,
	 * so that no record is settled without one.
	 */
	private void settle(OutgoingRecord record) {
		record.settled = true;
		this.unfinished.remove(record);
	}

	private static String waitsFor(OutgoingRecord record) {
		return switch (record.place) {
			case LANE -> "it waited for another record of its key";
			case WIRE, PACKED -> "a request is under way, so that it may yet be stored";
			default -> "it waited for its next attempt";
		};
	}

	/**
	 * Who waits for a flush.
	 *
	 * @param upTo the number of the last record that it waits for
	 * @param flushed what to complete
	 */
	private record FlushWaiter(long upTo, CompletableFuture<Void> flushed) {

	}

}
