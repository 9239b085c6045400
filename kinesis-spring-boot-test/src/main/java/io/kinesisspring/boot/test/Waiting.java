package io.kinesisspring.boot.test;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Asks for something again and again until it is there.
 */
final class Waiting {

	private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(20);

	private Waiting() {
	}

	/**
	 * Wait for a value.
	 * @throws AssertionError if it is not there in time, with what is missing
	 * @throws IllegalStateException if the thread is interrupted, which it stays
	 */
	static <T> T forValue(Duration timeout, Supplier<Result<T>> attempt) {
		long start = System.nanoTime();
		while (true) {
			Result<T> result = attempt.get();
			if (result.value() != null) {
				return result.value();
			}
			if (System.nanoTime() - start >= timeout.toNanos()) {
				throw new AssertionError(result.missing() + ", after " + timeout.toMillis() + " ms", result.cause());
			}
			LockSupport.parkNanos(INTERVAL);
			if (Thread.currentThread().isInterrupted()) {
				throw new IllegalStateException("Interrupted while waiting: " + result.missing());
			}
		}
	}

	/**
	 * What an attempt has found.
	 *
	 * @param <T> the type of the value
	 * @param value the value, or {@code null} if it is not there
	 * @param missing what is missing
	 * @param cause a reason, if there is one
	 */
	record Result<T>(@Nullable T value, String missing, @Nullable Throwable cause) {

		static <T> Result<T> of(T value) {
			return new Result<>(value, "", null);
		}

		static <T> Result<T> missing(String missing) {
			return missing(missing, null);
		}

		static <T> Result<T> missing(String missing, @Nullable Throwable cause) {
			return new Result<>(null, missing, cause);
		}

	}

}
