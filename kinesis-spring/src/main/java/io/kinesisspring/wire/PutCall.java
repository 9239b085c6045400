package io.kinesisspring.wire;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;

/**
 * One call of PutRecords. All its attempts send the same content. In its place the SDK
 * gets a request without records, which the service would refuse. Thread-safe.
 *
 * @param content the content; {@code null} if the SDK encodes it
 * @param speaksCbor whether the client speaks CBOR, as its calls have shown. Nothing else
 * tells
 */
record PutCall(byte @Nullable [] content, AtomicBoolean speaksCbor) {

	static final ExecutionAttribute<PutCall> ATTRIBUTE = new ExecutionAttribute<>(Attributes.nameOf(PutCall.class));

	/**
	 * Return what to send in place of the SDK's content.
	 * @param cbor whether the SDK has encoded its request in CBOR
	 * @return the content; {@code null} to send the SDK's
	 */
	byte @Nullable [] contentFor(boolean cbor) {
		this.speaksCbor.set(cbor);
		if (this.content != null && !cbor) {
			throw SdkClientException.create("The client has changed from CBOR to another format");
		}
		return this.content;
	}

	@Override
	public boolean equals(Object obj) {
		return this == obj;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

}
