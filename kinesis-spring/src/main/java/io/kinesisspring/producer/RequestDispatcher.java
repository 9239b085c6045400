package io.kinesisspring.producer;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.scheduling.FullJitter;

/**
 * Sends requests for each stream in turn, and handles the responses. Belongs to the
 * engine's loop. The executor makes the requests, because building and signing takes time
 * and getting credentials may block.
 */
final class RequestDispatcher {

	private static final Log logger = LogFactory.getLog(RequestDispatcher.class);

	private final SendContext context;

	private final ProducerOptions options;

	private final SendObserver observer;

	private final RecordAccounting recordAccounting;

	private final SendGate gate;

	private final Runnable wakeUp;

	private final StreamQueues queues;

	private final ResponseHandler responseHandler;

	/** Requests without a response, the oldest first. */
	private final Set<Batch> inFlight = new LinkedHashSet<>();

	private final Queue<Response> responses = new ConcurrentLinkedQueue<>();

	/**
	 * Create a dispatcher.
	 * @param context makes the requests
	 * @param options how to batch and retry
	 * @param observer notified of requests and records; must not throw
	 * @param recordAccounting receives the outcome of each record
	 * @param gate where senders wait
	 * @param wakeUp makes the loop handle responses and answers about streams; may run on
	 * any thread
	 */
	RequestDispatcher(SendContext context, ProducerOptions options, SendObserver observer,
			RecordAccounting recordAccounting, SendGate gate, Runnable wakeUp) {
		this.context = context;
		this.options = options;
		this.observer = observer;
		this.recordAccounting = recordAccounting;
		this.gate = gate;
		this.wakeUp = wakeUp;
		this.queues = new StreamQueues(options, observer, context, wakeUp);
		this.responseHandler = new ResponseHandler(
				new FullJitter(options.retryInitialInterval(), options.retryMaxInterval(), context.loop().random()),
				recordAccounting, this.queues, observer);
	}

	void add(OutgoingRecord record) {
		this.queues.queueOf(record).add(record);
	}

	/**
	 * Remove a record that has an outcome, unless a request carries it.
	 * @param record the record
	 */
	void removeUnsent(OutgoingRecord record) {
		if (!record.isInRequest()) {
			this.recordAccounting.removeRecord(record, this.queues.queueOf(record));
		}
	}

	void flush(long upTo) {
		this.queues.forEach((queue) -> queue.flushUpTo(upTo));
	}

	/**
	 * Return the shards whose rate is limited, by stream.
	 */
	Map<String, List<ProducerStatus.ShardPace>> paces() {
		Map<String, List<ProducerStatus.ShardPace>> paces = new HashMap<>();
		this.queues.forEach((queue) -> paces.put(queue.stream(), queue.paces()));
		return paces;
	}

	/**
	 * Send all requests that may be sent now, and let senders wait or go on.
	 * @param now the time of the engine's clock
	 */
	void send(long now) {
		this.responseHandler.requeueDue(now);
		this.queues.forEach((queue) -> queue.releaseDue(now));
		abandonTimedOut(now);
		sendRequests(now);
		boolean noRequestLeft = this.inFlight.size() >= this.options.maxInFlight();
		this.queues.forEach((queue) -> setGate(queue, now, noRequestLeft));
	}

	private void setGate(StreamQueue queue, long now, boolean noRequestLeft) {
		long room = queue.backlog().room(now, noRequestLeft);
		this.gate.set(queue.stream(),
				(room == SendGate.OPEN || room == SendGate.CLOSED) ? room : this.gate.used() + room);
	}

	private void sendRequests(long now) {
		while (this.inFlight.size() < this.options.maxInFlight()) {
			StreamQueue queue = this.queues.nextToSend(now);
			if (queue == null) {
				return;
			}
			Batch batch = queue.takeBatch(now);
			queue.onRequestFilled(batch);
			this.inFlight.add(batch);
			batch.response().whenComplete((response, ex) -> onResponse(batch, response, ex));
			this.observer.requested(queue.stream(), batch.records().size(), batch.bytes());
			if (!batch.response().isDone()) {
				startRequest(batch);
			}
		}
	}

