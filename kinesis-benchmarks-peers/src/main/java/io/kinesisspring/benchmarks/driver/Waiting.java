package io.kinesisspring.benchmarks.driver;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits without weight: by looking once a millisecond.
 */
public final class Waiting {

	private static final long LOOK_NANOS = Duration.ofMillis(1).toNanos();

	private Waiting() {
	}

	/**
	 * Wait.
	 * @param condition for what
	 * @param atMost for how long
	 * @return whether it came true
	 */
	public static boolean until(BooleanSupplier condition, Duration atMost) {
		long end = System.nanoTime() + atMost.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - end > 0) {
				return false;
			}
			LockSupport.parkNanos(LOOK_NANOS);
		}
		return true;
	}

	/**
	 * Wait for a moment.
	 * @param nanos when, by {@link System#nanoTime()}
	 */
	public static void untilNanos(long nanos) {
		long left = nanos - System.nanoTime();
		while (left > 0) {
			LockSupport.parkNanos(left);
			left = nanos - System.nanoTime();
		}
	}

}
