package io.kinesisspring.shard;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Futures;

/**
 * The access by fan-out that all shards of a stream share: the registered consumer, or
 * the reason why there is none. Confined to the container's loop.
 */
final class FanOutAccess {

	private static final Log logger = LogFactory.getLog(FanOutAccess.class);

	private final StreamIdentifier stream;

	private final StreamClient client;

	private final FanOutOptions options;

	private final ShardEvents events;

	private final EventLoop loop;

	private @Nullable ConsumerRegistration registration;

	private CompletableFuture<String> consumer = new CompletableFuture<>();

	private @Nullable KinesisException fallbackReason;

	FanOutAccess(StreamIdentifier stream, StreamClient client, FanOutOptions options, ShardEvents events,
			EventLoop loop) {
		this.stream = stream;
		this.client = client;
		this.options = options;
		this.events = events;
		this.loop = loop;
	}

	/**
	 * Find or register the consumer.
	 * @return completes when the consumer is active, or when the stream is polled
	 * instead; exceptionally when neither is possible
	 */
	CompletableFuture<Void> open() {
		register();
		return this.consumer.handleAsync((arn, ex) -> {
			if (ex != null && !fallBackToPolling(toKinesisException(ex))) {
				throw toKinesisException(ex);
			}
			return null;
		}, this.loop);
	}

	private void register() {
		this.registration = new ConsumerRegistration(this.stream, this.client, this.options, this.events, this.loop);
		this.consumer = this.registration.begin();
	}

	private static KinesisException toKinesisException(Throwable ex) {
		return (Futures.cause(ex) instanceof KinesisException exception) ? exception
				: new KinesisException("The consumer could not be registered", ex);
	}

	/**
	 * The consumer to subscribe with.
	 * @return completes with its ARN; exceptionally with the reason why there is none
	 */
	CompletableFuture<String> consumer() {
		return this.consumer;
	}

	/**
	 * The service does not know a consumer, or a shard: look for the consumer again, and
	 * register it if it is gone.
	 * @param unknown the consumer
	 */
	CompletableFuture<String> refreshConsumer(String unknown) {
		if (this.consumer.isDone() && !this.consumer.isCompletedExceptionally()
				&& unknown.equals(this.consumer.join())) {
			logger.debug("Stream '" + this.stream + "': looking for the consumer '" + unknown + "' again");
			register();
		}
		return this.consumer;
	}

	/**
	 * Look for the consumer again if none was available. One of the shards tries.
	 */
	void retryRegistration() {
		if (this.consumer.isCompletedExceptionally()) {
			register();
		}
	}

	/**
	 * Poll the stream if fan-out is not available and polling is the fallback.
	 * @return whether the stream is polled from now on
	 */
	boolean fallBackToPolling(KinesisException reason) {
		if (this.options.fallback() == FanOutFallback.FAIL) {
			return false;
		}
		if (this.fallbackReason == null) {
			this.fallbackReason = reason;
			logger.warn("Stream '" + this.stream + "' is polled until the next start, with the same checkpoints: "
					+ "it cannot be read by fan-out, and the listener's fallback is 'polling'", reason);
		}
		return true;
	}

	/**
	 * Whether the stream is polled as a fallback.
	 */
	boolean isPolled() {
		return this.fallbackReason != null;
	}

	/**
	 * How long a subscription may be silent.
	 */
	Duration silentAfter() {
		return this.options.silentAfter();
	}

	/**
	 * Stop looking for the consumer.
	 */
	void close() {
		if (this.registration != null) {
			this.registration.cancel();
		}
	}

	/**
	 * Deregister the consumer, if one is in use.
	 */
	CompletableFuture<Void> deregister() {
		if (isPolled() || !this.consumer.isDone() || this.consumer.isCompletedExceptionally()) {
			return CompletableFuture.completedFuture(null);
		}
		String arn = this.consumer.join();
		return this.client.deregisterConsumer(arn).handle((done, ex) -> {
			if (ex != null && !KinesisFailures.isNotFound(ex)) {
				logger.warn("The consumer '" + arn + "' could not be deregistered and still causes costs",
						KinesisFailures.explain(ex, "DeregisterStreamConsumer", this.stream, arn));
			}
			else {
				logger.info("Deregistered the consumer '" + arn + "'");
			}
			return null;
		});
	}

}
