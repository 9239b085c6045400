package io.kinesisspring.embedded.testing;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Unmodified SDK clients for a local endpoint.
 */
public final class KinesisClients {

	private static final StaticCredentialsProvider CREDENTIALS = StaticCredentialsProvider
		.create(AwsBasicCredentials.create("local", "local"));

	private KinesisClients() {
	}

	/**
	 * A client with everything as the SDK has it: CBOR over HTTP/2, retries.
	 * @param endpoint the server's endpoint
	 * @param interceptors interceptors of its calls
	 * @return the client
	 */
	public static KinesisAsyncClient withDefaults(URI endpoint, ExecutionInterceptor... interceptors) {
		return builder(endpoint)
			.overrideConfiguration((override) -> override.executionInterceptors(List.of(interceptors)))
			.build();
	}

	/**
	 * A client that does not retry, so that a test sees each answer.
	 * @param endpoint the server's endpoint
	 * @param wire how requests are encoded
	 * @param protocol the HTTP version
	 * @param interceptors interceptors of its calls
	 * @return the client
	 */
	public static KinesisAsyncClient withoutRetries(URI endpoint, WireProtocol wire, Protocol protocol,
			ExecutionInterceptor... interceptors) {
		return withoutRetries(endpoint, wire, netty(protocol), interceptors);
	}

	/**
	 * A client that does not retry either, unless its connection is closed.
	 * @param endpoint the server's endpoint
	 * @param wire how requests are encoded
	 * @param protocol the HTTP version
	 * @return the client
	 */
	public static KinesisAsyncClient retryingClosedConnections(URI endpoint, WireProtocol wire, Protocol protocol) {
		return create(endpoint, wire, netty(protocol), closedConnections());
	}

	/**
	 * Retries of calls whose connection is closed, by whichever side. The SDK's
	 * completion of a rejected call may close an HTTP/1.1 connection that the next call
	 * has just begun to use. Not for tests that count the attempts of lost answers.
	 * @return the retries
	 */
	public static RetryStrategy closedConnections() {
		return DefaultRetryStrategy.standardStrategyBuilder()
			.useClientDefaults(false)
			.maxAttempts(3)
			.retryOnException((ex) -> ex instanceof SdkClientException && ex.getCause() instanceof IOException)
			.build();
	}

	/**
	 * A client that does not retry, on any asynchronous HTTP client.
	 * @param endpoint the server's endpoint
	 * @param wire how requests are encoded
	 * @param http the HTTP client
	 * @param interceptors interceptors of its calls
	 * @return the client
	 */
	public static KinesisAsyncClient withoutRetries(URI endpoint, WireProtocol wire, SdkAsyncHttpClient.Builder<?> http,
			ExecutionInterceptor... interceptors) {
		return create(endpoint, wire, http, DefaultRetryStrategy.doNotRetry(), interceptors);
	}

	/**
	 * A synchronous client that does not retry.
	 * @param endpoint the server's endpoint
	 * @param wire how requests are encoded
	 * @param http the HTTP client, to be closed by the caller
	 * @return the client
	 */
	public static KinesisClient synchronousWithoutRetries(URI endpoint, WireProtocol wire, SdkHttpClient http) {
		return wire.use(() -> KinesisClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.credentialsProvider(CREDENTIALS)
			.httpClient(http)
			.overrideConfiguration((override) -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()))
			.build());
	}

	private static KinesisAsyncClient create(URI endpoint, WireProtocol wire, SdkAsyncHttpClient.Builder<?> http,
			RetryStrategy retries, ExecutionInterceptor... interceptors) {
		return wire.use(() -> builder(endpoint).httpClientBuilder(http)
			.overrideConfiguration(
					(override) -> override.retryStrategy(retries).executionInterceptors(List.of(interceptors)))
			.build());
	}

	private static NettyNioAsyncHttpClient.Builder netty(Protocol protocol) {
		return NettyNioAsyncHttpClient.builder()
			.protocol(protocol)
			.readTimeout(Duration.ofSeconds(20))
			.maxConcurrency(100);
	}

	private static KinesisAsyncClientBuilder builder(URI endpoint) {
		return KinesisAsyncClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.credentialsProvider(CREDENTIALS);
	}

}
