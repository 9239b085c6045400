package io.kinesisspring.embedded.protocol;

/**
 * An error as the service answers it: a type that clients decide by, an HTTP status and a
 * message for people.
 *
 * @since 0.1.0
 */
public final class ServiceException extends RuntimeException {

	private final String type;

	private final int status;

	/**
	 * Create an error.
	 * @param type the error's type, such as {@code ResourceNotFoundException}
	 * @param status the HTTP status
	 * @param message what happened
	 */
	public ServiceException(String type, int status, String message) {
		super(message, null, false, false);
		this.type = type;
		this.status = status;
	}

	/**
	 * Return the error's type.
	 * @return the type, without a namespace
	 */
	public String type() {
		return this.type;
	}

	/**
	 * Return the HTTP status.
	 * @return the status
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Return what happened.
	 * @return the message
	 */
	public String message() {
		String message = getMessage();
		return (message != null) ? message : "";
	}

	/**
	 * Write this error as the answer.
	 * @param output where the answer goes
	 */
	public void writeTo(Output output) {
		output.startObject().member("__type", this.type).member("message", message()).endObject();
	}

}
