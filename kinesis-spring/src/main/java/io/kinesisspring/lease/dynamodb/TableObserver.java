package io.kinesisspring.lease.dynamodb;

/**
 * Sees the requests that a store makes: for counting, not for deciding. What the client
 * repeats by itself is one request here. Implementations must be quick, must not throw,
 * and must be safe for threads.
 *
 * @since 0.1.0
 */
public interface TableObserver {

	/** An observer that looks away. */
	TableObserver NONE = (table, action) -> (outcome) -> {
	};

	/**
	 * A request has been made.
	 * @param table the name or ARN of the table
	 * @param action the API action, such as {@code UpdateItem}
	 * @return told of the answer
	 */
	Request requested(String table, String action);

	/**
	 * A request that is under way.
	 */
	@FunctionalInterface
	interface Request {

		/**
		 * It has been answered, or never will be.
		 * @param outcome how it ended
		 */
		void answered(Outcome outcome);

	}

	/**
	 * How a request can end.
	 */
	enum Outcome {

		/** It did what it was to do. */
		SUCCESS,

		/** The condition under which it was to write did not hold. */
		CONDITION,

		/** The table is asked too often. */
		THROTTLED,

		/** It failed in another way. */
		FAILURE

	}

}
