package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.producer.OutgoingRecord.Place;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Sends requests, turn by turn for each stream, and deals with the answers. Belongs to
 * the engine's loop; requests are made by an executor, as building and signing one takes
 * time and getting credentials may block.
 */
final class Dispatcher {

	private static final Log logger = LogFactory.getLog(Dispatcher.class);

	private final PutRecordsCall call;

	private final Executor executor;

	private final ProducerOptions options;

	private final Backoff backoff;

	private final Ledger ledger;

	private final Runnable wakeUp;

	private final Map<String, StreamQueue> streams = new HashMap<>();

	/** All streams; the one whose turn it is comes first. */
	private final Queue<StreamQueue> turns = new ArrayDeque<>();

	/** Requests that have no answer, the oldest first. */
	private final Set<Batch> inFlight = new LinkedHashSet<>();

	private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

	private final Queue<OutgoingRecord> backingOff = new PriorityQueue<>(
			Comparator.comparingLong((record) -> record.retryAt));

	/**
	 * Create a dispatcher.
	 * @param call makes a request
	 * @param executor where requests are made
	 * @param options how to gather and retry
	 * @param backoff how long to wait after failures
	 * @param ledger told of what becomes of each record
	 * @param wakeUp makes the loop look for answers; may be run from any thread
	 */
	Dispatcher(PutRecordsCall call, Executor executor, ProducerOptions options, Backoff backoff, Ledger ledger,
			Runnable wakeUp) {
		this.call = call;
		this.executor = executor;
		this.options = options;
		this.backoff = backoff;
		this.ledger = ledger;
		this.wakeUp = wakeUp;
	}

	void add(OutgoingRecord record) {
		queue(record).add(record);
	}

	/**
	 * A record has its outcome before it was stored.
	 * @param record the record
	 */
	void giveUp(OutgoingRecord record) {
		if (record.place != Place.WIRE) {
			this.ledger.leave(record, queue(record));
		}
	}

	void flush(long upTo) {
		this.turns.forEach((queue) -> queue.flush(upTo));
	}

	/**
	 * Send whatever may be sent now.
	 * @param now by the engine's clock
	 */
	void send(long now) {
		retry(now);
		abandonHanging(now);
		while (this.inFlight.size() < this.options.maxInFlight()) {
			StreamQueue queue = nextTurn(now);
			if (queue == null) {
				return;
			}
			Batch batch = queue.take(now);
			this.inFlight.add(batch);
			batch.answer().whenComplete((response, ex) -> {
				this.answers.add(Answer.to(batch, response, ex));
				this.wakeUp.run();
			});
			start(batch);
		}
	}

	/**
	 * When there may be something to send, if nothing happens until then.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextSend() {
		long next = StreamQueue.NEVER;
		OutgoingRecord retry = this.backingOff.peek();
		if (retry != null) {
			next = retry.retryAt;
		}
		if (!this.inFlight.isEmpty()) {
			next = Math.min(next, hangsAt(this.inFlight.iterator().next()));
		}
		if (this.inFlight.size() < this.options.maxInFlight()) {
			for (StreamQueue queue : this.turns) {
				next = Math.min(next, queue.nextSend());
			}
		}
		return next;
	}

	/**
	 * Deal with the answers that have come in.
	 * @param now by the engine's clock
	 */
	void takeAnswers(long now) {
		Answer answer = this.answers.poll();
		while (answer != null) {
			Batch batch = answer.batch();
			this.inFlight.remove(batch);
			batch.queue().returned();
			if (answer.failure() != null) {
				failed(batch, answer.failure(), now);
			}
			else {
				taken(batch, answer.results(), now);
			}
			answer = this.answers.poll();
		}
	}

	private StreamQueue queue(OutgoingRecord record) {
		return this.streams.computeIfAbsent(record.stream(), (stream) -> {
			StreamQueue queue = new StreamQueue(stream, this.options);
			this.turns.add(queue);
			return queue;
		});
	}

	private @Nullable StreamQueue nextTurn(long now) {
		for (int i = 0; i < this.turns.size(); i++) {
			StreamQueue queue = this.turns.remove();
			this.turns.add(queue);
			if (queue.nextSend() <= now) {
				return queue;
			}
		}
		return null;
	}

