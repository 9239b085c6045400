package io.kinesisspring.scheduling;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits even if the thread is interrupted, and restores the interrupt afterwards.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class Uninterruptibles {

	private Uninterruptibles() {
	}

	/**
	 * Wait for a latch.
	 * @param latch the latch
	 * @param timeout how long to wait
	 * @return whether the latch has reached zero
	 */
	public static boolean awaitUninterruptibly(CountDownLatch latch, Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
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
