package io.kinesisspring.lease;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.scheduling.Futures;

/**
 * Logs when calls begin to fail and when they succeed again, and reports denied calls to
 * the holder. Confined to the coordinator's loop.
 */
final class CoordinationFailureLog {

	private static final Log logger = LogFactory.getLog(LeaseCoordinator.class);

	private static final Set<String> WRITES = Set.of("claim", "release", "join", "wake-up", "handover request",
			"checkpoint");

	private final String worker;

	private final LeaseHolder holder;

	private final Set<String> failing = new HashSet<>();

	private final Set<String> unreadable = new HashSet<>();

	private final Set<String> rejected = new HashSet<>();

	private @Nullable KinesisConfigurationException rejection;

	CoordinationFailureLog(String worker, LeaseHolder holder) {
		this.worker = worker;
		this.holder = holder;
	}

	/**
	 * Report the outcome of a call.
	 * @param operation the name of the call
	 * @param ex the failure, {@code null} if the call succeeded
	 */
	void report(String operation, @Nullable Throwable ex) {
		if (ex == null) {
			if (this.failing.remove(operation)) {
				logger.info("Worker '" + this.worker + "': " + operation + " succeeds again");
			}
			accept(operation);
			return;
		}
		Throwable cause = Futures.cause(ex);
		if (cause instanceof KinesisConfigurationException known) {
			reject(operation, known);
		}
		else if (this.failing.add(operation)) {
			logger.warn("Worker '" + this.worker + "': " + operation + " failed and is retried", cause);
		}
	}

	/**
	 * Record the outcome of a call that another class logs.
	 */
	void recordOutcome(String operation, @Nullable Throwable ex) {
		if (ex == null) {
			accept(operation);
		}
		else if (Futures.cause(ex) instanceof KinesisConfigurationException known) {
			reject(operation, known);
		}
	}

	/**
	 * The holder may stop its container. Otherwise the call is retried.
	 */
	private void reject(String operation, KinesisConfigurationException ex) {
		if (this.rejected.add(kindOf(operation))) {
			this.rejection = ex;
			this.holder.rejected(ex);
		}
	}

	/**
	 * Log each row that cannot be read, once until it can be read again.
	 */
	void unreadable(Map<String, KinesisConfigurationException> rows) {
		this.unreadable.retainAll(rows.keySet());
		rows.forEach((key, ex) -> {
			if (this.unreadable.add(key)) {
				logger.error("Worker '" + this.worker + "' cannot read the row '" + key
						+ "' of the lease table, and continues with the others", ex);
			}
		});
	}

	/**
	 * A heartbeat that succeeds proves that writes are allowed again, including those
	 * that are not repeated for now.
	 */
	private void accept(String operation) {
		boolean accepted = this.rejected.remove(kindOf(operation))
				| (operation.equals("heartbeat") && this.rejected.removeAll(WRITES));
		if (accepted && this.rejected.isEmpty()) {
			this.rejection = null;
			this.holder.accepted();
		}
	}

	/**
	 * Calls that need the same permission recover together.
	 */
	private static String kindOf(String operation) {
		return operation.startsWith("read of") ? "read" : operation;
	}

	/**
	 * Fail if the store denies a call.
	 */
	void assertNotRejected() {
		if (this.rejection != null) {
			throw this.rejection;
		}
	}

}
