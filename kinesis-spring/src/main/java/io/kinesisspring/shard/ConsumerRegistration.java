package io.kinesisspring.shard;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.ConsumerDescription;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.FullJitter;
import io.kinesisspring.scheduling.Futures;

/**
 * Finds the consumer of one stream, registers it if there is none, and waits until it may
 * subscribe. Other workers may do the same at the same time: whatever the service
 * responds, the consumer is looked up again. Confined to the container's loop, and used
 * once.
 */
final class ConsumerRegistration {

	private static final Log logger = LogFactory.getLog(ConsumerRegistration.class);

	/** A consumer usually becomes active, or disappears, within seconds. */
	private static final Duration ACTIVATION_TIMEOUT = Duration.ofMinutes(2);

	/** By then, a limit that a simultaneous start of a fleet has caused is over. */
	private static final Duration LIMIT_TIMEOUT = Duration.ofSeconds(30);

	private final StreamIdentifier stream;

	private final StreamClient client;

	private final FanOutOptions options;

	private final ShardEvents events;

	private final EventLoop loop;

	private final FullJitter backoff;

	private final CompletableFuture<String> registered = new CompletableFuture<>();

	private @Nullable String streamArn;

	private int attempts;

	private boolean waiting;

	private long waitingSince;

	private boolean cancelled;

	ConsumerRegistration(StreamIdentifier stream, StreamClient client, FanOutOptions options, ShardEvents events,
			EventLoop loop) {
		this.stream = stream;
		this.client = client;
		this.options = options;
		this.events = events;
		this.loop = loop;
		this.backoff = new FullJitter(Duration.ofMillis(200), Duration.ofSeconds(5), loop.random());
	}

	/**
	 * Start.
	 * @return completes with the ARN of an active consumer, or exceptionally with the
	 * reason why there is none
	 */
	CompletableFuture<String> begin() {
		find();
		return this.registered;
	}

	/**
	 * Stop looking for the consumer. The returned future never completes.
	 */
	void cancel() {
		this.cancelled = true;
	}

	private String name() {
		return Objects.requireNonNull(this.options.consumerName());
	}

	private void find() {
		if (this.options.consumerArn() != null) {
			find(this.client.consumer(this.options.consumerArn()));
		}
		else if (this.streamArn != null) {
			find(this.client.consumer(this.streamArn, name()));
		}
		else {
			call("DescribeStreamSummary", this.client.arn(this.stream), (arn) -> {
				this.streamArn = arn;
				find();
			}, (ex) -> retryOrGiveUp("DescribeStreamSummary", ex));
		}
	}

	private void find(CompletableFuture<ConsumerDescription> description) {
		call("DescribeStreamConsumer", description, this::whenFound, (ex) -> {
			if (!KinesisFailures.isNotFound(ex)) {
				retryOrGiveUp("DescribeStreamConsumer", ex);
			}
			else if (this.options.consumerArn() != null) {
				giveUp(new KinesisConfigurationException(
						"There is no consumer '" + this.options.consumerArn()
								+ "', which the listener's fan-out options name",
						"Register it, correct the ARN, or leave it out to let the application register one of its own",
						Futures.cause(ex)));
			}
			else {
				register(Objects.requireNonNull(this.streamArn));
			}
		});
	}

	private void whenFound(ConsumerDescription found) {
		if (found.consumerStatus() == ConsumerStatus.ACTIVE) {
			this.registered.complete(found.consumerARN());
			return;
		}
		findLaterWithin(ACTIVATION_TIMEOUT,
				() -> new KinesisException("The consumer '" + found.consumerARN() + "' has been "
						+ found.consumerStatusAsString() + " for " + ACTIVATION_TIMEOUT.toSeconds() + "s", null));
	}

	private void register(String arn) {
		call("RegisterStreamConsumer", this.client.registerConsumer(arn, name()), (accepted) -> {
			logger.info("Stream '" + this.stream + "': registered the consumer '" + name() + "'");
			findLater();
		}, (ex) -> {
			if (KinesisFailures.isLimit(ex)) {
				findLaterWithin(LIMIT_TIMEOUT, () -> limitExceeded(ex));
			}
			else if (KinesisFailures.isInUse(ex) || KinesisFailures.isNotFound(ex)) {
				findLaterWithin(ACTIVATION_TIMEOUT,
						() -> KinesisFailures.explain(ex, "RegisterStreamConsumer", this.stream, anyConsumer()));
			}
			else {
				retryOrGiveUp("RegisterStreamConsumer", ex);
			}
		});
	}

	private KinesisException limitExceeded(Throwable ex) {
		Throwable cause = Futures.cause(ex);
		return new KinesisConfigurationException(
				"The stream '" + this.stream + "' does not accept a further consumer '" + name() + "' ("
						+ cause.getMessage()
						+ "): a stream can have 20 consumers, of which five can be in the state CREATING",
				"Deregister an unused consumer, ask AWS to raise the limit, or set the listener's mode to 'polling'",
				cause);
	}

	private String anyConsumer() {
		return ((this.streamArn != null) ? this.streamArn : "stream/" + this.stream.name()) + "/consumer/*";
	}

	private <T> void call(String action, CompletableFuture<T> call, Consumer<T> whenDone,
			Consumer<Throwable> whenFailed) {
		this.loop.on(ResponseTimeout.apply(call, this.loop), (outcome, ex) -> {
			if (this.cancelled) {
				return;
			}
			if (ex != null && KinesisFailures.isThrottle(ex)) {
				this.events.onThrottled(this.stream.name(), null, action);
			}
			if (ex != null) {
				whenFailed.accept(ex);
			}
			else {
				whenDone.accept(outcome);
			}
		});
	}

	/**
	 * Transient failures are retried without limit.
	 */
	private void retryOrGiveUp(String action, Throwable ex) {
		if (KinesisFailures.isDenied(ex) || !KinesisFailures.isTransient(ex)) {
			giveUp(KinesisFailures.explain(ex, action, this.stream,
					action.equals("DescribeStreamSummary") ? KinesisFailures.arn(this.stream) : anyConsumer()));
			return;
		}
		logger.debug("Stream '" + this.stream + "': " + action + " is retried", ex);
		this.waiting = false;
		findLater();
	}

	/**
	 * States of the consumer that the service reports are polled, up to a timeout.
	 */
	private void findLaterWithin(Duration timeout, Supplier<KinesisException> failure) {
		long now = this.loop.nanoTime();
		if (!this.waiting) {
			this.waiting = true;
			this.waitingSince = now;
		}
		if (now - this.waitingSince < timeout.toNanos()) {
			findLater();
		}
		else {
			giveUp(failure.get());
		}
	}

	private void findLater() {
		this.attempts++;
		this.loop.schedule(Duration.ofNanos(this.backoff.pauseNanos(this.attempts)), () -> {
			if (!this.cancelled) {
				find();
			}
		});
	}

	private void giveUp(KinesisException ex) {
		this.registered.completeExceptionally(ex);
	}

}
