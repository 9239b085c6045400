package io.kinesisspring.producer;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits though the thread is interrupted, and leaves it so.
 */
final class Waiting {

	private Waiting() {
	}

	static boolean uninterruptibly(CountDownLatch latch, Duration atMost) {
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
