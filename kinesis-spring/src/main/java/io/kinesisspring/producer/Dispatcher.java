package io.kinesisspring.producer;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

import io.kinesisspring.scheduling.FullJitter;

/**
 * Sends requests, turn by turn for each stream, and passes the answers on. Belongs to the
 * engine's loop; requests are made by an executor, as building and signing one takes time
 * and getting credentials may block.
 */
final class Dispatcher {

	private final PutRecordsCall call;

	private final Executor executor;

	private final ProducerOptions options;

	private final Ledger ledger;

	private final Runnable wakeUp;

	private final StreamQueues queues;

	private final AnswerHandler answerHandler;

	/** Requests that have no answer, the oldest first. */
	private final Set<Batch> inFlight = new LinkedHashSet<>();

	private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

	/**
	 * Create a dispatcher.
	 * @param call makes a request
	 * @param executor where requests are made
	 * @param options how to gather and retry
	 * @param backoff how long to wait after failures
	 * @param ledger told of what becomes of each record
	 * @param wakeUp makes the loop look for answers; may be run from any thread
	 */
	Dispatcher(PutRecordsCall call, Executor executor, ProducerOptions options, FullJitter backoff, Ledger ledger,
			Runnable wakeUp) {
		this.call = call;
		this.executor = executor;
		this.options = options;
		this.ledger = ledger;
		this.wakeUp = wakeUp;
		this.queues = new StreamQueues(options);
		this.answerHandler = new AnswerHandler(backoff, ledger, this.queues, options.observer());
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
			this.ledger.leave(record, this.queues.of(record));
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
		this.answerHandler.retry(now);
		this.queues.forEach((queue) -> queue.release(now));
		abandonHanging(now);
		while (this.inFlight.size() < this.options.maxInFlight()) {
			StreamQueue queue = this.queues.next(now);
			if (queue == null) {
				return;
			}
			Batch batch = queue.take(now);
			this.inFlight.add(batch);
			this.options.observer().requested(queue.stream(), batch.records().size(), batch.bytes());
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
		long next = Math.min(this.answerHandler.nextRetry(), this.queues.nextRelease());
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
		Answer answer = this.answers.poll();
		while (answer != null) {
			this.inFlight.remove(answer.batch());
			answer.batch().queue().returned();
			this.options.observer()
				.answered(answer.batch().queue().stream(), Duration.ofNanos(now - answer.batch().sentAt()),
						answer.refused(), answer.reason());
			this.answerHandler.handle(answer, now);
			answer = this.answers.poll();
		}
	}

	private void start(Batch batch) {
		PutRecordsRequest request = batch.request();
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

}
