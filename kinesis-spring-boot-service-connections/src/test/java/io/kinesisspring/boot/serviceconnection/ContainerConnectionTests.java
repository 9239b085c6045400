package io.kinesisspring.boot.serviceconnection;

import java.net.URI;
import java.util.Map;

import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;
import io.floci.testcontainers.FlociContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsNotFoundException;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.context.ImportTestcontainers;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.localstack.LocalStackContainer;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for connections to the containers of Testcontainers.
 */
@Timeout(180)
class ContainerConnectionTests {

	/**
	 * Keeps the SDK's event loops running from test to test: ending them takes seconds.
	 */
	private static final SdkAsyncHttpClient eventLoopKeeper = NettyNioAsyncHttpClient.create();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ServiceConnectionAutoConfiguration.class,
				KinesisClientAutoConfiguration.class, KinesisDynamoDbLeaseStoreAutoConfiguration.class));

	@AfterAll
	static void close() {
		eventLoopKeeper.close();
	}

	@Test
	void connectsToLocalStackByTheTypeOfTheContainer() {
		this.contextRunner.withUserConfiguration(LocalStack.class).run((context) -> {
			KinesisConnectionDetails details = context.getBean(KinesisConnectionDetails.class);
			assertThat(details.getEndpoint()).isEqualTo(URI.create("http://127.0.0.1:14566"));
			assertThat(details.getDynamoDbEndpoint()).isEqualTo(URI.create("http://127.0.0.1:14566"));
			assertThat(details.getRegion()).isEqualTo("eu-west-3");
			assertThat(details.getAccessKey()).isEqualTo("me");
			assertThat(details.getSecretKey()).isEqualTo("secret");
			assertThat(details.getSessionToken()).isNull();
			assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14566"));
			assertThat(dynamoDbEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14566"));
		});
	}

	@Test
	void connectsToFlociByTheTypeOfTheContainer() {
		this.contextRunner.withUserConfiguration(Floci.class).run((context) -> {
			KinesisConnectionDetails details = context.getBean(KinesisConnectionDetails.class);
			assertThat(details.getEndpoint()).isEqualTo(URI.create("http://127.0.0.1:24566"));
			assertThat(details.getDynamoDbEndpoint()).isEqualTo(URI.create("http://127.0.0.1:24566"));
			assertThat(details.getRegion()).isEqualTo("us-east-1");
			assertThat(details.getAccessKey()).isEqualTo("test");
		});
	}

	@Test
	void connectsToImagesByTheirNames() {
		this.contextRunner.withUserConfiguration(FlociImage.class)
			.run((context) -> assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:34566")));
		this.contextRunner.withUserConfiguration(Mock.class)
			.run((context) -> assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14568")));
	}

	@Test
	void connectsToAnotherImageByTheNameOfTheConnection() {
		this.contextRunner.withUserConfiguration(NamedBean.class)
			.run((context) -> assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:24568")));
	}

	@Test
	void anImageThatNobodyKnowsFailsTheStart() {
		this.contextRunner.withUserConfiguration(Unknown.class)
			.run((context) -> assertThat(context).getFailure().isInstanceOf(ConnectionDetailsNotFoundException.class));
	}

	@Test
	void anEmulatorOfKinesisAloneLeavesDynamoDbToTheProperty() {
		this.contextRunner.withUserConfiguration(Mock.class)
			.withPropertyValues("kinesis.dynamodb.endpoint=http://127.0.0.1:8123")
			.run((context) -> assertThat(dynamoDbEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:8123")));
	}

	@Test
	void dynamoDbLocalIsUsedBesideAnEmulatorOfKinesis() {
		this.contextRunner.withUserConfiguration(Mock.class, DynamoDb.class)
			.withPropertyValues("kinesis.dynamodb.endpoint=http://127.0.0.1:8123")
			.run((context) -> {
				assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14568"));
				assertThat(dynamoDbEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:18000"));
			});
	}

	@Test
	void dynamoDbLocalHasPrecedenceOverThatOfLocalStack() {
		this.contextRunner.withUserConfiguration(LocalStack.class, DynamoDb.class).run((context) -> {
			assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14566"));
			assertThat(dynamoDbEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:18000"));
		});
	}

	@Test
	void theConnectionHasPrecedenceOverProperties() {
		this.contextRunner.withUserConfiguration(LocalStack.class)
			.withPropertyValues("kinesis.endpoint=http://127.0.0.1:1", "kinesis.dynamodb.endpoint=http://127.0.0.1:2",
					"kinesis.region=eu-central-1")
			.run((context) -> {
				assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14566"));
				assertThat(dynamoDbEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14566"));
				assertThat(context.getBean(KinesisAsyncClient.class).serviceClientConfiguration().region())
					.hasToString("eu-west-3");
			});
	}

	@Test
	void anApplicationsOwnDetailsHavePrecedenceOverTheConnection() {
		this.contextRunner.withUserConfiguration(LocalStack.class)
			.withBean(KinesisConnectionDetails.class, () -> new KinesisConnectionDetails() {

				@Override
				public URI getEndpoint() {
					return URI.create("http://127.0.0.1:3");
				}

				@Override
				public String getRegion() {
					return "own-1";
				}

			})
			.run((context) -> assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:3")));
	}

	@Test
	void ofTwoContainersOneIsUsedAsWithAnyServiceConnection() {
		this.contextRunner.withUserConfiguration(LocalStack.class, Mock.class)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(KinesisConnectionDetails.class));
	}

	@Test
	void theTypeOfTheConnectionSelectsWhatItIsFor() {
		this.contextRunner.withUserConfiguration(ForAwspringAlone.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(AwsConnectionDetails.class)
				.doesNotHaveBean("kinesisConnectionDetails")
				.getBean(KinesisConnectionDetails.class)
				.extracting(KinesisConnectionDetails::getEndpoint)
				.isEqualTo(URI.create("http://127.0.0.1:14566")));
	}

	@Test
	void worksWithoutTheModulesOfTheContainers() {
		this.contextRunner.withUserConfiguration(Mock.class)
			.withClassLoader(new FilteredClassLoader(FlociContainer.class, LocalStackContainer.class))
			.run((context) -> assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14568")));
	}

	@Test
	void withoutContainersThereIsNoConnection() {
		this.contextRunner.withPropertyValues("kinesis.region=eu-west-1")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(KinesisConnectionDetails.class)
				.hasBean("kinesisConnectionDetails"));
	}

	@Test
	void sendsToTheServerInTheContainer() {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
			.dynamoDb(false)
			.stream("orders", 1)
			.start()) {
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(ServiceConnectionAutoConfiguration.class,
						JacksonAutoConfiguration.class, KinesisClientAutoConfiguration.class,
						KinesisConverterAutoConfiguration.class, KinesisProducerAutoConfiguration.class))
				.withUserConfiguration(ServerBean.class)
				.withPropertyValues("test.port=" + server.port())
				.run((context) -> context.getBean(KinesisTemplate.class).send("orders", "key", "payload").join());
			assertThat(server.records("orders")).hasSize(1);
		}
	}

	private static URI kinesisEndpoint(ApplicationContext context) {
		return context.getBean(KinesisAsyncClient.class).serviceClientConfiguration().endpointOverride().orElse(null);
	}

	private static URI dynamoDbEndpoint(ApplicationContext context) {
		return context.getBean("kinesisDynamoDbAsyncClient", DynamoDbAsyncClient.class)
			.serviceClientConfiguration()
			.endpointOverride()
			.orElse(null);
	}

	/**
	 * A container of a type whose constructor would ask Docker.
	 */
	private static <C extends GenericContainer<C>> C running(Class<C> type, String image, int portOffset,
			Map<String, String> environment) {
		C container = mock(type);
		given(container.getDockerImageName()).willReturn(image);
		given(container.getHost()).willReturn("127.0.0.1");
		given(container.getMappedPort(4566)).willReturn(4566 + portOffset);
		given(container.getEnvMap()).willReturn(environment);
		return container;
	}

	private static LocalStackContainer localStack(Map<String, String> environment) {
		LocalStackContainer container = running(LocalStackContainer.class, "registry.example.com/our/stack", 10_000,
				environment);
		given(container.getEndpoint()).willReturn(URI.create("http://127.0.0.1:14566"));
		given(container.getRegion()).willReturn("eu-west-3");
		given(container.getAccessKey()).willReturn("me");
		given(container.getSecretKey()).willReturn("secret");
		return container;
	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class LocalStack {

		@ServiceConnection
		static final LocalStackContainer localStack = localStack(Map.of("AWS_DEFAULT_REGION", "eu-west-3",
				"AWS_ACCESS_KEY_ID", "me", "AWS_SECRET_ACCESS_KEY", "secret"));

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class ForAwspringAlone {

		@ServiceConnection(type = AwsConnectionDetails.class)
		static final LocalStackContainer localStack = localStack(Map.of());

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class Floci {

		@ServiceConnection
		static final FlociContainer floci = running(FlociContainer.class, "registry.example.com/our/floci", 20_000,
				Map.of());

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class FlociImage {

		@ServiceConnection
		static final GenericContainer<?> floci = new FakeContainer("floci/floci:1.5.30", 4566, 34566);

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class Mock {

		@ServiceConnection
		static final GenericContainer<?> kinesis = new FakeContainer("ghcr.io/etspaceman/kinesis-mock:0.6.2", 4568,
				14568);

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class DynamoDb {

		@ServiceConnection
		static final GenericContainer<?> dynamoDb = new FakeContainer("amazon/dynamodb-local:3.3.0", 8000, 18000);

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class Unknown {

		@ServiceConnection
		static final GenericContainer<?> unknown = new FakeContainer("somebody/something", 4568, 14568);

	}

	@Configuration(proxyBeanMethods = false)
	static class NamedBean {

		@Bean
		@ServiceConnection(name = "kinesis-local")
		GenericContainer<?> kinesis() {
			return new FakeContainer("registry.example.com/our/kinesis", 4568, 24568);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ServerBean {

		@Bean
		@ServiceConnection(name = "kinesis-mock")
		GenericContainer<?> kinesis(@Value("${test.port}") int port) {
			return new FakeContainer("etspaceman/kinesis-mock", 4568, port);
		}

	}

}
