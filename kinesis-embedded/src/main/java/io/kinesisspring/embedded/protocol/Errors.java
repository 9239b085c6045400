package io.kinesisspring.embedded.protocol;

/**
 * The service's errors by name.
 *
 * @since 0.1.0
 */
public final class Errors {

	private static final int BAD_REQUEST = 400;

	private Errors() {
	}

	/**
	 * Something that the request names does not exist.
	 * @param message what does not exist
	 * @return the error
	 */
	public static ServiceException notFound(String message) {
		return new ServiceException("ResourceNotFoundException", BAD_REQUEST, message);
	}

	/**
	 * Something that the request names is in another state than it would have to be.
	 * @param message what is in use
	 * @return the error
	 */
	public static ServiceException inUse(String message) {
		return new ServiceException("ResourceInUseException", BAD_REQUEST, message);
	}

	/**
	 * An argument makes no sense for what it is applied to.
	 * @param message which argument
	 * @return the error
	 */
	public static ServiceException invalidArgument(String message) {
		return new ServiceException("InvalidArgumentException", BAD_REQUEST, message);
	}

	/**
	 * An argument breaks a rule that is known without looking at any stream.
	 * @param message which rule
	 * @return the error
	 */
	public static ServiceException validation(String message) {
		return new ServiceException("ValidationException", BAD_REQUEST, message);
	}

	/**
	 * A control plane call too many, or a quota reached.
	 * @param message which limit
	 * @return the error
	 */
	public static ServiceException limitExceeded(String message) {
		return new ServiceException("LimitExceededException", BAD_REQUEST, message);
	}

	/**
	 * Too much data or too many calls for a shard.
	 * @param message which shard
	 * @return the error
	 */
	public static ServiceException throughputExceeded(String message) {
		return new ServiceException("ProvisionedThroughputExceededException", BAD_REQUEST, message);
	}

	/**
	 * An iterator was kept too long.
	 * @param message how long
	 * @return the error
	 */
	public static ServiceException expiredIterator(String message) {
		return new ServiceException("ExpiredIteratorException", BAD_REQUEST, message);
	}

	/**
	 * A paging token was kept too long.
	 * @param message how long
	 * @return the error
	 */
	public static ServiceException expiredNextToken(String message) {
		return new ServiceException("ExpiredNextTokenException", BAD_REQUEST, message);
	}

	/**
	 * A call too many of a kind whose rate is limited.
	 * @param message which limit
	 * @return the error
	 */
	public static ServiceException throttling(String message) {
		return new ServiceException("ThrottlingException", BAD_REQUEST, message);
	}

	/**
	 * A dry run that would have succeeded as a call.
	 * @return the error, which means success
	 */
	public static ServiceException dryRunSucceeded() {
		return new ServiceException("DryRunOperationException", BAD_REQUEST,
				"Request would have succeeded, but DryRun flag is set.");
	}

	/**
	 * A request that cannot be read.
	 * @param message what cannot be read
	 * @return the error
	 */
	public static ServiceException serialization(String message) {
		return new ServiceException("SerializationException", BAD_REQUEST, message);
	}

	/**
	 * An operation that is not there.
	 * @return the error
	 */
	public static ServiceException unknownOperation() {
		return new ServiceException("UnknownOperationException", BAD_REQUEST, "");
	}

	/**
	 * A failure of the server to write what it was told to keep.
	 * @param message why, and what helps
	 * @return the error, which is an internal failure
	 */
	public static ServiceException notStored(String message) {
		return new ServiceException("InternalFailure", 500, message);
	}

	/**
	 * A failure of the server.
	 * @return the error
	 */
	public static ServiceException internalFailure() {
		return new ServiceException("InternalFailure", 500, "Internal service failure.");
	}

}
