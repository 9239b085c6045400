package io.kinesisspring.producer;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import io.micrometer.observation.Observation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.observation.KinesisSendContext;

/**
 * Observes sends, from the call to the outcome. Thread-safe.
 */
final class ObservedSends {

	private static final Log logger = LogFactory.getLog(ObservedSends.class);

	private final AtomicBoolean failing = new AtomicBoolean();

	private final KinesisObservations observations;

	private final boolean headersTravel;

	ObservedSends(KinesisObservations observations, ProducerOptions options) {
		this.observations = observations;
		this.headersTravel = options.headers() == HeaderMode.ENVELOPE;
	}

	boolean isNoop() {
		return this.observations.isNoop();
	}

	/**
	 * Observe a send.
	 * @param stream the name or the ARN of the stream
	 * @param partitionKey the partition key, if one is given
	 * @param sending sends the record with these headers, in the scope of the observation
	 * @return completes with the outcome, once the observation has ended
	 */
	CompletableFuture<SendResult> around(String stream, @Nullable String partitionKey,
			Function<Map<String, String>, CompletableFuture<SendResult>> sending) {
		KinesisSendContext context = new KinesisSendContext(stream, partitionKey, this.headersTravel);
		Sending sent = new Sending(sending, context);
		Observation observation;
		try {
			observation = this.observations.start(context);
		}
		catch (Throwable ex) {
			mention(ex);
			return sent.get();
		}
		try {
			observation.scoped(sent::run);
		}
		catch (Throwable ex) {
			mention(ex);
		}
		CompletableFuture<SendResult> outcome = new CompletableFuture<>();
		sent.get().whenComplete((result, failure) -> end(observation, context, result, failure, outcome));
		return outcome;
	}

	private void end(Observation observation, KinesisSendContext context, @Nullable SendResult result,
			@Nullable Throwable failure, CompletableFuture<SendResult> outcome) {
		try {
			if (result != null) {
				context.stored(new KinesisSendContext.Stored(result.shardId(), result.sequenceNumber().toString(),
						result.attempts()));
			}
			if (failure != null) {
				observation.error(failure);
			}
			observation.stop();
			if (this.failing.get()) {
				this.failing.set(false);
			}
		}
		catch (Throwable ex) {
			mention(ex);
		}
		finally {
			if (failure != null) {
				outcome.completeExceptionally(failure);
			}
			else {
				outcome.complete(result);
			}
		}
	}

	private void mention(Throwable ex) {
		if (this.failing.compareAndSet(false, true)) {
			logger.warn("Sends are not observed, as an observation handler or a convention failed", ex);
		}
	}

	/**
	 * One send, which is done once, be it observed or not.
	 */
	private static final class Sending implements Runnable {

		private final Function<Map<String, String>, CompletableFuture<SendResult>> sending;

		private final KinesisSendContext context;

		private @Nullable CompletableFuture<SendResult> sent;

		Sending(Function<Map<String, String>, CompletableFuture<SendResult>> sending, KinesisSendContext context) {
			this.sending = sending;
			this.context = context;
		}

		@Override
		public void run() {
			this.sent = this.sending.apply(this.context.headers());
		}

		CompletableFuture<SendResult> get() {
			if (this.sent == null) {
				run();
			}
			return Objects.requireNonNull(this.sent);
		}

	}

}
