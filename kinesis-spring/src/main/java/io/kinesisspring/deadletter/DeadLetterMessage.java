package io.kinesisspring.deadletter;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.DeliveryFailure;

/**
 * A dead letter as a message of SQS or SNS: the record's data as the body, and the
 * failure as attributes. Immutable.
 *
 * @param body the data: as it is, if it is text that the services take, otherwise in
 * Base64
 * @param attributes the attributes by their names
 */
record DeadLetterMessage(String body, Map<String, String> attributes) {

	/** The body that an empty record has, because the services take no empty one. */
	private static final String EMPTY = "(empty)";

	/** The services count the type of an attribute, too: {@code String}. */
	private static final int TYPE_BYTES = "String".length();

	/**
	 * Create the message of a failure.
	 * @param maxBytes how many bytes the service takes, attributes included
	 * @param destination the queue or topic, for messages
	 * @throws KinesisException if the record does not fit
	 */
	static DeadLetterMessage of(DeliveryFailure failure, int maxBytes, String destination) {
		DeadLetterMessage message = create(failure, true);
		if (message.bytes() > maxBytes) {
			message = create(failure, false);
		}
		if (message.bytes() > maxBytes) {
			throw new KinesisException("The record of " + failure.record().payload().length + " bytes at "
					+ failure.record().position() + " takes " + message.bytes() + " bytes as a message for '"
					+ destination + "', and " + maxBytes
					+ " are the limit. It is delivered again. Send dead letters of this size to a bucket or a stream");
		}
		return message;
	}

	private static DeadLetterMessage create(DeliveryFailure failure, boolean details) {
		byte[] data = failure.record().payload();
		String text = text(data);
		Map<String, String> attributes = attributes(failure, details);
		attributes.replaceAll((name, value) -> legal(value));
		if (text != null && !text.isEmpty()) {
			attributes.put("encoding", "text");
			return new DeadLetterMessage(text, attributes);
		}
		attributes.put("encoding", (data.length == 0) ? "empty" : "base64");
		return new DeadLetterMessage((data.length == 0) ? EMPTY : Base64.getEncoder().encodeToString(data), attributes);
	}

	/**
	 * What a dead letter says about its record and failure. SQS takes ten attributes, of
	 * which one is for the encoding.
	 * @param details whether the messages of the exceptions are included
	 */
	static Map<String, String> attributes(DeliveryFailure failure, boolean details) {
		KinesisRecord<byte[]> record = failure.record();
		ExceptionText ex = ExceptionText.of(failure.exception());
		Map<String, String> attributes = new LinkedHashMap<>();
		attributes.put("stream", record.stream());
		attributes.put("shardId", record.shardId());
		attributes.put("sequenceNumber",
				record.sequenceNumber() + ((record.subSequenceNumber() != 0) ? "/" + record.subSequenceNumber() : ""));
		attributes.put("approximateArrival", record.approximateArrival().toString());
		attributes.put("attempts", Integer.toString(failure.attempts()));
		attributes.put("exception", ex.type());
		put(attributes, "partitionKey", record.partitionKey());
		put(attributes, "message", details ? ex.message() : null);
		if (ex.rootCause() != null) {
			String message = details ? ex.rootCauseMessage() : null;
			attributes.put("rootCause", (message != null) ? ex.rootCause() + ": " + message : ex.rootCause());
		}
		return attributes;
	}

	private static void put(Map<String, String> attributes, String name, @Nullable String value) {
		if (value != null && !value.isEmpty()) {
			attributes.put(name, value);
		}
	}

	/**
	 * The data as text.
	 * @return {@code null} if it is no UTF-8, or has characters that the services refuse
	 */
	private static @Nullable String text(byte[] data) {
		try {
			String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
			return text.codePoints().allMatch(DeadLetterMessage::isLegal) ? text : null;
		}
		catch (CharacterCodingException ex) {
			return null;
		}
	}

	private static String legal(String text) {
		if (text.codePoints().allMatch(DeadLetterMessage::isLegal)) {
			return text;
		}
		return text.codePoints()
			.map((c) -> isLegal(c) ? c : '\uFFFD')
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

	/**
	 * Whether XML 1.0 has a character, which the services check.
	 */
	private static boolean isLegal(int c) {
		return c == '\t' || c == '\n' || c == '\r' || (c >= ' ' && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD)
				|| c >= 0x10000;
	}

	/**
	 * The size of the message as the services count it.
	 */
	private int bytes() {
		int bytes = size(this.body);
		for (Map.Entry<String, String> attribute : this.attributes.entrySet()) {
			bytes += size(attribute.getKey()) + TYPE_BYTES + size(attribute.getValue());
		}
		return bytes;
	}

	private static int size(String text) {
		return text.getBytes(StandardCharsets.UTF_8).length;
	}

	/**
	 * The message group in a FIFO queue or topic: messages of one key keep their order.
	 */
	static String group(KinesisRecord<byte[]> record) {
		return hash(Objects.requireNonNullElse(record.partitionKey(), record.shardId()));
	}

	/**
	 * Tells a dead letter apart from others, and is the same if it is sent again.
	 */
	static String deduplicationId(KinesisRecord<byte[]> record) {
		return hash(record.stream() + "/" + record.shardId() + "/" + record.sequenceNumber() + "/"
				+ record.subSequenceNumber());
	}

	private static String hash(String text) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
