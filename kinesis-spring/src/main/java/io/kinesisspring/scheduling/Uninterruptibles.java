package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits though the thread is interrupted, and leaves it so. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Uninterruptibles {

	private Uninterruptibles() {
	}

	/**
	 * Wait for a latch.
	 * @param latch what to wait for
	 * @param atMost how long
	 * @return whether the latch has come down to zero
	 */
	public static boolean uninterruptibly(CountDownLatch latch, Duration atMost) {
		long deadline = System.nanoTime() + atMost.toNanos();
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
