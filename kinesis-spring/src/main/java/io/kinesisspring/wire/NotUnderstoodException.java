package io.kinesisspring.wire;

/**
 * The content is not what the fast path knows, so that the SDK has to read it.
 */
final class NotUnderstoodException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception without a stack trace: it is no failure.
	 * @param what the unexpected content
	 */
	NotUnderstoodException(String what) {
		super(what, null, false, false);
	}

}
