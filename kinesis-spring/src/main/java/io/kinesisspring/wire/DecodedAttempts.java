package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * The decoded responses of one call, which the SDK may attempt several times. An attempt
 * that timed out may still be decoding while the next one runs. So each attempt hands the
 * SDK a response with one field, which names the attempt, and the response that the SDK
 * returns tells which attempt has counted. Thread-safe.
 *
 * @param <T> the type of the decoded responses
 */
final class DecodedAttempts<T> {

	/** No service has such a character in its texts. */
	private static final String TOKEN = "\u0001fast-path ";

	private final byte[] head;

	private final AtomicInteger attempts = new AtomicInteger();

	private final Map<String, T> decoded = new ConcurrentHashMap<>(2);

	/**
	 * Create responses without attempts.
	 * @param head see {@link #headWith(String)}
	 */
	DecodedAttempts(byte[] head) {
		this.head = head;
	}

	/**
	 * Return the head of a map with one entry, up to a text shorter than 24 bytes.
	 * @param field the name of the field, shorter than 24 bytes
	 */
	static byte[] headWith(String field) {
		ByteBuffer head = ByteBuffer.allocate(field.length() + 3);
		head.put((byte) (CborInput.MAP << 5 | 1)).put((byte) (CborInput.TEXT << 5 | field.length()));
		head.put(field.getBytes(StandardCharsets.US_ASCII)).put((byte) (CborInput.TEXT << 5));
		return head.array();
	}

	/**
	 * Keep the decoded response of the next attempt.
	 * @param response the response
	 * @return what the SDK gets in its place
	 */
	ByteBuffer substituteFor(T response) {
		String token = TOKEN + this.attempts.incrementAndGet();
		this.decoded.put(token, response);
		byte[] value = token.getBytes(StandardCharsets.US_ASCII);
		ByteBuffer content = ByteBuffer.allocate(this.head.length + value.length).put(this.head).put(value);
		content.put(this.head.length - 1, (byte) (this.head[this.head.length - 1] | value.length));
		return content.flip();
	}

	/**
	 * Return the decoded response of an attempt.
	 * @param token the value of the field in the SDK's response
	 * @return the response; {@code null} if the SDK has decoded it
	 */
	@Nullable T responseOf(@Nullable String token) {
		return (token != null) ? this.decoded.get(token) : null;
	}

}
