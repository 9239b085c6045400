package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/**
 * One call of PutRecords. All its attempts send the same content. In its place the SDK
 * gets a request without records, which the service would refuse. Each attempt hands the
 * SDK a response without results, whose type of encryption names the attempt.
 * Thread-safe.
 */
final class PutCall implements ContentDecoder {

	static final ExecutionAttribute<PutCall> ATTRIBUTE = new ExecutionAttribute<>(Attributes.nameOf(PutCall.class));

	private static final byte[] HEAD = DecodedAttempts.headWith("EncryptionType");

	private final @Nullable RecordsContent content;

	private final AtomicBoolean speaksCbor;

	private final @Nullable RecentTexts shardIds;

	private final DecodedAttempts<DecodedResults> attempts = new DecodedAttempts<>(HEAD);

	/**
	 * Create a call.
	 * @param content the content; {@code null} if the SDK encodes it
	 * @param speaksCbor whether the client speaks CBOR, as its calls have shown. Nothing
	 * else tells
	 * @param shardIds the ids of known shards; {@code null} if the SDK decodes responses
	 */
	PutCall(@Nullable RecordsContent content, AtomicBoolean speaksCbor, @Nullable RecentTexts shardIds) {
		this.content = content;
		this.speaksCbor = speaksCbor;
		this.shardIds = shardIds;
	}

	@Nullable RecordsContent content() {
		return this.content;
	}

	/**
	 * Return what to send in place of the SDK's content.
	 * @param cbor whether the SDK has encoded its request in CBOR
	 * @return the content; {@code null} to send the SDK's
	 */
	@Nullable RecordsContent contentFor(boolean cbor) {
		this.speaksCbor.set(cbor);
		if (this.content != null && !cbor) {
			throw SdkClientException.create("The client has changed from CBOR to another format");
		}
		return this.content;
	}

	@Override
	public ByteBuffer decode(List<ByteBuffer> chunks) {
		RecentTexts ids = this.shardIds;
		if (ids == null) {
			throw new NotUnderstoodException("results that the SDK has to decode");
		}
		return this.attempts.substituteFor(ResultsDecoder.decode(chunks, ids));
	}

	boolean isDecoding() {
		return this.shardIds != null;
	}

	/**
	 * Return the response of the attempt that the SDK's response belongs to.
	 * @param response the SDK's response
	 * @return the response, decoded by the one or the other
	 */
	PutRecordsResponse responseFor(PutRecordsResponse response) {
		DecodedResults own = response.hasRecords() ? null : this.attempts.responseOf(response.encryptionTypeAsString());
		return (own != null) ? own.addTo(response) : response;
	}

}
