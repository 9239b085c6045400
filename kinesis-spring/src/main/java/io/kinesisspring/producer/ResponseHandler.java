package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.FullJitter;

/**
 * Decides from the service's responses what happens to each record: it is stored, it
 * fails, or it is sent again after a delay. Belongs to the engine's loop.
 */
final class ResponseHandler {

	private static final Log logger = LogFactory.getLog(ResponseHandler.class);

	private final FullJitter backoff;

	private final RecordAccounting recordAccounting;

	private final Queue<OutgoingRecord> backingOff = new PriorityQueue<>(
			Comparator.comparingLong(OutgoingRecord::retryAt));

	/** The queues of the records that back off. */
	private final StreamQueues queues;

	private final SendObserver observer;

	/**
	 * Create a handler.
	 * @param backoff delays after failures
	 * @param recordAccounting receives the outcome of each record
	 * @param queues the queues of the records
	 * @param observer notified of stored and retried records
	 */
	ResponseHandler(FullJitter backoff, RecordAccounting recordAccounting, StreamQueues queues, SendObserver observer) {
		this.backoff = backoff;
		this.recordAccounting = recordAccounting;
		this.queues = queues;
		this.observer = observer;
	}

	/**
	 * Handle the response to a request, or its failure.
	 * @param response the response
	 * @param now the time of the engine's clock
	 */
	void handle(Response response, long now) {
		SendFailure sendFailure = response.failure();
		if (sendFailure == null) {
			handleResults(response, now);
		}
		else if (sendFailure.retryable()) {
			retryBatch(response.batch(), sendFailure, now);
		}
		else {
			failOrBisect(response.batch(), sendFailure);
		}
	}

	/**
	 * Send the records again whose back-off has ended.
	 * @param now the time of the engine's clock
	 */
	void requeueDue(long now) {
		OutgoingRecord first = this.backingOff.peek();
		while (first != null && first.retryAt() <= now) {
			this.backingOff.remove();
			if (!first.isRemoved()) {
				this.queues.queueOf(first).requeue(first);
			}
			first = this.backingOff.peek();
		}
	}

	/**
	 * Return when the next back-off ends.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextRetry() {
		OutgoingRecord next = this.backingOff.peek();
		return (next != null) ? next.retryAt() : StreamQueue.NEVER;
	}

	private void handleResults(Response response, long now) {
		StreamQueue queue = response.batch().queue();
		if (queue.failurePause().markSucceeded()) {
			logger.info("Stream '" + queue.stream() + "' accepts records again");
		}
		queue.updateRates(response, now);
		Iterator<PutRecordsResultEntry> results = response.results().iterator();
		Map<Integer, Long> delays = new HashMap<>();
		ResponseCounts responseCounts = new ResponseCounts();
		for (OutgoingRecord record : response.batch().records()) {
			PutRecordsResultEntry result = results.next();
			SequenceNumber sequenceNumber = sequenceNumber(result);
			if (sequenceNumber != null && isMisplaced(record, result, queue, now)) {
				sendMisplacedAgain(record, result, queue);
				continue;
			}
			if (sequenceNumber != null) {
				responseCounts.addStored(record);
				completeStored(record, result.shardId(), sequenceNumber, queue, now);
				continue;
			}
			SendFailure sendFailure = FailureClassifier.ofEntry(result.errorCode(), result.errorMessage());
			if (FailureClassifier.isUnknown(result.errorCode()) && response.batch().leavesOutKeyOf(record)) {
				queue.refuseNoKey();
			}
			for (OutgoingRecord single : takeApart(record, sendFailure, queue)) {
				responseCounts.addRetry(sendFailure.reason());
				if (sendFailure.reason() != Reason.THROTTLED || !queue.waitForShardRate(single)) {
					backOff(single, now + delays.computeIfAbsent(single.attempts(), this.backoff::pauseNanos));
				}
			}
		}
		responseCounts.publishTo(this.observer, queue.stream(), now);
	}

	private static boolean isMisplaced(OutgoingRecord record, PutRecordsResultEntry result, StreamQueue queue,
			long now) {
		Aggregate aggregate = record.aggregate();
		ShardAggregator aggregator = queue.shardAggregator();
		return aggregate != null && aggregator != null && aggregator.isMisplaced(aggregate, result, now);
	}

	/**
	 * Send the records of an aggregate again, before the later ones of their keys,
	 * because readers drop an aggregate with a record of another shard.
	 */
	private void sendMisplacedAgain(OutgoingRecord record, PutRecordsResultEntry result, StreamQueue queue) {
		SendFailure sendFailure = new SendFailure(Reason.INTERNAL,
				"shard '" + result.shardId() + "' has stored an aggregate with records of other shards", null, true,
				false);
		Aggregate aggregate = record.aggregate();
		this.observer.misplaced(queue.stream(), (aggregate != null) ? aggregate.records().size() : 1);
		takeApart(record, sendFailure, queue).forEach(queue::requeue);
	}

