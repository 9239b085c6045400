package io.kinesisspring.converter;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.InvalidNullException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;

/**
 * Explains why Jackson could not read a payload, without showing its content. Jackson's
 * messages and paths show parts of the payload, which must not be logged. Only messages
 * about types are passed on.
 */
final class JacksonReason {

	private JacksonReason() {
	}

	static String of(JacksonException ex) {
		return reason(ex) + " (" + ex.getClass().getSimpleName() + where(ex) + ")";
	}

	private static String reason(JacksonException ex) {
		if (ex instanceof StreamReadException) {
			return "they are no valid JSON";
		}
		if (ex instanceof ValueInstantiationException failed) {
			return "creating an instance of '" + failed.getType().getRawClass().getName() + "' failed with "
					+ ((ex.getCause() != null) ? ex.getCause().getClass().getName() : "an exception");
		}
		if (ex instanceof InvalidDefinitionException) {
			return ofTypes(ex.getOriginalMessage());
		}
		if (ex instanceof UnrecognizedPropertyException unrecognized) {
			return "they have a property that '" + unrecognized.getReferringClass().getName() + "' has not";
		}
		if (ex instanceof InvalidNullException) {
			return "they hold null, or nothing, for a property that needs a value";
		}
		if (ex instanceof MismatchedInputException mismatched && mismatched.getTargetType() != null) {
			return "they hold something that is no '" + mismatched.getTargetType().getName() + "'";
		}
		return "they do not fit the type";
	}

	/**
	 * In Jackson's messages, types are in backticks. The content is in quotes and always
	 * follows them.
	 */
	private static String ofTypes(@Nullable String message) {
		if (message == null) {
			return "the type cannot be read";
		}
		int end = message.indexOf("): ") + 1;
		String text = (end > 0) ? message.substring(0, end) : message;
		for (char quote : new char[] { '\'', '"', '\n' }) {
			text = (text.indexOf(quote) >= 0) ? text.substring(0, text.indexOf(quote)).strip() : text;
		}
		return text;
	}

	private static String where(JacksonException ex) {
		TokenStreamLocation location = ex.getLocation();
		return (location != null) ? " at line " + location.getLineNr() + ", column " + location.getColumnNr() : "";
	}

}
