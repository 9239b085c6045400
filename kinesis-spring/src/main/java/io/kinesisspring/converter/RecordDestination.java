package io.kinesisspring.converter;

import java.util.Map;

import org.springframework.util.Assert;

/**
 * Where a payload is sent, for converters that depend on it. Immutable.
 *
 * @param stream the name or the ARN of the stream
 * @param headers the headers of the record, whether or not they are sent beside the
 * payload
 * @since 0.1.0
 */
public record RecordDestination(String stream, Map<String, String> headers) {

	public RecordDestination {
		Assert.hasText(stream, "'stream' must not be empty");
		headers = Map.copyOf(headers);
	}

	/**
	 * Create a destination without headers.
	 * @param stream the name or the ARN of the stream
	 */
	public RecordDestination(String stream) {
		this(stream, Map.of());
	}

}