	/**
	 * Return the sequence number of a record.
	 * @return the sequence number, or {@code null} if the service does not report the
	 * record as stored
	 */
	static @Nullable SequenceNumber sequenceNumber(PutRecordsResultEntry result) {
		if (!Response.isStored(result)) {
			return null;
		}
		try {
			return SequenceNumber.of(result.sequenceNumber());
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private void completeStored(OutgoingRecord record, String shardId, SequenceNumber sequenceNumber, StreamQueue queue,
			long now) {
		Aggregate aggregate = record.aggregate();
		if (aggregate == null) {
			this.recordAccounting.succeed(record, shardId, sequenceNumber, null, now);
		}
		else {
			long subSequenceNumber = 0;
			for (OutgoingRecord aggregated : aggregate.records()) {
				this.recordAccounting.succeed(aggregated, shardId, sequenceNumber, subSequenceNumber++, now);
			}
			aggregate.companions().forEach((companion) -> this.recordAccounting.removeRecord(companion, queue));
		}
		this.recordAccounting.removeRecord(record, queue);
	}

	private void retryBatch(Batch batch, SendFailure sendFailure, long now) {
		StreamQueue queue = batch.queue();
		if (queue.failurePause().pauseAfter(batch, now, this.backoff)) {
			logger.warn("Retrying: " + sendFailure.describe(queue.stream()));
		}
		sendAgain(batch, sendFailure);
	}

	private void sendAgain(Batch batch, SendFailure sendFailure) {
		StreamQueue queue = batch.queue();
		List<OutgoingRecord> toRetry = takeApart(batch, sendFailure);
		if (batch.bisecting()) {
			queue.requestBisection().add(toRetry);
		}
		else {
			toRetry.forEach(queue::requeue);
		}
		this.observer.retried(queue.stream(), sendFailure.reason(), toRetry.size());
	}

	/**
	 * Fail the records of a request. If the request is invalid, bisect it first, so only
	 * the invalid records fail. A stream may require keys again that a request has left
	 * out, so send it with keys before.
	 */
	private void failOrBisect(Batch batch, SendFailure sendFailure) {
		StreamQueue queue = batch.queue();
		boolean invalid = sendFailure.reason() == Reason.INVALID;
		ShardAggregator aggregator = queue.shardAggregator();
		if (sendFailure.reason() == Reason.STREAM_NOT_FOUND && aggregator != null) {
			aggregator.forgetShards();
		}
		if (invalid && batch.hasRecordsWithoutKey()) {
			queue.refuseNoKey();
			sendAgain(batch, sendFailure);
			return;
		}
		if (!invalid && queue.failurePause().markFailing()) {
			logger.warn("Failing records: " + sendFailure.describe(queue.stream()));
		}
		boolean single = batch.records().size() == 1;
		if (invalid && (!single || batch.records().get(0).aggregate() != null)) {
			bisect(batch, single, sendFailure);
			return;
		}
		for (OutgoingRecord record : batch.records()) {
			if (invalid) {
				queue.sendNextAlone(record);
			}
			fail(record, sendFailure, queue);
		}
	}

	private void bisect(Batch batch, boolean single, SendFailure sendFailure) {
		StreamQueue queue = batch.queue();
		Aggregate aggregate = batch.records().get(0).aggregate();
		if (single && aggregate != null) {
			aggregate.records().forEach(OutgoingRecord::sendAlone);
		}
		List<OutgoingRecord> candidates = takeApart(batch, sendFailure);
		queue.requestBisection().split(candidates);
		this.observer.retried(queue.stream(), sendFailure.reason(), candidates.size());
	}

	/**
	 * Fail the records of a request that have not been handled.
	 * @param batch the request
	 * @param sendFailure the failure of records without an outcome
	 */
	void abandon(Batch batch, SendFailure sendFailure) {
		for (OutgoingRecord record : batch.records()) {
			if (record.isInRequest()) {
				fail(record, sendFailure, batch.queue());
			}
		}
	}

	private void fail(OutgoingRecord record, SendFailure sendFailure, StreamQueue queue) {
		Aggregate aggregate = record.aggregate();
		List<OutgoingRecord> records = (aggregate != null) ? aggregate.records() : List.of(record);
		for (OutgoingRecord failed : records) {
			this.recordAccounting.fail(failed, sendFailure.forRecord(failed).toException(failed.stream()));
		}
		if (aggregate != null) {
			aggregate.companions().forEach((companion) -> this.recordAccounting.removeRecord(companion, queue));
		}
		this.recordAccounting.removeRecord(record, queue);
	}

	private List<OutgoingRecord> takeApart(Batch batch, SendFailure sendFailure) {
		List<OutgoingRecord> toRetry = new ArrayList<>(batch.records().size());
		for (OutgoingRecord record : batch.records()) {
			toRetry.addAll(takeApart(record, sendFailure, batch.queue()));
		}
		return toRetry;
	}

	/**
	 * Split an aggregate that was not stored. Records go back behind the first of their
	 * key. Records that have an outcome are removed.
	 * @param record the record that was sent
	 * @param sendFailure why it was not stored
	 * @param queue the queue of the record
	 * @return the records to send again
	 */
	private List<OutgoingRecord> takeApart(OutgoingRecord record, SendFailure sendFailure, StreamQueue queue) {
		Aggregate aggregate = record.aggregate();
		if (aggregate == null) {
			return keepUndecided(List.of(record), sendFailure, queue);
		}
		record.setAggregate(null);
		List<OutgoingRecord> firsts = new ArrayList<>();
		List<OutgoingRecord> followers = new ArrayList<>();
		OutgoingRecord first = record;
		for (OutgoingRecord next : aggregate.records()) {
			if (next != first && next.orderingKey() != null && next.orderingKey().equals(first.orderingKey())) {
				followers.add(next);
				continue;
			}
			restoreFollowers(first, followers, sendFailure, queue);
			followers.clear();
			first = next;
			firsts.add(first);
		}
		restoreFollowers(first, followers, sendFailure, queue);
		return keepUndecided(firsts, sendFailure, queue);
	}

	private void restoreFollowers(OutgoingRecord first, List<OutgoingRecord> followers, SendFailure sendFailure,
			StreamQueue queue) {
		if (!followers.isEmpty()) {
			queue.restoreFollowers(first, keepUndecided(followers, sendFailure, queue));
		}
	}

	private List<OutgoingRecord> keepUndecided(List<OutgoingRecord> records, SendFailure sendFailure,
			StreamQueue queue) {
		List<OutgoingRecord> undecided = new ArrayList<>(records.size());
		for (OutgoingRecord record : records) {
			record.setLastFailure(sendFailure);
			if (record.isDecided()) {
				this.recordAccounting.removeRecord(record, queue);
			}
			else {
				undecided.add(record);
			}
		}
		return undecided;
	}

	private void backOff(OutgoingRecord record, long until) {
		record.backOffUntil(until);
		this.backingOff.add(record);
	}

}
