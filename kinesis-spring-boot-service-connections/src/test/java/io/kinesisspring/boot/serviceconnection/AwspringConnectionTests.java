package io.kinesisspring.boot.serviceconnection;

import java.net.URI;

import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;
import io.awspring.cloud.autoconfigure.core.CredentialsProviderAutoConfiguration;
import io.awspring.cloud.autoconfigure.core.RegionProviderAutoConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisServiceClientConfiguration;

import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what Spring Cloud AWS knows of a connection.
 */
class AwspringConnectionTests {

	/**
	 * Keeps the SDK's event loops running from test to test: ending them takes seconds.
	 */
	private static final SdkAsyncHttpClient eventLoopKeeper = NettyNioAsyncHttpClient.create();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class,
				KinesisDynamoDbLeaseStoreAutoConfiguration.class));

	@AfterAll
	static void close() {
		eventLoopKeeper.close();
	}

	@Test
	void usesItsConnectionForBothServices() {
		this.contextRunner
			.withBean(AwsConnectionDetails.class,
					() -> details("http://127.0.0.1:14566", "eu-west-3", "access", "secret"))
			.withPropertyValues("kinesis.endpoint=http://127.0.0.1:1", "kinesis.dynamodb.endpoint=http://127.0.0.1:2",
					"kinesis.region=eu-west-1", "kinesis.credentials.access-key=other",
					"kinesis.credentials.secret-key=other", "kinesis.credentials.session-token=other")
			.run((context) -> {
				assertThat(configuration(context).endpointOverride()).hasValue(URI.create("http://127.0.0.1:14566"));
				assertThat(configuration(context).region()).isEqualTo(Region.of("eu-west-3"));
				assertThat(credentials(context)).isEqualTo(AwsBasicCredentials.create("access", "secret"));
				assertThat(context.getBean("kinesisDynamoDbAsyncClient", DynamoDbAsyncClient.class)
					.serviceClientConfiguration()
					.endpointOverride()).hasValue(URI.create("http://127.0.0.1:14566"));
			});
	}

	@Test
	void whatItsConnectionLacksComesFromTheProperties() {
		this.contextRunner.withBean(AwsConnectionDetails.class, () -> details(null, null, null, null))
			.withPropertyValues("kinesis.endpoint=http://127.0.0.1:1", "kinesis.region=eu-west-1",
					"kinesis.credentials.access-key=mine", "kinesis.credentials.secret-key=mine",
					"kinesis.credentials.session-token=mine")
			.run((context) -> {
				assertThat(configuration(context).endpointOverride()).hasValue(URI.create("http://127.0.0.1:1"));
				assertThat(configuration(context).region()).isEqualTo(Region.of("eu-west-1"));
				assertThat(credentials(context)).isEqualTo(AwsSessionCredentials.create("mine", "mine", "mine"));
			});
	}

	@Test
	void aConnectionForKinesisHasPrecedence() {
		this.contextRunner
			.withBean(AwsConnectionDetails.class,
					() -> details("http://127.0.0.1:14566", "eu-west-3", "access", "secret"))
			.withBean(KinesisConnectionDetails.class, () -> new KinesisConnectionDetails() {

				@Override
				public String getRegion() {
					return "own-1";
				}

			})
			.run((context) -> {
				assertThat(context).hasSingleBean(KinesisConnectionDetails.class);
				assertThat(configuration(context).region()).isEqualTo(Region.of("own-1"));
				assertThat(configuration(context).endpointOverride()).isEmpty();
			});
	}

	@Test
	void usesItsRegionAndCredentialsBeans() {
		this.contextRunner
			.withConfiguration(AutoConfigurations.of(CredentialsProviderAutoConfiguration.class,
					RegionProviderAutoConfiguration.class))
			.withPropertyValues("spring.cloud.aws.region.static=eu-west-3",
					"spring.cloud.aws.credentials.access-key=access", "spring.cloud.aws.credentials.secret-key=secret")
			.run((context) -> {
				assertThat(configuration(context).region()).isEqualTo(Region.of("eu-west-3"));
				assertThat(credentials(context)).isEqualTo(AwsBasicCredentials.create("access", "secret"));
				assertThat(configuration(context).endpointOverride()).isEmpty();
			});
	}

	@Test
	void worksWithoutIt() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.awspring"))
			.withPropertyValues("kinesis.region=eu-west-1")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(KinesisConnectionDetails.class)
				.hasBean("kinesisConnectionDetails"));
	}

	private static KinesisServiceClientConfiguration configuration(ApplicationContext context) {
		return context.getBean(KinesisAsyncClient.class).serviceClientConfiguration();
	}

	private static AwsCredentials credentials(ApplicationContext context) {
		return ((AwsCredentialsProvider) configuration(context).credentialsProvider()).resolveCredentials();
	}

	private static AwsConnectionDetails details(@Nullable String endpoint, @Nullable String region,
			@Nullable String accessKey, @Nullable String secretKey) {
		return new AwsConnectionDetails() {

			@Override
			public @Nullable URI getEndpoint() {
				return (endpoint != null) ? URI.create(endpoint) : null;
			}

			@Override
			public @Nullable String getRegion() {
				return region;
			}

			@Override
			public @Nullable String getAccessKey() {
				return accessKey;
			}

			@Override
			public @Nullable String getSecretKey() {
				return secretKey;
			}

		};
	}

}
