package io.kinesisspring.boot.serviceconnection;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.lifecycle.DockerComposeServicesReadyEvent;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.io.support.SpringFactoriesLoader;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisConnectionDetails;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for connections to the services of Docker Compose.
 */
class DockerComposeConnectionTests {

	/**
	 * Keeps the SDK's event loops running from test to test: ending them takes seconds.
	 */
	private static final SdkAsyncHttpClient eventLoopKeeper = NettyNioAsyncHttpClient.create();

	private static final String LABEL = "org.springframework.boot.service-connection";

	private final List<RunningService> services = new ArrayList<>();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class,
				KinesisDynamoDbLeaseStoreAutoConfiguration.class))
		.withInitializer(this::servicesAreReady);

	@AfterAll
	static void close() {
		eventLoopKeeper.close();
	}

	@Test
	void connectsToLocalStackByItsImage() {
		this.services.add(new Service("aws", "localstack/localstack:4", 4566, 14566,
				Map.of("AWS_DEFAULT_REGION", "eu-west-3"), Map.of()));
		this.contextRunner.run((context) -> {
			KinesisConnectionDetails details = context.getBean(KinesisConnectionDetails.class);
			assertThat(details.getRegion()).isEqualTo("eu-west-3");
			assertThat(details.getAccessKey()).isEqualTo("test");
			assertThat(details.getSecretKey()).isEqualTo("test");
			assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14566"));
			assertThat(dynamoDbEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14566"));
		});
	}

	@Test
	void connectsToFlociByItsImage() {
		this.services.add(Service.of("floci/floci:latest", 4566, 24566));
		this.contextRunner
			.run((context) -> assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:24566")));
	}

	@Test
	void connectsToKinesisMockAndDynamoDbLocalByTheirImages() {
		this.services.add(Service.of("ghcr.io/etspaceman/kinesis-mock:0.6.2", 4568, 14568));
		this.services.add(Service.of("amazon/dynamodb-local", 8000, 18000));
		this.contextRunner
			.withPropertyValues("kinesis.endpoint=http://127.0.0.1:1", "kinesis.dynamodb.endpoint=http://127.0.0.1:2")
			.run((context) -> {
				assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:14568"));
				assertThat(dynamoDbEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:18000"));
			});
	}

	@Test
	void theLabelNamesTheEmulatorOfAnotherImage() {
		this.services.add(new Service("k", "registry.example.com/our/kinesis", 4568, 24568, Map.of(),
				Map.of(LABEL, "kinesis-local")));
		this.services.add(new Service("d", "registry.example.com/our/tables", 8000, 28000, Map.of(),
				Map.of(LABEL, "amazon/dynamodb-local")));
		this.contextRunner.run((context) -> {
			assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:24568"));
			assertThat(dynamoDbEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:28000"));
		});
	}

	@Test
	void theLabelHasPrecedenceOverTheImage() {
		this.services.add(new Service("k", "localstack/localstack", 4568, 24568, Map.of(),
				Map.of(LABEL, "etspaceman/kinesis-mock")));
		this.contextRunner
			.run((context) -> assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:24568")));
	}

	@Test
	void otherServicesAreNoConnections() {
		this.services.add(Service.of("postgres:18", 5432, 15432));
		this.contextRunner.withPropertyValues("kinesis.endpoint=http://127.0.0.1:1", "kinesis.region=eu-west-1")
			.run((context) -> assertThat(kinesisEndpoint(context)).isEqualTo(URI.create("http://127.0.0.1:1")));
	}

	@Test
	void twoEmulatorsOfKinesisAreTooMany() {
		this.services.add(Service.of("localstack/localstack", 4566, 14566));
		this.services.add(Service.of("etspaceman/kinesis-mock", 4568, 14568));
		this.contextRunner.run((context) -> assertThat(context).getFailure()
			.hasRootCauseInstanceOf(NoUniqueBeanDefinitionException.class));
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
	 * What Spring Boot does when Docker Compose has started the services.
	 */
	@SuppressWarnings("unchecked")
	private void servicesAreReady(ApplicationContext context) {
		DockerComposeServicesReadyEvent event = event(context);
		SpringFactoriesLoader.forDefaultResourceLocation()
			.load(ApplicationListener.class)
			.stream()
			.filter((listener) -> listener.getClass().getName().contains("DockerComposeServiceConnections"))
			.forEach((listener) -> ((ApplicationListener<DockerComposeServicesReadyEvent>) listener)
				.onApplicationEvent(event));
	}

	private DockerComposeServicesReadyEvent event(ApplicationContext context) {
		try {
			return BeanUtils.instantiateClass(
					DockerComposeServicesReadyEvent.class.getDeclaredConstructor(ApplicationContext.class, List.class),
					context, this.services);
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A service that seems to run.
	 */
	private record Service(String name, ImageReference image, int inside, int outside, Map<String, String> env,
			Map<String, String> labels) implements RunningService, ConnectionPorts {

		private Service(String name, String image, int inside, int outside, Map<String, String> env,
				Map<String, String> labels) {
			this(name, ImageReference.of(image), inside, outside, env, labels);
		}

		private static Service of(String image, int inside, int outside) {
			return new Service("service-" + inside, image, inside, outside, Map.of(), Map.of());
		}

		@Override
		public String host() {
			return "127.0.0.1";
		}

		@Override
		public ConnectionPorts ports() {
			return this;
		}

		@Override
		public int get(int containerPort) {
			assertThat(containerPort).isEqualTo(this.inside);
			return this.outside;
		}

		@Override
		public List<Integer> getAll() {
			return List.of(this.outside);
		}

		@Override
		public List<Integer> getAll(String protocol) {
			return getAll();
		}

	}

}
