package io.kinesisspring.lease;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Calls of what others have written, which may throw where they should fail.
 */
final class GuardedCalls {

	private GuardedCalls() {
	}

	/**
	 * Make a call, so that nothing is thrown whatever happens.
	 */
	static <T extends @Nullable Object> CompletableFuture<T> safely(Supplier<CompletableFuture<T>> call) {
		try {
			return call.get();
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
