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
import io.kinesisspring.envelope.HeaderMode;

/**
 * Chooses which headers of a message go along with its payload, and writes them as text.
 * Thread-safe.
 */
final class MessageHeaderMapper {

	private final boolean mapping;

	private final List<String> patterns;

	MessageHeaderMapper(ProducerOptions options) {
		this.mapping = options.headers() == HeaderMode.ENVELOPE;
		this.patterns = options.headerPatterns();
	}

	/**
	 * The headers that go along: none where headers go nowhere.
	 */
	Map<String, String> map(MessageHeaders headers) {
		if (!this.mapping) {
			return Map.of();
		}
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
	 * What a message is given as it is made, and what a record has by itself, are never
	 * mapped.
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
	 * A header as text.
	 * @param value its value
	 * @return the text, or {@code null} if it is none
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
