package io.kinesisspring.shard;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;

/**
 * An answer lacks what the service always says. Nothing follows from what is not there: a
 * proxy, or a connection that broke, may have made the answer. The call is tried again.
 */
final class IncompleteAnswerException extends KinesisException {

	private static final long serialVersionUID = 1L;

	IncompleteAnswerException(String action, String place, String missing) {
		super("kinesis:" + action + " on " + place + " was answered without " + missing
				+ ". The answer may have been made or cut short on its way; check proxies and the endpoint of Kinesis if this goes on");
	}

	/**
	 * Take a field of an answer.
	 * @param value the field's value, {@code null} if it is missing
	 * @param action the action that was called
	 * @param place what it was called for, such as <code>stream 'orders'</code>
	 * @param field the field's name
	 */
	static <T> T required(@Nullable T value, String action, String place, String field) {
		if (value == null) {
			throw new IncompleteAnswerException(action, place, "'" + field + "'");
		}
		return value;
	}

}
