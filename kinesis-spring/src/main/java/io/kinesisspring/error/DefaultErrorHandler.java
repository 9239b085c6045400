package io.kinesisspring.error;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.invocation.MethodArgumentResolutionException;
import org.springframework.util.Assert;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.BackOffExecution;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.NotRetryable;
import io.kinesisspring.scheduling.Scheduler;

/**
 * Retries a failed delivery with exponential, jittered back-off. The number of attempts
 * is unlimited by default, so no record is skipped. Errors that a retry cannot fix are
 * not retried: {@link NotRetryable}, an invalid payload, an argument that cannot be
 * resolved, a {@link ClassCastException}, and those that the application names. Immutable
 * and thread-safe.
 *
 * @since 0.1.0
 */
public final class DefaultErrorHandler implements ErrorHandler {

	private static final double JITTER = 0.2;

	private static final List<Class<?>> NOT_RETRYABLE = List.of(NotRetryable.class, ClassCastException.class,
			MethodArgumentResolutionException.class, MessageConversionException.class);

	private final int maxAttempts;

	private final Duration initialInterval;

	private final double multiplier;

	private final Duration maxInterval;

	private final OnExhausted onExhausted;

	private final @Nullable RecordRecoverer recoverer;

	private final @Nullable BackOff backOff;

	private final @Nullable RetryPolicy retryPolicy;

	private final List<Class<? extends Throwable>> retryable;

	private final List<Class<? extends Throwable>> notRetryable;

	private final RandomGenerator random;

	/**
	 * Create a handler with the defaults.
	 */
	public DefaultErrorHandler() {
		this(new Builder());
	}

