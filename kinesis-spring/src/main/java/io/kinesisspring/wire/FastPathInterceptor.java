package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * Exchanges the content of the requests and the responses of {@link FastPath}. It leaves
 * all others alone. Stateless.
 */
final class FastPathInterceptor implements ExecutionInterceptor {

	static final FastPathInterceptor INSTANCE = new FastPathInterceptor();

	private static final String CONTENT_TYPE = "Content-Type";

	private static final String CBOR = "application/x-amz-cbor-1.1";

	private FastPathInterceptor() {
	}

	@Override
	public Optional<RequestBody> modifyHttpContent(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
		RecordsContent content = contentOf(context, attributes);
		return (content != null) ? Optional.of(RequestBody.fromContentProvider(content, content.length(), CBOR))
				: context.requestBody();
	}

	@Override
	public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
		SdkHttpRequest request = context.httpRequest();
		RecordsContent content = contentOf(context, attributes);
		return (content != null)
				? request.copy((copy) -> copy.putHeader("Content-Length", Integer.toString(content.length())))
				: request;
	}

	private static @Nullable RecordsContent contentOf(Context.ModifyHttpRequest context,
			ExecutionAttributes attributes) {
		PutCall call = attributes.getAttribute(PutCall.ATTRIBUTE);
		return (call != null) ? call.contentFor(isCbor(context.httpRequest().firstMatchingHeader(CONTENT_TYPE))) : null;
	}

	@Override
	public Optional<Publisher<ByteBuffer>> modifyAsyncHttpResponseContent(Context.ModifyHttpResponse context,
			ExecutionAttributes attributes) {
		Optional<Publisher<ByteBuffer>> content = context.responsePublisher();
		ContentDecoder decoder = decoderOf(attributes);
		if (decoder == null || !isCbor(context.httpRequest().firstMatchingHeader(CONTENT_TYPE))
				|| !isDecodable(context.httpResponse())) {
			return content;
		}
		return content.map((chunks) -> new KeptContent(chunks, decoder));
	}

	private static @Nullable ContentDecoder decoderOf(ExecutionAttributes attributes) {
		PutCall put = attributes.getAttribute(PutCall.ATTRIBUTE);
		if (put != null) {
			return put.isDecoding() ? put : null;
		}
		return attributes.getAttribute(RecordsCall.ATTRIBUTE);
	}

	/**
	 * Return whether the content may be decoded. The SDK verifies checksums,
	 * decompresses, and reads errors.
	 */
	private static boolean isDecodable(SdkHttpResponse response) {
		return response.statusCode() == 200 && isCbor(response.firstMatchingHeader(CONTENT_TYPE))
				&& response.firstMatchingHeader("x-amz-crc32").isEmpty()
				&& response.firstMatchingHeader("Content-Encoding").isEmpty();
	}

	private static boolean isCbor(Optional<String> contentType) {
		return contentType.isPresent() && contentType.get().equals(CBOR);
	}

	@Override
	public String toString() {
		return "FastPath";
	}

}
