package io.kinesisspring.wire;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/**
 * Calls Kinesis with fewer copies than the SDK makes, where the client permits it. The
 * SDK keeps everything but the content: endpoints, credentials, signatures, retries,
 * timeouts and errors. What the fast path does not understand is left to the SDK,
 * unchanged.
 * <p>
 * The fast path needs a client of the SDK that was built with {@link #interceptor()}. It
 * is off for other clients, and for clients with interceptors of the application that may
 * see records. Thread-safe. The caller closes the client.
 *
 * @since 0.1.0
 */
public final class FastPath {

	private static final Log logger = LogFactory.getLog(FastPath.class);

	private final KinesisAsyncClient client;

	private final boolean decoding;

	private final boolean encoding;

	/** The first call of PutRecords shows it. */
	private final AtomicBoolean speaksCbor = new AtomicBoolean();

	private final RecentTexts shardIds = new RecentTexts();

	private FastPath(KinesisAsyncClient client, boolean decoding, boolean encoding) {
		this.client = client;
		this.decoding = decoding;
		this.encoding = encoding;
	}

	/**
	 * The interceptor that a client needs for the fast path. Add it before others. It has
	 * no effect on calls that do not come from this class.
	 * @return the interceptor
	 */
	public static ExecutionInterceptor interceptor() {
		return FastPathInterceptor.INSTANCE;
	}

	/**
	 * Return the calls of a client, fast if the client permits it.
	 * @param client the client
	 * @return its calls
	 */
	public static FastPath of(KinesisAsyncClient client) {
		String toDecoding = Obstacles.toDecoding(client);
		String toEncoding = Obstacles.toEncoding(client);
		if (logger.isDebugEnabled()) {
			logger.debug((toDecoding != null) ? "The AWS SDK decodes responses: " + toDecoding
					: "The fast path decodes responses");
			logger.debug((toEncoding != null) ? "The AWS SDK encodes requests to PutRecords: " + toEncoding
					: "The fast path encodes requests to PutRecords");
		}
		return new FastPath(client, toDecoding == null, toEncoding == null);
	}

	/**
	 * Return whether the fast path decodes responses.
	 * @return {@code false} if the SDK decodes all of them
	 */
	public boolean isDecoding() {
		return this.decoding;
	}

	/**
	 * Return whether the fast path encodes requests.
	 * @return {@code false} if the SDK encodes all of them
	 */
	public boolean isEncoding() {
		return this.encoding;
	}

	/**
	 * Get records.
	 * @param request the request
	 * @return completes with the response, or with the exception of the SDK
	 */
	public CompletableFuture<RecordsResponse> getRecords(GetRecordsRequest request) {
		if (!this.decoding) {
			return this.client.getRecords(request).thenApply(RecordsResponse::of);
		}
		RecordsCall call = new RecordsCall();
		AwsRequestOverrideConfiguration configuration = with(RecordsCall.ATTRIBUTE, call, request);
		return this.client.getRecords(request.toBuilder().overrideConfiguration(configuration).build())
			.thenApply(call::responseFor);
	}

	/**
	 * Put records.
	 * @param request the request. Nobody may change its data until the call is done
	 * @return completes with the response, or with the exception of the SDK. If it is
	 * cancelled, so is the call
	 */
	public CompletableFuture<PutRecordsResponse> putRecords(RecordsRequest request) {
		if (!this.encoding && !this.decoding) {
			return this.client.putRecords(request.toSdk());
		}
		RecordsContent content = (this.encoding && this.speaksCbor.get()) ? contentOf(request) : null;
		PutCall call = new PutCall(content, this.speaksCbor, this.decoding ? this.shardIds : null);
		PutRecordsRequest substitute = (content != null) ? request.withoutRecords() : request.toSdk();
		CompletableFuture<PutRecordsResponse> attempted = this.client.putRecords(
				substitute.toBuilder().overrideConfiguration(with(PutCall.ATTRIBUTE, call, substitute)).build());
		if (!this.decoding) {
			return attempted;
		}
		CompletableFuture<PutRecordsResponse> response = attempted.thenApply(call::responseFor);
		response.whenComplete((done, ex) -> attempted.cancel(true));
		return response;
	}

	private static @Nullable RecordsContent contentOf(RecordsRequest request) {
		try {
			return new RecordsContent(request);
		}
		catch (NotUnderstoodException ex) {
			if (logger.isDebugEnabled()) {
				logger.debug("The AWS SDK encodes a request to PutRecords, which has " + ex.getMessage());
			}
			return null;
		}
	}

	private static <T> AwsRequestOverrideConfiguration with(ExecutionAttribute<T> attribute, T value,
			AwsRequest request) {
		return request.overrideConfiguration()
			.map(AwsRequestOverrideConfiguration::toBuilder)
			.orElseGet(AwsRequestOverrideConfiguration::builder)
			.putExecutionAttribute(attribute, value)
			.build();
	}

}