	/**
	 * Return when there may be something to send, if nothing happens until then.
	 * @return a moment of the engine's clock, or {@link StreamQueue#NEVER}
	 */
	long nextSend() {
		long next = Math.min(this.responseHandler.nextRetry(), this.queues.nextRelease());
		if (!this.inFlight.isEmpty()) {
			next = Math.min(next, timesOutAt(this.inFlight.iterator().next()));
		}
		if (this.inFlight.size() < this.options.maxInFlight()) {
			next = Math.min(next, this.queues.nextSend());
		}
		return next;
	}

	/**
	 * Handle the responses that have arrived.
	 * @param now the time of the engine's clock
	 */
	void handleResponses(long now) {
		Response response = this.responses.poll();
		while (response != null) {
			if (this.inFlight.remove(response.batch())) {
				handleResponse(response, now);
			}
			response = this.responses.poll();
		}
	}

	/**
	 * Remove all records in requests. They must have an outcome.
	 */
	void abandonAll() {
		SendFailure sendFailure = new SendFailure(Reason.CLOSED, "the template was closed", null);
		this.inFlight.forEach((batch) -> this.responseHandler.abandon(batch, sendFailure));
		this.inFlight.clear();
	}

	private void handleResponse(Response response, long now) {
		StreamQueue queue = response.batch().queue();
		queue.onRequestFinished(response.batch());
		this.observer.answered(queue.stream(), Duration.ofNanos(now - response.batch().sentAt()), response.rejected(),
				response.reason());
		try {
			this.responseHandler.handle(response, now);
		}
		catch (Throwable ex) {
			logger.error("Stream '" + queue.stream() + "': a response could not be handled. Its records fail", ex);
			this.responseHandler.abandon(response.batch(),
					new SendFailure(Reason.UNEXPECTED, "the response could not be handled: " + ex, ex));
		}
	}

	private void onResponse(Batch batch, @Nullable PutRecordsResponse received, @Nullable Throwable thrown) {
		Response response;
		try {
			response = Response.of(batch, received, thrown);
		}
		catch (Throwable ex) {
			response = Response.failed(batch, FailureClassifier.ofUnreadableResponse(ex));
		}
		this.responses.add(response);
		this.wakeUp.run();
	}

	/**
	 * Make a request once, even if the executor runs the task twice.
	 */
	private void startRequest(Batch batch) {
		try {
			AtomicBoolean begun = new AtomicBoolean();
			this.context.executor().execute(() -> {
				if (begun.compareAndSet(false, true)) {
					putRecords(batch);
				}
			});
		}
		catch (Throwable ex) {
			batch.response().completeExceptionally(new NotSentException(ex));
		}
	}

	private void putRecords(Batch batch) {
		try {
			CompletableFuture<PutRecordsResponse> pending = this.context.calls().put(batch.request());
			batch.response().whenComplete((response, ex) -> pending.cancel(true));
			pending.whenComplete((response, ex) -> {
				if (ex != null) {
					batch.response().completeExceptionally(ex);
				}
				else {
					batch.response().complete(response);
				}
			});
		}
		catch (Throwable ex) {
			batch.response().completeExceptionally(ex);
		}
	}

	/**
	 * Abandon requests without a response within the delivery timeout, so that they block
	 * neither keys nor other requests. Their records have failed already.
	 * @param now the time of the engine's clock
	 */
	private void abandonTimedOut(long now) {
		for (Batch batch : this.inFlight) {
			if (timesOutAt(batch) > now) {
				return;
			}
			Duration after = this.options.deliveryTimeout();
			SdkClientException timeout = SdkClientException.create("There was no response within " + after);
			if (!batch.response().completeExceptionally(timeout)) {
				this.responses.add(Response.failed(batch, FailureClassifier.ofRequest(timeout)));
				this.wakeUp.run();
			}
		}
	}

	private long timesOutAt(Batch batch) {
		return batch.sentAt() + this.options.deliveryTimeout().toNanos();
	}

}
