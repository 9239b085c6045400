package io.kinesisspring.embedded;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The system clock, ahead by what a test wants: records get old, iterators expire and
 * subscriptions end without waiting. Thread-safe.
 *
 * @since 0.1.0
 */
public final class MovableClock implements InstantSource {

	private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

	@Override
	public Instant instant() {
		return Instant.now().plus(this.ahead.get());
	}

	/**
	 * Move this clock.
	 * @param duration how far, not back
	 */
	public void advance(Duration duration) {
		if (duration.isNegative()) {
			throw new IllegalArgumentException("'duration' must not be negative");
		}
		this.ahead.updateAndGet((current) -> current.plus(duration));
	}

}
