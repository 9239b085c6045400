package io.kinesisspring.shard;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;

/**
 * Thrown when a response lacks a field that the service always sends. A proxy or a broken
 * connection may have caused it, so that the missing field means nothing. The call is
 * retried.
 */
final class IncompleteResponseException extends KinesisException {

	private static final long serialVersionUID = 1L;

	IncompleteResponseException(String action, String place, String missing) {
		super("kinesis:" + action + " on " + place + " returned a response without " + missing
				+ ". A proxy or a broken connection may have changed it. If this continues, check proxies and the endpoint of Kinesis");
	}

	/**
	 * Return a required field of a response.
	 * @param value the field's value, {@code null} if it is missing
	 * @param action the action that was called
	 * @param place the target of the call, such as <code>stream 'orders'</code>
	 * @param field the field's name
	 */
	static <T> T required(@Nullable T value, String action, String place, String field) {
		if (value == null) {
			throw new IncompleteResponseException(action, place, "'" + field + "'");
		}
		return value;
	}

}
