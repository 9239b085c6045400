package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;

/**
 * One call of GetRecords, which the SDK may attempt several times. An attempt that timed
 * out may still be decoding while the next one runs. So each attempt hands the SDK a
 * response without records whose iterator names the attempt, and the response that the
 * SDK returns tells which attempt has counted. Thread-safe.
 */
final class RecordsCall {

	static final ExecutionAttribute<RecordsCall> ATTRIBUTE = new ExecutionAttribute<>(
			Attributes.nameOf(RecordsCall.class));

	/** A map with one entry. Its value is shorter than 24 bytes. */
	private static final byte[] HEAD = "\u00A1\u0071NextShardIterator\u0060".getBytes(StandardCharsets.ISO_8859_1);

	/** No iterator of a service has such a character. */
	private static final String TOKEN = "\u0001fast-path ";

	private final AtomicInteger attempts = new AtomicInteger();

	private final Map<String, RecordsResponse> decoded = new ConcurrentHashMap<>(2);

	/**
	 * Decode the content of an attempt.
	 * @param chunks the content, each with an accessible array
	 * @return what the SDK gets in its place
	 * @throws NotUnderstoodException if the SDK has to get the content itself
	 */
	ByteBuffer decode(List<ByteBuffer> chunks) {
		RecordsResponse response = RecordsDecoder.decode(chunks);
		String token = TOKEN + this.attempts.incrementAndGet();
		this.decoded.put(token, response);
		byte[] value = token.getBytes(StandardCharsets.ISO_8859_1);
		ByteBuffer content = ByteBuffer.allocate(HEAD.length + value.length).put(HEAD).put(value);
		content.put(HEAD.length - 1, (byte) (HEAD[HEAD.length - 1] | value.length));
		return content.flip();
	}

	/**
	 * Return the response of the attempt that the SDK's response belongs to.
	 * @param response the SDK's response
	 * @return the response, decoded by the one or the other
	 */
	RecordsResponse responseFor(GetRecordsResponse response) {
		String token = response.nextShardIterator();
		RecordsResponse own = (token != null && !response.hasRecords()) ? this.decoded.get(token) : null;
		return (own != null) ? own : RecordsResponse.of(response);
	}

}
