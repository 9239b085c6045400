package io.kinesisspring.aggregation;

/**
 * Data that is no message. Never leaves the package, and says no more than that.
 */
final class MalformedMessageException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	MalformedMessageException() {
		super(null, null, false, false);
	}

}
