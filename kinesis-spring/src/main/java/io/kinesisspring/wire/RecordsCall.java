package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.util.List;

import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;

/**
 * One call of GetRecords. Each attempt hands the SDK a response without records, whose
 * iterator names the attempt. Thread-safe.
 */
final class RecordsCall implements ContentDecoder {

	static final ExecutionAttribute<RecordsCall> ATTRIBUTE = new ExecutionAttribute<>(
			Attributes.nameOf(RecordsCall.class));

	private static final byte[] HEAD = DecodedAttempts.headWith("NextShardIterator");

	private final DecodedAttempts<RecordsResponse> attempts = new DecodedAttempts<>(HEAD);

	@Override
	public ByteBuffer decode(List<ByteBuffer> chunks) {
		return this.attempts.substituteFor(RecordsDecoder.decode(chunks));
	}

	/**
	 * Return the response of the attempt that the SDK's response belongs to.
	 * @param response the SDK's response
	 * @return the response, decoded by the one or the other
	 */
	RecordsResponse responseFor(GetRecordsResponse response) {
		RecordsResponse own = response.hasRecords() ? null : this.attempts.responseOf(response.nextShardIterator());
		return (own != null) ? own : RecordsResponse.of(response);
	}

}
