package io.kinesisspring.listener;

import java.util.concurrent.CompletionException;

import io.kinesisspring.error.BatchFailedException;

/**
 * What a listener has thrown at the records of a call. Immutable.
 *
 * @param exception the exception that the error handler gets
 * @param index the index of the record that the listener has named; -1 if it has named
 * none
 */
record PartFailure(Throwable exception, int index) {

	/**
	 * Look into an exception.
	 * @param thrown what the listener has thrown, or its future
	 * @param records the number of records of the call
	 */
	static PartFailure of(Throwable thrown, int records) {
		Throwable ex = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		if (ex instanceof BatchFailedException batch && batch.getIndex() >= 0 && batch.getIndex() < records) {
			return new PartFailure((batch.getCause() != null) ? batch.getCause() : batch, batch.getIndex());
		}
		return new PartFailure(ex, -1);
	}

	boolean isNamed() {
		return this.index >= 0;
	}

}
