package io.kinesisspring.aggregation;

/**
 * Thrown if data is not a valid message. Never leaves the package.
 */
final class MalformedMessageException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	MalformedMessageException() {
		super(null, null, false, false);
	}

}
