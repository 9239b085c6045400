package io.kinesisspring.benchmarks.driver;

/**
 * A contender that sends.
 */
public interface Producing extends AutoCloseable {

	/**
	 * Send a record, now or with the next ones. Blocks if the contender has to catch up.
	 * @param index which one it is, to be told to the {@link Stored}
	 * @param key its partition key
	 * @param data its payload
	 */
	void send(long index, String key, byte[] data);

	/**
	 * Send the gathered records.
	 */
	void flush();

	@Override
	void close();

	/**
	 * What is told the outcomes. Thread-safe.
	 */
	interface Stored {

		/**
		 * A record has been stored.
		 * @param index which one
		 */
		void stored(long index);

		/**
		 * A record has not been stored and is not tried again.
		 * @param index which one
		 * @param ex why, if anybody knows
		 */
		void failed(long index, Throwable ex);

	}

	/**
	 * Makes one.
	 */
	@FunctionalInterface
	interface Factory {

		/**
		 * Start a contender.
		 * @param task what to do
		 * @param stored what to tell
		 * @return the contender, ready to send
		 */
		Producing start(Task task, Stored stored);

	}

}
