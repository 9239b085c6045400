package io.kinesisspring.error;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Delivers again without end, with exponentially growing and jittered pauses: nothing is
 * ever skipped. Thread-safe.
 *
 * @since 0.1.0
 */
public final class DefaultErrorHandler implements ErrorHandler {

	/** The default of the first pause: 200 milliseconds. */
	public static final Duration DEFAULT_INITIAL_BACKOFF = Duration.ofMillis(200);

	/** The default of the factor from pause to pause. */
	public static final double DEFAULT_MULTIPLIER = 2;

	/** The default of the longest pause: 30 seconds. */
	public static final Duration DEFAULT_MAX_BACKOFF = Duration.ofSeconds(30);

	private static final double JITTER = 0.2;

	private final Duration initialBackoff;

	private final double multiplier;

	private final Duration maxBackoff;

	/**
	 * Create a handler with the defaults.
	 */
	public DefaultErrorHandler() {
		this(DEFAULT_INITIAL_BACKOFF, DEFAULT_MULTIPLIER, DEFAULT_MAX_BACKOFF);
	}

	/**
	 * Create a handler.
	 * @param initialBackoff the pause before the second attempt; more than zero
	 * @param multiplier the factor from pause to pause, 1 or more
	 * @param maxBackoff the longest pause
	 */
	public DefaultErrorHandler(Duration initialBackoff, double multiplier, Duration maxBackoff) {
		if (initialBackoff.toMillis() < 1) {
			throw new KinesisConfigurationException(
					"kinesis.consumer.error.initial-backoff is " + initialBackoff.toMillis() + "ms",
					"Set it to 1ms or more, so that a failing record is not delivered in a hot loop");
		}
		if (multiplier < 1) {
			throw new KinesisConfigurationException("kinesis.consumer.error.multiplier is " + multiplier,
					"Set it to 1 or more");
		}
		if (maxBackoff.compareTo(initialBackoff) < 0) {
			throw new KinesisConfigurationException(
					"kinesis.consumer.error.max-backoff is " + maxBackoff.toMillis()
							+ "ms, below the initial backoff of " + initialBackoff.toMillis() + "ms",
					"Set it to kinesis.consumer.error.initial-backoff or more");
		}
		this.initialBackoff = initialBackoff;
		this.multiplier = multiplier;
		this.maxBackoff = maxBackoff;
	}

	@Override
	public ErrorDecision handle(DeliveryFailure failure) {
		double pause = this.initialBackoff.toMillis() * Math.pow(this.multiplier, failure.attempts() - 1.0);
		double bounded = Math.min(this.maxBackoff.toMillis(), pause);
		double jittered = bounded * (1 - JITTER * ThreadLocalRandom.current().nextDouble());
		return ErrorDecision.retry(Duration.ofMillis(Math.max(1, Math.round(jittered))));
	}

}
