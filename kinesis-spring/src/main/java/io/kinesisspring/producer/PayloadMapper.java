package io.kinesisspring.producer;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Creates records from the objects that are sent. Thread-safe.
 */
final class PayloadMapper {

	private final MessageHeaderMapper headers;

	PayloadMapper(ProducerOptions options) {
		this.headers = new MessageHeaderMapper(options);
	}

	/**
	 * Create a record.
	 * @param stream the stream of all objects that do not name their own
	 * @param payload a record, a message, or a payload
	 * @return the record
	 * @throws SendFailedException if a message has a key that is not text
	 */
	ProducerRecord<?> toRecord(@Nullable String stream, Object payload) {
		if (payload instanceof ProducerRecord<?> record) {
			return (record.stream() != null) ? record : record.withStream(stream);
		}
		if (payload instanceof Message<?> message) {
			MessageHeaders headers = message.getHeaders();
			return new ProducerRecord<>(stream, key(stream, headers, KinesisHeaders.PARTITION_KEY),
					key(stream, headers, KinesisHeaders.EXPLICIT_HASH_KEY), message.getPayload(),
					this.headers.map(headers));
		}
		return new ProducerRecord<>(stream, null, null, payload);
	}

	private static @Nullable String key(@Nullable String stream, MessageHeaders headers, String name) {
		Object value = headers.get(name);
		if (value == null) {
			return null;
		}
		String text = MessageHeaderMapper.text(value);
		if (text == null) {
			throw new SendFailedException(Reason.INVALID, stream, "The header '" + name
					+ "' of a message must be text, a number, a boolean, an enum constant, a UUID or a time but is a '"
					+ value.getClass().getName() + "'", null);
		}
		return text;
	}

}
