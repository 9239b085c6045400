package io.kinesisspring.listener;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Calls observers, which must not change the outcome of a delivery. Their exceptions are
 * logged, once until a call succeeds. Thread-safe.
 */
final class ObserverInvoker {

	private static final Log logger = LogFactory.getLog(ObserverInvoker.class);

	private final AtomicBoolean failing = new AtomicBoolean();

	private final String description;

	ObserverInvoker(String description) {
		this.description = description;
	}

	/**
	 * Call an observer.
	 * @return whether the call succeeded
	 */
	boolean call(Runnable call) {
		try {
			call.run();
			this.failing.set(false);
			return true;
		}
		catch (Throwable ex) {
			failed(ex);
			return false;
		}
	}

	void failed(Throwable ex) {
		if (this.failing.compareAndSet(false, true)) {
			logger.error(this.description, ex);
		}
	}

}
