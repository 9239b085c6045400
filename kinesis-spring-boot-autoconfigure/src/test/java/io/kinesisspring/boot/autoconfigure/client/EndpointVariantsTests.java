package io.kinesisspring.boot.autoconfigure.client;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link EndpointVariants}, by the host that the SDK is about to connect to.
 */
class EndpointVariantsTests {

	private static final String STREAM_ARN = "arn:aws:kinesis:eu-central-1:111122223333:stream/orders";

	private final Hosts hosts = new Hosts();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class))
		.withBean("hosts", KinesisClientCustomizer.class,
				() -> (KinesisClientCustomizer<AwsClientBuilder<?, ?>>) this.hosts::customize)
		.withBean(AwsCredentialsProvider.class, () -> StaticCredentialsProvider.create(keys(null)))
		.withPropertyValues("kinesis.region=eu-central-1");

	private static AwsBasicCredentials keys(String account) {
		return AwsBasicCredentials.builder().accessKeyId("key").secretAccessKey("secret").accountId(account).build();
	}

	@Test
	void hostsAreThoseOfTheRegionByDefault() {
		this.contextRunner.run((context) -> {
			call(context);
			assertThat(this.hosts.seen).containsEntry("ListStreams", "kinesis.eu-central-1.amazonaws.com")
				.containsEntry("ListTables", "dynamodb.eu-central-1.amazonaws.com");
		});
	}

	@Test
	void whenFipsIsSetAllClientsUseTheFipsEndpoints() {
		this.contextRunner.withPropertyValues("kinesis.fips=true", "kinesis.credentials.role-arn=arn:aws:iam::1:role/r")
			.run((context) -> {
				call(context);
				assertThat(this.hosts.seen)
					.containsOnly(Map.entry("AssumeRole", "sts-fips.eu-central-1.amazonaws.com"));
			});
		this.hosts.seen.clear();
		this.contextRunner.withPropertyValues("kinesis.fips=true").run((context) -> {
			call(context);
			assertThat(this.hosts.seen).containsEntry("ListStreams", "kinesis-fips.eu-central-1.amazonaws.com")
				.containsEntry("DescribeStreamConsumer", "111122223333.control-kinesis-fips.eu-central-1.amazonaws.com")
				.containsEntry("ListTables", "dynamodb-fips.eu-central-1.amazonaws.com");
		});
	}

	@Test
	void whenDualStackIsSetAllClientsUseTheDualStackEndpoints() {
		this.contextRunner.withPropertyValues("kinesis.dual-stack=true").run((context) -> {
			call(context);
			assertThat(this.hosts.seen).containsEntry("ListStreams", "kinesis.eu-central-1.api.aws")
				.containsEntry("ListTables", "dynamodb.eu-central-1.api.aws");
		});
	}

	@Test
	void aPropertyOverridesTheSettingOfTheSdk() {
		ApplicationContextRunner fipsByTheSdk = this.contextRunner.withSystemProperties("aws.useFipsEndpoint=true");
		fipsByTheSdk.run((context) -> {
			call(context);
			assertThat(this.hosts.seen).containsEntry("ListStreams", "kinesis-fips.eu-central-1.amazonaws.com");
		});
		fipsByTheSdk.withPropertyValues("kinesis.fips=false").run((context) -> {
			call(context);
			assertThat(this.hosts.seen).containsEntry("ListStreams", "kinesis.eu-central-1.amazonaws.com");
		});
	}

	/**
	 * What an allow list must contain: {@code docs/configuration.md}.
	 */
	@Test
	void hostsHaveTheAccountOfTheCredentialsOrOfTheArn() {
		ApplicationContextRunner withAccount = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class))
			.withBean("hosts", KinesisClientCustomizer.class,
					() -> (KinesisClientCustomizer<AwsClientBuilder<?, ?>>) this.hosts::customize)
			.withBean(AwsCredentialsProvider.class, () -> StaticCredentialsProvider.create(keys("444455556666")))
			.withPropertyValues("kinesis.region=eu-central-1");
		withAccount.run((context) -> {
			call(context);
			assertThat(this.hosts.seen)
				.containsEntry("PutRecords", "444455556666.data-kinesis.eu-central-1.amazonaws.com")
				.containsEntry("GetRecords", "111122223333.data-kinesis.eu-central-1.amazonaws.com")
				.containsEntry("ListStreams", "444455556666.control-kinesis.eu-central-1.amazonaws.com")
				.containsEntry("DescribeStreamSummary", "111122223333.control-kinesis.eu-central-1.amazonaws.com")
				.containsEntry("DescribeTable", "444455556666.ddb.eu-central-1.amazonaws.com");
		});
		withAccount.withSystemProperties("aws.accountIdEndpointMode=disabled").run((context) -> {
			call(context);
			assertThat(this.hosts.seen).containsEntry("PutRecords", "kinesis.eu-central-1.amazonaws.com")
				.containsEntry("GetRecords", "111122223333.data-kinesis.eu-central-1.amazonaws.com")
				.containsEntry("DescribeTable", "dynamodb.eu-central-1.amazonaws.com");
		});
	}

	@Test
	void whenThereIsAnEndpointRejectsTheVariant() {
		this.contextRunner.withPropertyValues("kinesis.fips=true", "kinesis.endpoint=http://localhost:4567")
			.run((context) -> assertThatThrownBy(() -> context.getBean(KinesisAsyncClient.class)).rootCause()
				.isInstanceOf(KinesisConfigurationException.class)
				.hasMessageContaining("kinesis.fips is true, but the endpoint is set to 'http://localhost:4567'"));
		this.contextRunner.withPropertyValues("kinesis.dual-stack=false", "kinesis.endpoint=http://localhost:4567")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static void call(ApplicationContext context) {
		KinesisAsyncClient kinesis = context.getBean(KinesisAsyncClient.class);
		refused(() -> kinesis.listStreams());
		refused(() -> kinesis.describeStreamSummary((describe) -> describe.streamARN(STREAM_ARN)));
		refused(() -> kinesis.describeStreamConsumer((describe) -> describe.streamARN(STREAM_ARN).consumerName("c")));
		refused(() -> kinesis.getRecords((get) -> get.streamARN(STREAM_ARN).shardIterator("i")));
		refused(() -> kinesis.putRecords((put) -> put.streamName("orders")));
		try (DynamoDbAsyncClient leases = context.getBean(AwsClientFactory.class)
			.createForLeases(DynamoDbAsyncClient.builder(), null)) {
			refused(leases::listTables);
			refused(() -> leases.describeTable((describe) -> describe.tableName("leases")));
		}
	}

	private static void refused(Supplier<CompletableFuture<?>> call) {
		assertThatThrownBy(() -> call.get().join()).rootCause().hasMessage("not sent");
	}

	/**
	 * Keeps the host of each request, and sends none.
	 */
	private static final class Hosts implements ExecutionInterceptor {

		private final Map<String, String> seen = new ConcurrentHashMap<>();

		void customize(AwsClientBuilder<?, ?> builder) {
			builder.overrideConfiguration(
					builder.overrideConfiguration().copy((override) -> override.addExecutionInterceptor(this)));
		}

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			this.seen.put(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME), context.httpRequest().host());
			throw new IllegalStateException("not sent");
		}

	}

}
