package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Keeps the books: each record that comes in gets exactly one outcome, and gives its
 * memory back once it is out of the engine. Belongs to the engine's loop.
 */
final class Ledger {

	private final UnfinishedRecords unfinished = new UnfinishedRecords();

	private final List<FlushWaiter> waiters = new ArrayList<>();

	private final BufferMemory memory;

	private final Outcomes outcomes;

	private final Duration deliveryTimeout;

	private final SendObserver observer;

	private long lastNumber;

	/** What the records that have left took of the memory, to be given back together. */
	private int left;

	Ledger(BufferMemory memory, Outcomes outcomes, ProducerOptions options) {
		this.memory = memory;
		this.outcomes = outcomes;
		this.deliveryTimeout = options.deliveryTimeout();
		this.observer = options.observer();
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
		this.observer.failed(record.stream(), exception);
		this.outcomes.fail(record, exception);
		this.left += BufferMemory.units(record);
	}

	void succeed(OutgoingRecord record, PutRecordsResultEntry result, @Nullable Long subSequenceNumber, long now) {
		if (settle(record)) {
			this.outcomes.succeed(record,
					new SendResult(record.stream(), result.shardId(), SequenceNumber.of(result.sequenceNumber()),
							subSequenceNumber, record.attempts, Duration.ofNanos(now - record.acceptedAt)));
		}
	}

	void fail(OutgoingRecord record, SendFailedException exception) {
		if (settle(record)) {
			this.observer.failed(record.stream(), exception);
			this.outcomes.fail(record, exception);
		}
	}

	/**
	 * A record is out of the engine.
	 * @param record a record that has its outcome
	 * @param queue where it was
	 */
	void leave(OutgoingRecord record, StreamQueue queue) {
		queue.leave(record);
		this.left += BufferMemory.units(record);
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
		Failure last = record.lastFailure;
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
	 * Give memory back, and hand out what has been decided.
	 */
	void publish() {
		this.memory.release(this.left);
		this.left = 0;
		this.outcomes.dispatch();
		OutgoingRecord oldest = this.unfinished.oldest();
		Iterator<FlushWaiter> iterator = this.waiters.iterator();
		while (iterator.hasNext()) {
			FlushWaiter waiter = iterator.next();
			if (oldest == null || oldest.number > waiter.upTo()) {
				iterator.remove();
				this.outcomes.afterDispatched(waiter.flushed());
			}
		}
	}

	private boolean settle(OutgoingRecord record) {
		if (record.settled) {
			return false;
		}
		record.settled = true;
		this.unfinished.remove(record);
		return true;
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
