package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Gives each registered record exactly one outcome, and releases its memory when it is
 * out of the engine. Belongs to the engine's loop.
 */
final class RecordAccounting {

	private final UnfinishedRecords unfinished = new UnfinishedRecords();

	private final List<FlushWaiter> flushWaiters = new ArrayList<>();

	private final BufferMemory memory;

	private final FutureCompletion futureCompletion;

	private final Duration deliveryTimeout;

	private final SendObserver observer;

	private long lastNumber;

	/** The memory of removed records, released once a turn. */
	private int unitsToRelease;

	/**
	 * Create an accounting without records.
	 * @param memory the memory that records take
	 * @param futureCompletion completes futures
	 * @param options the delivery timeout
	 * @param observer notified of failures; must not throw
	 */
	RecordAccounting(BufferMemory memory, FutureCompletion futureCompletion, ProducerOptions options,
			SendObserver observer) {
		this.memory = memory;
		this.futureCompletion = futureCompletion;
		this.deliveryTimeout = options.deliveryTimeout();
		this.observer = observer;
	}

	void register(OutgoingRecord record) {
		record.setNumber(++this.lastNumber);
		this.unfinished.add(record);
	}

	/**
	 * Fail a record that is not registered.
	 * @param record the record
	 * @param exception why the record fails
	 */
	void reject(OutgoingRecord record, SendFailedException exception) {
		this.futureCompletion.addFailure(record, exception);
		this.unitsToRelease += BufferMemory.units(record);
		this.observer.failed(record.stream(), exception);
	}

	/**
	 * Complete a record that is stored.
	 * @param record the record
	 * @param shardId the shard that holds it
	 * @param sequenceNumber its sequence number
	 * @param subSequenceNumber its position in an aggregate, if it is in one
	 * @param now the time of the engine's clock
	 */
	void succeed(OutgoingRecord record, String shardId, SequenceNumber sequenceNumber, @Nullable Long subSequenceNumber,
			long now) {
		if (!record.isDecided()) {
			this.futureCompletion.addSuccess(record, new SendResult(record.stream(), shardId, sequenceNumber,
					subSequenceNumber, record.attempts(), Duration.ofNanos(now - record.acceptedAt())));
			markDecided(record);
		}
	}

	void fail(OutgoingRecord record, SendFailedException exception) {
		if (!record.isDecided()) {
			this.futureCompletion.addFailure(record, exception);
			markDecided(record);
			this.observer.failed(record.stream(), exception);
		}
	}

	/**
	 * Remove a record from the engine.
	 * @param record a record that has an outcome
	 * @param queue the queue of the record
	 */
	void removeRecord(OutgoingRecord record, StreamQueue queue) {
		if (!record.isRemoved()) {
			this.unitsToRelease += BufferMemory.units(record);
			queue.remove(record);
		}
	}

	@Nullable OutgoingRecord oldest() {
		return this.unfinished.oldest();
	}

	long lastNumber() {
		return this.lastNumber;
	}

	/**
	 * Fail a record that has reached the delivery timeout.
	 * @param record the record
	 */
	void failExpired(OutgoingRecord record) {
		SendFailure last = record.lastFailure();
		String message = "Stream '" + record.stream() + "' did not confirm the record within the delivery timeout of "
				+ this.deliveryTimeout + ", in " + record.attempts() + " attempts; " + describeProgress(record)
				+ ((last != null) ? "; last failure: " + last.message() : "");
		fail(record, new SendFailedException(Reason.TIMEOUT, record.stream(), message,
				(last != null) ? last.toException(record.stream()) : null));
	}

	/**
	 * Fail a record because the template stops.
	 * @param record the record
	 * @param why what the record did not reach
	 */
	void failClosed(OutgoingRecord record, String why) {
		String state = record.isInRequest() ? "a request is under way, so that it may yet be stored"
				: "it has not been stored";
		fail(record, new SendFailedException(Reason.CLOSED, record.stream(),
				"The template was stopped and the record for stream '" + record.stream() + "' " + why + "; " + state,
				null));
	}

	/**
	 * Complete a future as soon as each record registered so far has an outcome.
	 * @param flushed the future
	 */
	void completeAfterAll(CompletableFuture<Void> flushed) {
		this.flushWaiters.add(new FlushWaiter(this.lastNumber, flushed));
	}

	/**
	 * Complete all flushes, after each record got an outcome.
	 */
	void completeFlushes() {
		this.flushWaiters.forEach((waiter) -> this.futureCompletion.addCompletion(waiter.flushed()));
		this.flushWaiters.clear();
	}

	/**
	 * Release memory and publish the decided outcomes.
	 * @param now the time of the engine's clock
	 */
	void publishOutcomes(long now) {
		int units = this.unitsToRelease;
		this.unitsToRelease = 0;
		this.memory.release(units);
		if (!this.futureCompletion.dispatch(now)) {
			return;
		}
		OutgoingRecord oldest = this.unfinished.oldest();
		Iterator<FlushWaiter> iterator = this.flushWaiters.iterator();
		while (iterator.hasNext()) {
			FlushWaiter waiter = iterator.next();
			if (oldest == null || oldest.number() > waiter.upTo()) {
				iterator.remove();
				this.futureCompletion.completeAfterDispatched(waiter.flushed());
			}
		}
		this.futureCompletion.checkProgress(now);
	}

	/**
	 * Mark a record after its outcome is queued. What may throw comes before, so no
	 * marked record lacks an outcome.
	 */
	private void markDecided(OutgoingRecord record) {
		record.markDecided();
		this.unfinished.remove(record);
	}

	private static String describeProgress(OutgoingRecord record) {
		return switch (record.place()) {
			case BEHIND_KEY -> "it waited for another record of its key";
			case IN_REQUEST, IN_AGGREGATE -> "a request is under way, so that it may yet be stored";
			default -> "it waited for its next attempt";
		};
	}

	/**
	 * A future that waits for a flush.
	 *
	 * @param upTo the number of the last record to wait for
	 * @param flushed the future
	 */
	private record FlushWaiter(long upTo, CompletableFuture<Void> flushed) {

	}

}
