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
import io.kinesisspring.producer.OutgoingRecord.Place;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.FullJitter;

/**
 * Decides from the service's answers what becomes of each record: stored, failed, or to
 * be sent once more, and when. Belongs to the engine's loop.
 */
final class ResponseHandler {

	private static final Log logger = LogFactory.getLog(ResponseHandler.class);

	private final FullJitter backoff;

	private final RecordAccounting recordAccounting;

	private final Queue<OutgoingRecord> backingOff = new PriorityQueue<>(
			Comparator.comparingLong((record) -> record.retryAt));

	/** The streams of the records that back off. */
	private final StreamQueues queues;

	private final SendObserver observer;

	/**
	 * Create a handler.
	 * @param backoff how long to wait after failures
	 * @param recordAccounting told of what becomes of each record
	 * @param queues where records are sent from
	 * @param observer sees what becomes of records
	 */
	ResponseHandler(FullJitter backoff, RecordAccounting recordAccounting, StreamQueues queues, SendObserver observer) {
		this.backoff = backoff;
		this.recordAccounting = recordAccounting;
		this.queues = queues;
		this.observer = observer;
	}

	/**
	 * Deal with an answer.
	 * @param response the answer
	 * @param now by the engine's clock
	 */
	void handle(Response response, long now) {
		SendFailure sendFailure = response.failure();
		if (sendFailure == null) {
			taken(response, now);
		}
		else if (sendFailure.retryable()) {
			retry(response.batch(), sendFailure, now);
		}
		else {
			refused(response.batch(), sendFailure);
		}
	}

	/**
	 * Let those be sent whose time has come.
	 * @param now by the engine's clock
	 */
	void retry(long now) {
		OutgoingRecord first = this.backingOff.peek();
		while (first != null && first.retryAt <= now) {
			this.backingOff.remove();
			if (first.place != Place.GONE) {
				this.queues.of(first).again(first);
			}
			first = this.backingOff.peek();
		}
	}

