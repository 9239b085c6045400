package io.kinesisspring.producer;

import java.time.temporal.Temporal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.MessageHeaders;
import org.springframework.util.MimeType;
import org.springframework.util.PatternMatchUtils;

import io.kinesisspring.KinesisHeaders;

/**
 * Selects the headers of a message that are sent, and converts them to text. Thread-safe.
 */
final class MessageHeaderMapper {

	private final List<String> patterns;

	MessageHeaderMapper(ProducerOptions options) {
		this.patterns = options.headerPatterns();
	}

	/**
	 * Return the headers for the record. Without an envelope they are not sent, but
	 * interceptors and converters see them.
	 */
	Map<String, String> map(MessageHeaders headers) {
		Map<String, String> mapped = new HashMap<>();
		headers.forEach((name, value) -> {
			String text = isMapped(name) ? text(value) : null;
			if (text != null) {
				mapped.put(name, text);
			}
		});
		return mapped;
	}

	/**
	 * Return whether a header is sent. The id and timestamp of a message and the headers
	 * of records are never sent.
	 */
	private boolean isMapped(String name) {
		if (name.isEmpty() || name.equals(MessageHeaders.ID) || name.equals(MessageHeaders.TIMESTAMP)
				|| name.startsWith(KinesisHeaders.PREFIX)) {
			return false;
		}
		for (String pattern : this.patterns) {
			boolean negated = pattern.startsWith("!");
			if (PatternMatchUtils.simpleMatch(negated ? pattern.substring(1) : pattern, name)) {
				return !negated;
			}
		}
		return false;
	}

	/**
	 * Convert a header to text.
	 * @param value the value of the header
	 * @return the text, or {@code null} if the value has no text form
	 */
	static @Nullable String text(Object value) {
		if (value instanceof CharSequence || value instanceof Number || value instanceof Boolean
				|| value instanceof Character || value instanceof UUID || value instanceof Temporal
				|| value instanceof MimeType) {
			return value.toString();
		}
		return (value instanceof Enum<?> constant) ? constant.name() : null;
	}

}
