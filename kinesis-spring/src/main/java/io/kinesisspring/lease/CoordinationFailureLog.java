package io.kinesisspring.lease;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Says what does not work, once when it begins and once when it is over. Confined to the
 * coordinator's loop.
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
	 * Report how something went.
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
		Throwable cause = causeOf(ex);
		if (cause instanceof KinesisConfigurationException known) {
			refuse(what, known);
		}
		else if (this.failing.add(what)) {
			logger.warn("Worker '" + this.worker + "': " + what + " failed and is tried again", cause);
		}
	}

	/**
	 * Heed how something went that somebody else reports.
	 */
	void recordOutcome(String what, @Nullable Throwable ex) {
		if (ex == null) {
			accept(what);
		}
		else if (causeOf(ex) instanceof KinesisConfigurationException known) {
			refuse(what, known);
		}
	}

	private static Throwable causeOf(Throwable ex) {
		return (ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex;
	}

	/**
	 * Whoever is told may stop, or go on: whatever was refused is tried again.
	 */
	private void refuse(String what, KinesisConfigurationException ex) {
		if (this.refused.add(kindOf(what))) {
			this.refusal = ex;
			this.holder.refused(ex);
		}
	}

	/**
	 * Report the rows that cannot be read: each once, until it can be.
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
	 * A heartbeat is a write, like those that are not made before there is a reason to.
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
	 * What needs the same permission and is done for different reasons works again
	 * together.
	 */
	private static String kindOf(String what) {
		return what.startsWith("read of") ? "read" : what;
	}

	/**
	 * Fail if the store has refused to work.
	 */
	void assertNotRefused() {
		if (this.refusal != null) {
			throw this.refusal;
		}
	}

}
