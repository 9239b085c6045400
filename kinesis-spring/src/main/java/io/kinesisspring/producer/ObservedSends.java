package io.kinesisspring.producer;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.observation.KinesisSendContext;

/**
 * Observes sends, from the call to the outcome. Thread-safe.
 */
final class ObservedSends {

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
		Observation observation = this.observations.start(context);
		CompletableFuture<SendResult> sent;
		try {
			sent = observation.scoped(() -> sending.apply(context.headers()));
		}
		catch (Throwable ex) {
			observation.stop();
			throw ex;
		}
		CompletableFuture<SendResult> outcome = new CompletableFuture<>();
		sent.whenComplete((result, failure) -> end(observation, context, result, failure, outcome));
		return outcome;
	}

	private static void end(Observation observation, KinesisSendContext context, @Nullable SendResult result,
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

}
