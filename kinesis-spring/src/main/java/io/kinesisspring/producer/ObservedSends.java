package io.kinesisspring.producer;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.observation.Observation;
import io.micrometer.observation.Observation.Scope;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.observation.KinesisSendContext;

/**
 * Observes sends, from the call to the outcome. If an observation fails, the record is
 * sent all the same. Thread-safe.
 */
final class ObservedSends {

	private static final Log logger = LogFactory.getLog(ObservedSends.class);

	private final AtomicBoolean failing = new AtomicBoolean();

	private final KinesisObservations observations;

	private final boolean sendHeaders;

	ObservedSends(KinesisObservations observations, ProducerOptions options) {
		this.observations = observations;
		this.sendHeaders = options.headerMode() == HeaderMode.ENVELOPE;
	}

	boolean isNoop() {
		return this.observations.isNoop();
	}

	/**
	 * Start to observe a send, and open the scope of the observation.
	 * @param stream the name or the ARN of the stream
	 * @param partitionKey the partition key, if one is given
	 * @return the observed send, whose scope must be closed on this thread
	 */
	ObservedSend start(String stream, @Nullable String partitionKey) {
		KinesisSendContext context = new KinesisSendContext(stream, partitionKey, this.sendHeaders);
		Observation observation = null;
		Scope scope = null;
		try {
			observation = this.observations.start(context);
			scope = observation.openScope();
		}
		catch (Throwable ex) {
			logOnce(ex);
		}
		return new ObservedSend(context, observation, scope);
	}

	private void logOnce(Throwable ex) {
		if (this.failing.compareAndSet(false, true)) {
			logger.warn("Sends are not observed, because an observation handler or a convention failed", ex);
		}
	}

	/**
	 * One send. Closing it closes the scope of its observation.
	 */
	final class ObservedSend implements AutoCloseable {

		private final KinesisSendContext context;

		private final @Nullable Observation observation;

		private final @Nullable Scope scope;

		ObservedSend(KinesisSendContext context, @Nullable Observation observation, @Nullable Scope scope) {
			this.context = context;
			this.observation = observation;
			this.scope = scope;
		}

		/**
		 * Return the headers that carry the trace.
		 * @return the headers, empty if headers are not sent
		 */
		Map<String, String> headers() {
			return this.context.headers();
		}

		@Override
		public void close() {
			if (this.scope != null) {
				try {
					this.scope.close();
				}
				catch (Throwable ex) {
					logOnce(ex);
				}
			}
		}

		/**
		 * Stop the observation when the record has an outcome.
		 * @param sent completes with the outcome
		 * @return completes with the outcome, after the observation has stopped
		 */
		CompletableFuture<SendResult> stopAfter(CompletableFuture<SendResult> sent) {
			Observation started = this.observation;
			if (started == null) {
				return sent;
			}
			CompletableFuture<SendResult> outcome = new CompletableFuture<>();
			sent.whenComplete((result, failure) -> {
				try {
					stop(started, result, failure);
				}
				catch (Throwable ex) {
					logOnce(ex);
				}
				finally {
					if (failure != null) {
						outcome.completeExceptionally(failure);
					}
					else {
						outcome.complete(result);
					}
				}
			});
			return outcome;
		}

		private void stop(Observation started, @Nullable SendResult result, @Nullable Throwable failure) {
			if (result != null) {
				this.context.stored(new KinesisSendContext.Stored(result.shardId(), result.sequenceNumber().toString(),
						result.attempts()));
			}
			if (failure != null) {
				started.error(failure);
			}
			started.stop();
			if (ObservedSends.this.failing.get()) {
				ObservedSends.this.failing.set(false);
			}
		}

	}

}
