package io.kinesisspring.producer;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.FullJitter;

/**
 * Sends requests, turn by turn for each stream, and passes the answers on. Belongs to the
 * engine's loop; requests are made by an executor, as building and signing one takes time
 * and getting credentials may block.
 */
final class RequestDispatcher {

	private final PutRecordsCall call;

	private static final Log logger = LogFactory.getLog(RequestDispatcher.class);

	private final TaskExecutor executor;

	private final ProducerOptions options;

	private final SendObserver observer;

	private final RecordAccounting recordAccounting;

	private final Runnable wakeUp;

	private final StreamQueues queues;

	private final ResponseHandler responseHandler;

	/** Requests that have no answer, the oldest first. */
	private final Set<Batch> inFlight = new LinkedHashSet<>();

	private final Queue<Response> answers = new ConcurrentLinkedQueue<>();

	/**
	 * Create a dispatcher.
	 * @param call makes a request
	 * @param executor where requests are made
	 * @param options how to gather and retry
	 * @param observer sees what becomes of requests and records; must not throw
	 * @param backoff how long to wait after failures
	 * @param recordAccounting told of what becomes of each record
	 * @param wakeUp makes the loop look for answers; may be run from any thread
	 */
	RequestDispatcher(PutRecordsCall call, TaskExecutor executor, ProducerOptions options, SendObserver observer,
			FullJitter backoff, RecordAccounting recordAccounting, Runnable wakeUp) {
		this.call = call;
		this.executor = executor;
		this.options = options;
		this.observer = observer;
		this.recordAccounting = recordAccounting;
		this.wakeUp = wakeUp;
		this.queues = new StreamQueues(options, observer);
		this.responseHandler = new ResponseHandler(backoff, recordAccounting, this.queues, observer);
	}

	void add(OutgoingRecord record) {
		this.queues.of(record).add(record);
	}

	/**
	 * A record has its outcome before it was stored.
	 * @param record the record
	 */
	void giveUp(OutgoingRecord record) {
		if (!record.isUnderWay()) {
			this.recordAccounting.leave(record, this.queues.of(record));
		}
	}

	void flush(long upTo) {
		this.queues.forEach((queue) -> queue.flush(upTo));
	}

	/**
	 * Send whatever may be sent now.
	 * @param now by the engine's clock
	 */
	void send(long now) {
		this.responseHandler.retry(now);
		this.queues.forEach((queue) -> queue.release(now));
		abandonHanging(now);
		while (this.inFlight.size() < this.options.maxInFlight()) {
			StreamQueue queue = this.queues.next(now);
			if (queue == null) {
				return;
			}
			Batch batch = queue.take(now);
			this.inFlight.add(batch);
			batch.answer().whenComplete((response, ex) -> answered(batch, response, ex));
			this.observer.requested(queue.stream(), batch.records().size(), batch.bytes());
			if (!batch.answer().isDone()) {
				start(batch);
			}
		}
	}

	/**
	 * When there may be something to send, if nothing happens until then.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextSend() {
		long next = Math.min(this.responseHandler.nextRetry(), this.queues.nextRelease());
		if (!this.inFlight.isEmpty()) {
			next = Math.min(next, hangsAt(this.inFlight.iterator().next()));
		}
		if (this.inFlight.size() < this.options.maxInFlight()) {
			next = Math.min(next, this.queues.nextSend());
		}
		return next;
	}

	/**
	 * Deal with the answers that have come in.
	 * @param now by the engine's clock
	 */
	void takeAnswers(long now) {
		Response answer = this.answers.poll();
		while (answer != null) {
			if (this.inFlight.remove(answer.batch())) {
				take(answer, now);
			}
			answer = this.answers.poll();
		}
	}

	/**
	 * Let go of all records, which must have their outcome.
	 */
	void abandonAll() {
		SendFailure sendFailure = new SendFailure(Reason.CLOSED, "the template was closed", null);
		this.inFlight.forEach((batch) -> this.responseHandler.abandon(batch, sendFailure));
		this.inFlight.clear();
	}

	private void take(Response answer, long now) {
		StreamQueue queue = answer.batch().queue();
		queue.returned();
		this.observer.answered(queue.stream(), Duration.ofNanos(now - answer.batch().sentAt()), answer.refused(),
				answer.reason());
		try {
			this.responseHandler.handle(answer, now);
		}
		catch (Throwable ex) {
			logger.error("Stream '" + queue.stream() + "': an answer could not be dealt with; its records fail", ex);
			this.responseHandler.abandon(answer.batch(),
					new SendFailure(Reason.UNEXPECTED, "the answer could not be dealt with: " + ex, ex));
		}
	}

	private void answered(Batch batch, @Nullable PutRecordsResponse response, @Nullable Throwable thrown) {
		Response answer;
		try {
			answer = Response.to(batch, response, thrown);
		}
		catch (Throwable ex) {
			answer = Response.failed(batch, FailureClassifier.ofOddAnswer(ex));
		}
		this.answers.add(answer);
		this.wakeUp.run();
	}

	/**
	 * Make a request, once, whatever the executor does.
	 */
	private void start(Batch batch) {
		try {
			PutRecordsRequest request = batch.request();
			AtomicBoolean begun = new AtomicBoolean();
			this.executor.execute(() -> {
				if (begun.compareAndSet(false, true)) {
					put(batch, request);
				}
			});
		}
		catch (Throwable ex) {
			batch.answer().completeExceptionally(new NotSentException(ex));
		}
	}

	private void put(Batch batch, PutRecordsRequest request) {
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
		catch (Throwable ex) {
			batch.answer().completeExceptionally(ex);
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
			SdkClientException hangs = SdkClientException.create("There was no answer within " + after);
			if (!batch.answer().completeExceptionally(hangs)) {
				this.answers.add(Response.failed(batch, FailureClassifier.ofRequest(hangs)));
				this.wakeUp.run();
			}
		}
	}

	private long hangsAt(Batch batch) {
		return batch.sentAt() + this.options.deliveryTimeout().toNanos();
	}

}
