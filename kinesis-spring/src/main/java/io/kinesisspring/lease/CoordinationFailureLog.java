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
 * Logs failed calls, once when a failure begins and once when it is over, and reports
 * denied calls to the holder. Confined to the coordinator's loop.
 */
final class CoordinationFailureLog {

	private static final Log logger = LogFactory.getLog(LeaseCoordinator.class);

	private static final Set<String> WRITES = Set.of("claim", "release", "join", "wake-up", "handover request",
			"checkpoint");

	private final String worker;

	private final LeaseHolder holder;

	private final Set<String> failing = new HashSet<>();

	private final Set<String> unreadable = new HashSet<>();

	private final Set<String> refused = new HashSet<>();

	private @Nullable KinesisConfigurationException refusal;

	CoordinationFailureLog(String worker, LeaseHolder holder) {
		this.worker = worker;
		this.holder = holder;
	}

	/**
	 * Report the outcome of a call.
	 * @param what the thing
	 * @param ex what it failed with, {@code null} if it went well
	 */
	void report(String what, @Nullable Throwable ex) {
		if (ex == null) {
			if (this.failing.remove(what)) {
				logger.info("Worker '" + this.worker + "': " + what + " works again");
			}
			accept(what);
			return;
		}
		Throwable cause = Futures.cause(ex);
		if (cause instanceof KinesisConfigurationException known) {
			refuse(what, known);
		}
		else if (this.failing.add(what)) {
			logger.warn("Worker '" + this.worker + "': " + what + " failed and is tried again", cause);
		}
	}

	/**
	 * Record the outcome of a call that another class logs.
	 */
	void recordOutcome(String what, @Nullable Throwable ex) {
		if (ex == null) {
			accept(what);
		}
		else if (Futures.cause(ex) instanceof KinesisConfigurationException known) {
			refuse(what, known);
		}
	}

	/**
	 * The holder may stop its container. Otherwise the call is retried.
	 */
	private void refuse(String what, KinesisConfigurationException ex) {
		if (this.refused.add(kindOf(what))) {
			this.refusal = ex;
			this.holder.refused(ex);
		}
	}

	/**
	 * Log the rows that cannot be read, each once until it can be read again.
	 */
	void unreadable(Map<String, KinesisConfigurationException> rows) {
		this.unreadable.retainAll(rows.keySet());
		rows.forEach((key, ex) -> {
			if (this.unreadable.add(key)) {
				logger.error("Worker '" + this.worker + "' leaves the row '" + key
						+ "' of the lease table alone and goes on with the others", ex);
			}
		});
	}

	/**
	 * A heartbeat that succeeds proves that writes are allowed again, including those
	 * that are not repeated for now.
	 */
	private void accept(String what) {
		boolean accepted = this.refused.remove(kindOf(what))
				| (what.equals("heartbeat") && this.refused.removeAll(WRITES));
		if (accepted && this.refused.isEmpty()) {
			this.refusal = null;
			this.holder.accepted();
		}
	}

	/**
	 * Calls that need the same permission recover together.
	 */
	private static String kindOf(String what) {
		return what.startsWith("read of") ? "read" : what;
	}

	/**
	 * Fail if the store denies a call.
	 */
	void assertNotRefused() {
		if (this.refusal != null) {
			throw this.refusal;
		}
	}

}
