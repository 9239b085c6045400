package io.kinesisspring.error;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.invocation.MethodArgumentResolutionException;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.NotRetryable;
import io.kinesisspring.scheduling.Scheduler;

/**
 * Retries a failed delivery with exponential, jittered back-off. The number of attempts
 * is unlimited by default, so no record is skipped. Errors that a retry cannot fix are
 * not retried: {@link NotRetryable}, an invalid payload, an argument that cannot be
 * resolved, a {@link ClassCastException}. Immutable and thread-safe.
 *
 * @since 0.1.0
 */
public final class DefaultErrorHandler implements ErrorHandler {

	private static final double JITTER = 0.2;

	private static final List<Class<?>> NOT_RETRYABLE = List.of(NotRetryable.class, ClassCastException.class,
			MethodArgumentResolutionException.class, MessageConversionException.class);

	private final int maxAttempts;

	private final Duration initialBackoff;

	private final double multiplier;

	private final Duration maxBackoff;

	private final OnExhausted onExhausted;

	private final RandomGenerator random;

	/**
	 * Create a handler with the defaults.
	 */
	public DefaultErrorHandler() {
		this(new Builder());
	}

	private DefaultErrorHandler(Builder builder) {
		this.maxAttempts = builder.maxAttempts;
		this.initialBackoff = builder.initialBackoff;
		this.multiplier = builder.multiplier;
		this.maxBackoff = builder.maxBackoff;
		this.onExhausted = builder.onExhausted;
		this.random = builder.random;
	}

	/**
	 * A builder that starts with the defaults.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * A builder that starts with the settings of this handler.
	 * @return a builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.maxAttempts = this.maxAttempts;
		builder.initialBackoff = this.initialBackoff;
		builder.multiplier = this.multiplier;
		builder.maxBackoff = this.maxBackoff;
		builder.onExhausted = this.onExhausted;
		builder.random = this.random;
		return builder;
	}

	/**
	 * What to do with exhausted records.
	 * @return the option
	 */
	public OnExhausted onExhausted() {
		return this.onExhausted;
	}

	@Override
	public ErrorDecision handle(DeliveryFailure failure) {
		if (failure.attempts() >= this.maxAttempts || !isRetryable(failure.exception())) {
			return this.onExhausted.decision();
		}
		return ErrorDecision.retry(pauseAfter(failure.attempts()));
	}

	/**
	 * The back-off after an attempt.
	 * @param attempts the number of attempts so far
	 * @return a random back-off, up to 20 percent shorter than the multiplied one
	 */
	public Duration pauseAfter(int attempts) {
		double pause = this.initialBackoff.toMillis() * Math.pow(this.multiplier, attempts - 1.0);
		double bounded = Math.min(this.maxBackoff.toMillis(), pause);
		double jittered = bounded * (1 - JITTER * this.random.nextDouble());
		return Duration.ofMillis(Math.max(1, Math.round(jittered)));
	}

	private static boolean isRetryable(Throwable ex) {
		return NOT_RETRYABLE.stream().noneMatch((type) -> type.isInstance(ex));
	}

	/**
	 * Builds a {@link DefaultErrorHandler}. Not thread-safe.
	 */
	public static final class Builder {

		private int maxAttempts = Integer.MAX_VALUE;

		private Duration initialBackoff = Duration.ofMillis(200);

		private double multiplier = 2;

		private Duration maxBackoff = Duration.ofSeconds(30);

		private OnExhausted onExhausted = OnExhausted.STOP_SHARD;

		private RandomGenerator random = Scheduler.system().random();

		private Builder() {
		}

		/**
		 * Set the maximum number of attempts.
		 * @param maxAttempts 1 or more; no limit by default
		 * @return this builder
		 */
		public Builder maxAttempts(int maxAttempts) {
			this.maxAttempts = maxAttempts;
			return this;
		}

		/**
		 * Set the back-off before the second attempt.
		 * @param initialBackoff 1 millisecond or more; 200 milliseconds by default
		 * @return this builder
		 */
		public Builder initialBackoff(Duration initialBackoff) {
			this.initialBackoff = initialBackoff;
			return this;
		}

		/**
		 * Set the factor by which the back-off grows.
		 * @param multiplier 1 or more; 2 by default
		 * @return this builder
		 */
		public Builder multiplier(double multiplier) {
			this.multiplier = multiplier;
			return this;
		}

		/**
		 * Set the maximum back-off.
		 * @param maxBackoff the initial backoff or more; 30 seconds by default
		 * @return this builder
		 */
		public Builder maxBackoff(Duration maxBackoff) {
			this.maxBackoff = maxBackoff;
			return this;
		}

		/**
		 * Set what to do with exhausted records.
		 * @param onExhausted the option; {@link OnExhausted#STOP_SHARD} by default
		 * @return this builder
		 */
		public Builder onExhausted(OnExhausted onExhausted) {
			this.onExhausted = onExhausted;
			return this;
		}

		/**
		 * Set what chooses the random part of the pauses, for tests that repeat them.
		 * @param random a thread-safe generator; the JVM's own by default
		 * @return this builder
		 */
		public Builder random(RandomGenerator random) {
			this.random = random;
			return this;
		}

		/**
		 * Build the handler.
		 * @return the handler
		 * @throws InvalidOptionException if a value is out of its range
		 */
		public DefaultErrorHandler build() {
			check("{maxAttempts} is " + this.maxAttempts, this.maxAttempts >= 1, "1 or more");
			check("{initialBackoff} is " + this.initialBackoff.toMillis() + "ms", this.initialBackoff.toMillis() >= 1,
					"1ms or more, so that a failing record is not delivered in a hot loop");
			check("{multiplier} is " + this.multiplier, this.multiplier >= 1, "1 or more");
			check("{maxBackoff} is " + this.maxBackoff.toMillis() + "ms, below the initial back-off of "
					+ this.initialBackoff.toMillis() + "ms", this.maxBackoff.compareTo(this.initialBackoff) >= 0,
					"{initialBackoff} or more");
			return new DefaultErrorHandler(this);
		}

		private static void check(String value, boolean valid, String remedy) {
			if (!valid) {
				throw new InvalidOptionException(InvalidOptionException.Group.ERROR, value, "Set it to " + remedy);
			}
		}

	}

}