	private void start(Batch batch) {
		var request = batch.request();
		Runnable task = () -> {
			try {
				CompletableFuture<PutRecordsResponse> response = this.call.put(request);
				batch.answer().whenComplete((answer, ex) -> response.cancel(true));
				response.whenComplete((answer, ex) -> {
					if (ex != null) {
						batch.answer().completeExceptionally(ex);
					}
					else {
						batch.answer().complete(answer);
					}
				});
			}
			catch (RuntimeException ex) {
				batch.answer().completeExceptionally(ex);
			}
		};
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			task.run();
		}
	}

	private void taken(Batch batch, List<PutRecordsResultEntry> entries, long now) {
		StreamQueue queue = batch.queue();
		if (queue.resume()) {
			logger.info("Stream '" + queue.stream() + "' takes records again");
		}
		Iterator<PutRecordsResultEntry> results = entries.iterator();
		Map<Integer, Long> delays = new HashMap<>();
		for (OutgoingRecord record : batch.records()) {
			PutRecordsResultEntry result = results.next();
			if (result.errorCode() == null) {
				this.ledger.succeed(record, result.shardId(), result.sequenceNumber(), now);
				this.ledger.leave(record, queue);
				continue;
			}
			record.lastFailure = Failures.ofEntry(result.errorCode(), result.errorMessage());
			if (record.settled) {
				this.ledger.leave(record, queue);
				continue;
			}
			record.place = Place.BACKOFF;
			record.retryAt = now + delays.computeIfAbsent(record.attempts, this.backoff::next);
			this.backingOff.add(record);
		}
	}

	private void failed(Batch batch, Failure failure, long now) {
		StreamQueue queue = batch.queue();
		boolean retry = failure.reason().retryable();
		boolean invalid = failure.reason() == Reason.INVALID;
		if (retry && queue.pause(batch, now, this.backoff)) {
			logger.warn("Trying again: " + failure.describe(queue.stream()));
		}
		if (!retry && !invalid && queue.refuse()) {
			logger.warn("Failing records: " + failure.describe(queue.stream()));
		}
		boolean isolate = invalid && batch.records().size() > 1;
		for (OutgoingRecord record : batch.records()) {
			record.lastFailure = failure;
			record.alone = record.alone || isolate;
			if ((retry || isolate) && !record.settled) {
				queue.again(record);
				continue;
			}
			this.ledger.fail(record, failure.of(record).toException(record.stream()));
			this.ledger.leave(record, queue);
		}
	}

	private void retry(long now) {
		OutgoingRecord first = this.backingOff.peek();
		while (first != null && first.retryAt <= now) {
			this.backingOff.remove();
			if (first.place != Place.GONE) {
				queue(first).again(first);
			}
			first = this.backingOff.peek();
		}
	}

	/**
	 * Let go of requests that have no answer though all their records have failed, so
	 * that they hold up neither keys nor other requests.
	 * @param now by the engine's clock
	 */
	private void abandonHanging(long now) {
		for (Batch batch : this.inFlight) {
			if (hangsAt(batch) > now) {
				return;
			}
			Duration after = this.options.deliveryTimeout();
			batch.answer().completeExceptionally(SdkClientException.create("There was no answer within " + after));
		}
	}

	private long hangsAt(Batch batch) {
		return batch.sentAt() + this.options.deliveryTimeout().toNanos();
	}

	/**
	 * What came of a request.
	 *
	 * @param batch the request
	 * @param results one for each record, if the service took the request
	 * @param failure what went wrong, if it did not
	 */
	private record Answer(Batch batch, List<PutRecordsResultEntry> results, @Nullable Failure failure) {

		static Answer to(Batch batch, @Nullable PutRecordsResponse response, @Nullable Throwable thrown) {
			if (response == null) {
				return new Answer(batch, List.of(), Failures.ofRequest(thrown));
			}
			List<PutRecordsResultEntry> results = response.records();
			int missing = batch.records().size() - results.size();
			return new Answer(batch, results, (missing != 0) ? Failures.ofIncompleteAnswer(missing) : null);
		}

	}

}
