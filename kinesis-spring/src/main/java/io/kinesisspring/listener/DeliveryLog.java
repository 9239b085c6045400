package io.kinesisspring.listener;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ExpiredRecordException;

/**
 * Logs the failures of a delivery, as far as the {@link FailureLog} of its shard permits,
 * and the success that follows a logged failure. Used by one thread at a time.
 */
final class DeliveryLog {

	private static final Log logger = LogFactory.getLog(OrderedDelivery.class);

	private final FailureLog failureLog;

	/** Whether a failure of the current record is in the log. */
	private boolean logged;

	private boolean recovererFailed;

	DeliveryLog(FailureLog failureLog) {
		this.failureLog = failureLog;
	}

	/**
	 * Only the first attempt is logged.
	 * @param order where no other record is delivered before the failed one
	 */
	void retried(DeliveryFailure failure, String order) {
		if (failure.attempts() == 1) {
			failed(failure, "; it is delivered again until the error handler decides otherwise. Nothing behind it "
					+ order + " is delivered before that");
		}
	}

	void searched(DeliveryFailure failure) {
		failed(failure, "; they are delivered by halves to find the one that fails");
	}

	void skipped(DeliveryFailure failure) {
		failed(failure, " at attempt " + failure.attempts() + "; it is skipped as the error handler decided");
	}

	void recovered(DeliveryFailure failure) {
		failed(failure, " at attempt " + failure.attempts() + "; the recoverer has taken it");
	}

	/**
	 * Records that are too old are logged elsewhere.
	 */
	private void failed(DeliveryFailure failure, String consequence) {
		this.logged = !(failure.exception() instanceof ExpiredRecordException) && this.failureLog.permits();
		if (this.logged) {
			logger.warn(describe(failure) + consequence, failure.exception());
		}
	}

	void failedAfterAcknowledgment(KinesisRecord<?> record, Throwable ex) {
		if (this.failureLog.permits()) {
			logger.warn("The listener failed at " + record.position()
					+ " after it had acknowledged the record. The record is not delivered again", ex);
		}
	}

	void recovererFailed(DeliveryFailure failure, Throwable ex) {
		if (!this.recovererFailed && this.failureLog.permits()) {
			this.recovererFailed = true;
			logger.error(describe(failure) + ", and the recoverer failed too. The record is delivered again", ex);
		}
	}

	void deliveredAfterRetry(KinesisRecord<?> record, int attempt) {
		if (this.logged) {
			this.logged = false;
			logger.info("Delivered at attempt " + attempt + ": " + record.position());
		}
	}

	/**
	 * The next record is another one.
	 */
	void reset() {
		this.logged = false;
	}

	/**
	 * The failed record is skipped or recovered.
	 */
	void recordPassed() {
		this.logged = false;
		this.recovererFailed = false;
	}

	/**
	 * The reason why a shard is stopped.
	 */
	static KinesisException stopped(DeliveryFailure failure) {
		return new KinesisException(describe(failure) + " and the error handler decided to stop the shard",
				failure.exception());
	}

	private static String describe(DeliveryFailure failure) {
		return "Delivery failed at " + failure.record().position()
				+ ((failure.records() > 1) ? " (first of " + failure.records() + ")" : "");
	}

}
