package io.kinesisspring.benchmarks.driver;

/**
 * A contender that receives.
 */
public interface Consuming extends AutoCloseable {

	/**
	 * Stop as its documentation says.
	 */
	@Override
	void close();

	/**
	 * Makes one.
	 */
	@FunctionalInterface
	interface Factory {

		/**
		 * Start a contender, from the oldest record on.
		 * @param task what to do
		 * @param receiver where to deliver
		 * @return the contender, started
		 */
		Consuming start(Task task, Receiver receiver);

	}

}
