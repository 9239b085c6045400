package io.kinesisspring.wire;

import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;

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

	private FastPath(KinesisAsyncClient client, @Nullable String obstacle) {
		this.client = client;
		this.decoding = (obstacle == null);
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
		String obstacle = Obstacles.toDecoding(client);
		if (logger.isDebugEnabled()) {
			logger.debug((obstacle == null) ? "The fast path decodes responses to GetRecords"
					: "The AWS SDK decodes responses to GetRecords: " + obstacle);
		}
		return new FastPath(client, obstacle);
	}

	/**
	 * Return whether the fast path decodes responses.
	 * @return {@code false} if the SDK decodes all of them
	 */
	public boolean isDecoding() {
		return this.decoding;
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
		AwsRequestOverrideConfiguration configuration = request.overrideConfiguration()
			.map(AwsRequestOverrideConfiguration::toBuilder)
			.orElseGet(AwsRequestOverrideConfiguration::builder)
			.putExecutionAttribute(RecordsCall.ATTRIBUTE, call)
			.build();
		return this.client.getRecords(request.toBuilder().overrideConfiguration(configuration).build())
			.thenApply(call::responseFor);
	}

}
