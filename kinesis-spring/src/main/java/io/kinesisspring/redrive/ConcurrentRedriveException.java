package io.kinesisspring.redrive;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;

/**
 * Thrown if the dead letters of a stream are being redriven already, by this or by
 * another instance.
 *
 * @since 0.1.0
 */
public class ConcurrentRedriveException extends KinesisException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param stream the name of the dead-letter stream
	 * @param cause how that was noticed, if another instance redrives
	 */
	public ConcurrentRedriveException(String stream, @Nullable Throwable cause) {
		super("The dead letters of stream '" + stream + "' are being redriven "
				+ ((cause != null) ? "by another instance" : "by this instance")
				+ ". Nothing has been changed. Redrive again when that is over", cause);
	}

}