	private DefaultErrorHandler(Builder builder) {
		this.maxAttempts = builder.maxAttempts;
		this.initialInterval = builder.initialInterval;
		this.multiplier = builder.multiplier;
		this.maxInterval = builder.maxInterval;
		this.onExhausted = builder.onExhausted;
		this.recoverer = builder.recoverer;
		this.backOff = builder.backOff;
		this.retryPolicy = builder.retryPolicy;
		this.retryable = builder.retryable;
		this.notRetryable = builder.notRetryable;
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
		builder.initialInterval = this.initialInterval;
		builder.multiplier = this.multiplier;
		builder.maxInterval = this.maxInterval;
		builder.onExhausted = this.onExhausted;
		builder.recoverer = this.recoverer;
		builder.backOff = this.backOff;
		builder.retryPolicy = this.retryPolicy;
		builder.retryable = this.retryable;
		builder.notRetryable = this.notRetryable;
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

	/**
	 * The recoverer of this handler, which replaces that of the listener.
	 * @return the recoverer, or {@code null} if the handler has none of its own
	 */
	public @Nullable RecordRecoverer recoverer() {
		return this.recoverer;
	}

	@Override
	public ErrorDecision handle(DeliveryFailure failure) {
		if (failure.attempts() >= this.maxAttempts || !isRetryable(failure.exception())) {
			return exhausted();
		}
		Duration pause = pauseAfter(failure.attempts());
		return (pause != null) ? ErrorDecision.retry(pause) : exhausted();
	}

	private ErrorDecision exhausted() {
		return (this.recoverer != null) ? ErrorDecision.recover(this.recoverer) : this.onExhausted.decision();
	}

	/**
	 * The back-off after an attempt.
	 * @param attempts the number of attempts so far
	 * @return a random back-off, up to 20 percent shorter than the multiplied one, or
	 * that of the application's back-off; {@code null} if the back-off has ended
	 */
	@Nullable Duration pauseAfter(int attempts) {
		if (this.backOff != null) {
			return pauseAfter(attempts, this.backOff.start());
		}
		double pause = this.initialInterval.toMillis() * Math.pow(this.multiplier, attempts - 1.0);
		double bounded = Math.min(this.maxInterval.toMillis(), pause);
		double jittered = bounded * (1 - JITTER * this.random.nextDouble());
		return Duration.ofMillis(Math.max(1, Math.round(jittered)));
	}

	/**
	 * An attempt knows its number only, so that the back-off begins anew each time.
	 */
	private static @Nullable Duration pauseAfter(int attempts, BackOffExecution execution) {
		long pause = BackOffExecution.STOP;
		for (int i = 0; i < attempts; i++) {
			pause = execution.nextBackOff();
			if (pause == BackOffExecution.STOP) {
				return null;
			}
		}
		return Duration.ofMillis(Math.max(1, pause));
	}

	private boolean isRetryable(Throwable ex) {
		return NOT_RETRYABLE.stream().noneMatch((type) -> type.isInstance(ex)) && !hasCause(ex, this.notRetryable)
				&& (this.retryable.isEmpty() || hasCause(ex, this.retryable))
				&& (this.retryPolicy == null || this.retryPolicy.shouldRetry(ex));
	}

	/**
	 * Whether an exception or one of its causes is of one of the types. Causes can form a
	 * circle.
	 */
	private static boolean hasCause(Throwable ex, List<Class<? extends Throwable>> types) {
		if (types.isEmpty()) {
			return false;
		}
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		for (Throwable cause = ex; cause != null && seen.add(cause); cause = cause.getCause()) {
			if (isInstance(cause, types)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isInstance(Throwable ex, List<Class<? extends Throwable>> types) {
		return types.stream().anyMatch((type) -> type.isInstance(ex));
	}

	/**
	 * Builds a {@link DefaultErrorHandler}. Not thread-safe.
	 */
	public static final class Builder {

		private int maxAttempts = Integer.MAX_VALUE;

		private Duration initialInterval = Duration.ofMillis(200);

		private double multiplier = 2;

		private Duration maxInterval = Duration.ofSeconds(30);

		private OnExhausted onExhausted = OnExhausted.STOP_SHARD;

		private @Nullable RecordRecoverer recoverer;

		private @Nullable BackOff backOff;

		private @Nullable RetryPolicy retryPolicy;

		private List<Class<? extends Throwable>> retryable = List.of();

		private List<Class<? extends Throwable>> notRetryable = List.of();

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
		 * Set the back-off before the second attempt. Replaces a {@link #backOff}.
		 * @param initialInterval 1 millisecond or more; 200 milliseconds by default
		 * @return this builder
		 */
		public Builder initialInterval(Duration initialInterval) {
			this.backOff = null;
			this.initialInterval = initialInterval;
			return this;
		}

		/**
		 * Set the factor by which the back-off grows. Replaces a {@link #backOff}.
		 * @param multiplier 1 or more; 2 by default
		 * @return this builder
		 */
		public Builder multiplier(double multiplier) {
			this.backOff = null;
			this.multiplier = multiplier;
			return this;
		}

		/**
		 * Set the maximum back-off. Replaces a {@link #backOff}.
		 * @param maxInterval the initial interval or more; 30 seconds by default
		 * @return this builder
		 */
		public Builder maxInterval(Duration maxInterval) {
			this.backOff = null;
			this.maxInterval = maxInterval;
			return this;
		}

		/**
		 * Set the pauses, and after how many of them no attempt is left, by a back-off of
		 * Spring Framework. {@link #maxAttempts} applies as well. Each attempt starts a
		 * new execution of the back-off, so it must depend on nothing but its calls.
		 * @param backOff the back-off, which must be thread-safe; pauses below 1
		 * millisecond count as 1 millisecond
		 * @return this builder
		 */
		public Builder backOff(BackOff backOff) {
			Assert.notNull(backOff, "'backOff' must not be null");
			this.backOff = backOff;
			return this;
		}

		/**
		 * Set the pauses, the number of retries and the exceptions to retry by a policy
		 * of Spring Framework. {@link #maxAttempts}, {@link #retryOn} and
		 * {@link #notRetryOn} apply as well.
		 * @param retryPolicy the policy, which must be thread-safe and have no timeout
		 * @return this builder
		 */
		public Builder retryPolicy(RetryPolicy retryPolicy) {
			Assert.notNull(retryPolicy, "'retryPolicy' must not be null");
			this.retryPolicy = retryPolicy;
			return backOff(retryPolicy.getBackOff());
		}

		/**
		 * Set the exceptions that are retried. All others are not. A type applies to its
		 * subtypes, and to exceptions with such a cause.
		 * @param types the types; all by default
		 * @return this builder
		 */
		@SafeVarargs
		@SuppressWarnings("varargs")
		public final Builder retryOn(Class<? extends Throwable>... types) {
			this.retryable = List.of(types);
			return this;
		}

		/**
		 * Set exceptions that are not retried, in addition to those that a retry cannot
		 * fix. A type applies to its subtypes, and to exceptions with such a cause. These
		 * types win over {@link #retryOn}.
		 * @param types the types; none by default
		 * @return this builder
		 */
		@SafeVarargs
		@SuppressWarnings("varargs")
		public final Builder notRetryOn(Class<? extends Throwable>... types) {
			return notRetryOn(List.of(types));
		}

		/**
		 * Set exceptions that are not retried, in addition to those that a retry cannot
		 * fix.
		 * @param types the types; none by default
		 * @return this builder
		 * @see #notRetryOn(Class...)
		 */
		public Builder notRetryOn(List<Class<? extends Throwable>> types) {
			this.notRetryable = List.copyOf(types);
			return this;
		}

		/**
		 * Set what to do when another attempt would not help. {@link OnExhausted#SKIP}
		 * and {@link OnExhausted#STOP_SHARD} remove a {@link #recoverer}.
		 * @param onExhausted what to do; {@link OnExhausted#STOP_SHARD} by default
		 * @return this builder
		 */
		public Builder onExhausted(OnExhausted onExhausted) {
			this.onExhausted = onExhausted;
			this.recoverer = (onExhausted == OnExhausted.DEAD_LETTER) ? this.recoverer : null;
			return this;
		}

		/**
		 * Set what takes the records for which another attempt would not help, instead of
		 * the listener's recoverer. Sets {@link OnExhausted#DEAD_LETTER}, too.
		 * @param recoverer the recoverer; {@code null}, the default, for that of the
		 * listener
		 * @return this builder
		 */
		public Builder recoverer(@Nullable RecordRecoverer recoverer) {
			this.onExhausted = OnExhausted.DEAD_LETTER;
			this.recoverer = recoverer;
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
			check("{initialInterval} is " + this.initialInterval.toMillis() + "ms",
					this.initialInterval.toMillis() >= 1,
					"1ms or more, so that a failing record is not delivered in a hot loop");
			check("{multiplier} is " + this.multiplier, this.multiplier >= 1, "1 or more");
			check("{maxInterval} is " + this.maxInterval.toMillis() + "ms, below the initial interval of "
					+ this.initialInterval.toMillis() + "ms", this.maxInterval.compareTo(this.initialInterval) >= 0,
					"{initialInterval} or more");
			if (this.retryPolicy != null) {
				Duration timeout = this.retryPolicy.getTimeout();
				check("{retryPolicy} has a timeout of " + timeout.toMillis() + "ms", timeout.isZero(),
						"a policy without a timeout; limit its retries");
			}
			return new DefaultErrorHandler(this);
		}

		private static void check(String value, boolean valid, String remedy) {
			if (!valid) {
				throw new InvalidOptionException(InvalidOptionException.Group.RETRY, value, "Set it to " + remedy);
			}
		}

	}

}