	/**
	 * When the next record may be sent once more.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextRetry() {
		OutgoingRecord next = this.backingOff.peek();
		return (next != null) ? next.retryAt : StreamQueue.NEVER;
	}

	private void taken(Response response, long now) {
		StreamQueue queue = response.batch().queue();
		if (queue.resume()) {
			logger.info("Stream '" + queue.stream() + "' takes records again");
		}
		queue.learn(response, now);
		Iterator<PutRecordsResultEntry> results = response.results().iterator();
		Map<Integer, Long> delays = new HashMap<>();
		ResponseCounts responseCounts = new ResponseCounts();
		for (OutgoingRecord record : response.batch().records()) {
			PutRecordsResultEntry result = results.next();
			SequenceNumber sequenceNumber = sequenceNumber(result);
			if (sequenceNumber != null) {
				responseCounts.stored(record);
				stored(record, result.shardId(), sequenceNumber, queue, now);
				continue;
			}
			SendFailure sendFailure = FailureClassifier.ofEntry(result.errorCode(), result.errorMessage());
			for (OutgoingRecord single : unpack(record, sendFailure, queue)) {
				responseCounts.again(sendFailure.reason());
				if (sendFailure.reason() != Reason.THROTTLED || !queue.hold(single)) {
					backOff(single, now + delays.computeIfAbsent(single.attempts, this.backoff::pauseNanos));
				}
			}
		}
		responseCounts.tell(this.observer, queue.stream(), now);
	}

	/**
	 * Where a record is stored.
	 * @return its place, or {@code null} if the service does not say that it is stored
	 */
	private static @Nullable SequenceNumber sequenceNumber(PutRecordsResultEntry result) {
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

	private void stored(OutgoingRecord record, String shardId, SequenceNumber sequenceNumber, StreamQueue queue,
			long now) {
		Aggregate aggregate = record.aggregate;
		if (aggregate == null) {
			this.recordAccounting.succeed(record, shardId, sequenceNumber, null, now);
		}
		else {
			long subSequenceNumber = 0;
			for (OutgoingRecord packed : aggregate.records()) {
				this.recordAccounting.succeed(packed, shardId, sequenceNumber, subSequenceNumber++, now);
			}
			aggregate.companions().forEach((companion) -> this.recordAccounting.leave(companion, queue));
		}
		this.recordAccounting.leave(record, queue);
	}

	private void retry(Batch batch, SendFailure sendFailure, long now) {
		StreamQueue queue = batch.queue();
		if (queue.pause(batch, now, this.backoff)) {
			logger.warn("Trying again: " + sendFailure.describe(queue.stream()));
		}
		List<OutgoingRecord> again = unpack(batch, sendFailure);
		if (batch.suspect()) {
			queue.suspect(again, false);
		}
		else {
			again.forEach(queue::again);
		}
		this.observer.retried(queue.stream(), sendFailure.reason(), again.size());
	}

	/**
	 * A request that is not valid is sent by halves, so that only that record fails which
	 * is to blame.
	 */
	private void refused(Batch batch, SendFailure sendFailure) {
		StreamQueue queue = batch.queue();
		boolean invalid = sendFailure.reason() == Reason.INVALID;
		if (!invalid && queue.refuse()) {
			logger.warn("Failing records: " + sendFailure.describe(queue.stream()));
		}
		boolean single = batch.records().size() == 1;
		if (invalid && (!single || batch.records().get(0).aggregate != null)) {
			isolate(batch, single, sendFailure);
			return;
		}
		for (OutgoingRecord record : batch.records()) {
			if (invalid) {
				queue.suspectNext(record);
			}
			fail(record, sendFailure, queue);
		}
	}

	private void isolate(Batch batch, boolean single, SendFailure sendFailure) {
		StreamQueue queue = batch.queue();
		Aggregate aggregate = batch.records().get(0).aggregate;
		if (single && aggregate != null) {
			aggregate.records().forEach((packed) -> packed.alone = true);
		}
		List<OutgoingRecord> suspects = unpack(batch, sendFailure);
		queue.suspect(suspects, suspects.size() > 1);
		this.observer.retried(queue.stream(), sendFailure.reason(), suspects.size());
	}

	/**
	 * Let go of the records of a request that have not been dealt with.
	 * @param batch the request
	 * @param sendFailure what those come to that have no outcome
	 */
	void abandon(Batch batch, SendFailure sendFailure) {
		for (OutgoingRecord record : batch.records()) {
			if (record.isUnderWay()) {
				fail(record, sendFailure, batch.queue());
			}
		}
	}

	private void fail(OutgoingRecord record, SendFailure sendFailure, StreamQueue queue) {
		Aggregate aggregate = record.aggregate;
		List<OutgoingRecord> records = (aggregate != null) ? aggregate.records() : List.of(record);
		for (OutgoingRecord failed : records) {
			this.recordAccounting.fail(failed, sendFailure.of(failed).toException(failed.stream()));
		}
		if (aggregate != null) {
			aggregate.companions().forEach((companion) -> this.recordAccounting.leave(companion, queue));
		}
		this.recordAccounting.leave(record, queue);
	}

	private List<OutgoingRecord> unpack(Batch batch, SendFailure sendFailure) {
		List<OutgoingRecord> again = new ArrayList<>(batch.records().size());
		for (OutgoingRecord record : batch.records()) {
			again.addAll(unpack(record, sendFailure, batch.queue()));
		}
		return again;
	}

	/**
	 * Take apart what was sent as one. Companions that have a key go back behind the
	 * first of their key; what has its outcome already goes for good.
	 * @param record what was sent
	 * @param sendFailure why it was not stored
	 * @param queue where it came from
	 * @return the records that are to be sent once more
	 */
	private List<OutgoingRecord> unpack(OutgoingRecord record, SendFailure sendFailure, StreamQueue queue) {
		Aggregate aggregate = record.aggregate;
		record.aggregate = null;
		List<OutgoingRecord> again = new ArrayList<>(1);
		if (aggregate != null) {
			again.addAll(queue.putBack(record, open(aggregate.companions(), sendFailure, queue)));
		}
		again.addAll(0, open(List.of(record), sendFailure, queue));
		return again;
	}

	private List<OutgoingRecord> open(List<OutgoingRecord> records, SendFailure sendFailure, StreamQueue queue) {
		List<OutgoingRecord> open = new ArrayList<>(records.size());
		for (OutgoingRecord record : records) {
			record.lastFailure = sendFailure;
			if (record.settled) {
				this.recordAccounting.leave(record, queue);
			}
			else {
				open.add(record);
			}
		}
		return open;
	}

	private void backOff(OutgoingRecord record, long until) {
		record.place = Place.BACKOFF;
		record.retryAt = until;
		this.backingOff.add(record);
	}

}
