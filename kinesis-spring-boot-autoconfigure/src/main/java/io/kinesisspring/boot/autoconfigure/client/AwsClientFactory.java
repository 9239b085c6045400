package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.function.SingletonSupplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.wire.FastPath;

/**
 * Builds the AWS clients. All of them share one region and one identity, which are
 * resolved when the first client is built. Customizers apply last. Stops the clients'
 * threads after the clients.
 */
public final class AwsClientFactory implements DisposableBean {

	private final SingletonSupplier<Region> region;

	private final SingletonSupplier<AwsCredentialsProvider> credentials;

	private final EndpointVariants variants;

	private final ClientCustomizers customizers;

	private final HttpSettings http;

	private final List<ClientThreads> threads = new CopyOnWriteArrayList<>();

	AwsClientFactory(RegionResolver region, CredentialsResolver credentials, EndpointVariants variants,
			ClientCustomizers customizers, HttpSettings http) {
		this.region = SingletonSupplier.of(region::resolve);
		this.credentials = SingletonSupplier.of(() -> credentials.resolve(this.region.obtain()));
		this.variants = variants;
		this.customizers = customizers;
		this.http = http;
	}

	/**
	 * The client that reads and sends.
	 */
	KinesisAsyncClient createForRequests(@Nullable URI endpoint) {
		ClientOverrideConfiguration.Builder configuration = RequestPolicy.kinesis(this.http.apiCallTimeout())
			.toOverrideConfiguration()
			.toBuilder();
		if (this.http.fastPath()) {
			configuration.addExecutionInterceptor(FastPath.interceptor());
		}
		return create(KinesisAsyncClient.builder(), endpoint, configuration, ClientThreads.forKinesis(),
				this.customizers);
	}

	/**
	 * The client of a schema registry.
	 * @param builder the builder of the client
	 * @param endpoint where the registry is, {@code null} for the region's endpoint
	 * @param <B> the type of the builder
	 * @param <C> the type of the client
	 * @return the client
	 */
	public <B extends AwsClientBuilder<B, C> & AwsAsyncClientBuilder<B, C>, C> C createForSchemas(B builder,
			@Nullable URI endpoint) {
		return create(builder, endpoint,
				RequestPolicy.SCHEMAS.within(this.http.apiCallTimeout()).toOverrideConfiguration().toBuilder(),
				ClientThreads.forSchemas(), this.customizers);
	}

	/**
	 * The client of a lease store.
	 * @param builder the builder of the client
	 * @param endpoint where the store is, {@code null} for the region's endpoint
	 * @param <B> the type of the builder
	 * @param <C> the type of the client
	 * @return the client
	 */
	public <B extends AwsClientBuilder<B, C> & AwsAsyncClientBuilder<B, C>, C> C createForLeases(B builder,
			@Nullable URI endpoint) {
		return create(builder, endpoint,
				RequestPolicy.DYNAMODB.within(this.http.apiCallTimeout()).toOverrideConfiguration().toBuilder(),
				ClientThreads.forLeases(), this.customizers);
	}

	/**
	 * A client that sends dead letters to another service.
	 * @param builder the builder of the client
	 * @param <B> the type of the builder
	 * @param <C> the type of the client
	 * @return the client
	 */
	public <B extends AwsClientBuilder<B, C> & AwsAsyncClientBuilder<B, C>, C> C createForDeadLetters(B builder) {
		return create(builder, null,
				RequestPolicy.kinesis(this.http.apiCallTimeout()).toOverrideConfiguration().toBuilder(),
				ClientThreads.forDeadLetters(), this.customizers);
	}

	/**
	 * The client that subscribes to shards.
	 */
	KinesisAsyncClient createForSubscriptions(@Nullable URI endpoint) {
		return create(KinesisAsyncClient.builder(), endpoint,
				RequestPolicy.SUBSCRIPTIONS.toOverrideConfiguration().toBuilder(), ClientThreads.forSubscriptions(),
				this.customizers.forSubscriptions());
	}

	private <B extends AwsClientBuilder<B, C> & AwsAsyncClientBuilder<B, C>, C> C create(B builder,
			@Nullable URI endpoint, ClientOverrideConfiguration.Builder configuration, ClientThreads threads,
			ClientCustomizers lastWord) {
		this.threads.add(threads);
		threads.customize(configuration);
		threads.customize(builder);
		builder.region(this.region.obtain())
			.credentialsProvider(this.credentials.obtain())
			.overrideConfiguration(configuration.build());
		if (endpoint != null) {
			builder.endpointOverride(endpoint);
		}
		this.variants.applyTo(builder, endpoint);
		lastWord.customize(builder);
		try {
			return builder.build();
		}
		catch (SdkClientException ex) {
			throw explained(ex);
		}
	}

	@Override
	public void destroy() {
		this.threads.forEach(ClientThreads::close);
	}

	private static RuntimeException explained(SdkClientException ex) {
		if (!String.valueOf(ex.getMessage()).contains("HTTP implementation")) {
			return ex;
		}
		return new KinesisConfigurationException(
				"The AWS SDK has no asynchronous HTTP client to work with, or several to choose from ("
						+ ex.getMessage() + ")",
				"Add the dependency software.amazon.awssdk:netty-nio-client, which kinesis-spring-boot-starter brings, or choose a client with a KinesisClientCustomizer bean",
				ex);
	}

}
