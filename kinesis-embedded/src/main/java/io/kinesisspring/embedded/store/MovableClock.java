package io.kinesisspring.embedded.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that tests may move: records get old, iterators expire and subscriptions end
 * without waiting. Thread-safe.
 *
 * @since 0.1.0
 */
public final class MovableClock implements InstantSource {

	private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

	private final InstantSource base;

	private MovableClock(InstantSource base) {
		this.base = base;
	}

	/**
	 * Create a clock that follows the system's.
	 * @return the clock
	 */
	public static MovableClock system() {
		return new MovableClock(InstantSource.system());
	}

	/**
	 * Create a clock that stands still until it is moved.
	 * @param instant what it shows
	 * @return the clock
	 */
	public static MovableClock standingAt(Instant instant) {
		return new MovableClock(InstantSource.fixed(instant));
	}

	@Override
	public Instant instant() {
		return this.base.instant().plus(this.ahead.get());
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
