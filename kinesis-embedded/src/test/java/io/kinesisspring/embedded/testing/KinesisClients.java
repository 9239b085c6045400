package io.kinesisspring.embedded.testing;

import java.net.URI;
import java.time.Duration;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;

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
	 * @return the client
	 */
	public static KinesisAsyncClient withDefaults(URI endpoint) {
		return builder(endpoint).build();
	}

	/**
	 * A client that does not retry, so that a test sees each answer.
	 * @param endpoint the server's endpoint
	 * @param wire how requests are encoded
	 * @param protocol the HTTP version
	 * @return the client
	 */
	public static KinesisAsyncClient withoutRetries(URI endpoint, WireProtocol wire, Protocol protocol) {
		return wire.use(() -> builder(endpoint)
			.httpClientBuilder(NettyNioAsyncHttpClient.builder()
				.protocol(protocol)
				.readTimeout(Duration.ofSeconds(20))
				.maxConcurrency(100))
			.overrideConfiguration((override) -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()))
			.build());
	}

	private static KinesisAsyncClientBuilder builder(URI endpoint) {
		return KinesisAsyncClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.credentialsProvider(CREDENTIALS);
	}

}
