package io.kinesisspring.lease.dynamodb;

import org.apache.commons.logging.LogFactory;

import io.kinesisspring.InvalidOptionException;

/**
 * Observes the requests of a store, to count them, and its table. A request that the
 * client retries by itself counts once. Implementations must be fast and thread-safe, and
 * must not throw.
 *
 * @since 0.1.0
 */
public interface TableObserver {

	/** An observer that does nothing. */
	TableObserver NONE = (table, action) -> (outcome) -> {
	};

	/**
	 * A request was sent.
	 * @param table the name or ARN of the table
	 * @param action the API action, such as {@code UpdateItem}
	 * @return is notified of the response
	 */
	Request requested(String table, String action);

	/**
	 * A table that exists does not have what an option asks for. It stays as it is.
	 * Called once for each option and store. The default writes a WARN to the log.
	 * @param difference names the option, its value, the table and what to do
	 */
	default void differs(InvalidOptionException difference) {
		LogFactory.getLog(DynamoDbLeaseStore.class).warn(difference.getMessage());
	}

	/**
	 * A request without a response so far.
	 */
	@FunctionalInterface
	interface Request {

		/**
		 * The request has a response, or has failed.
		 * @param outcome its outcome
		 */
		void answered(Outcome outcome);

	}

	/**
	 * How a request ended.
	 */
	enum Outcome {

		/** The request succeeded. */
		SUCCESS,

		/** The condition of the write did not hold. */
		CONDITION,

		/** The table throttled the request. */
		THROTTLED,

		/** The request failed in another way. */
		FAILURE

	}

}
