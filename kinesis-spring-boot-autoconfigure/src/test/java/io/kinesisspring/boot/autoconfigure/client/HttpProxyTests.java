package io.kinesisspring.boot.autoconfigure.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.utils.AttributeMap;

import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;
import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@code kinesis.http.proxy.*}, on a proxy that knows hosts nobody else knows.
 */
class HttpProxyTests {

	private static final String USER = " by Basic "
			+ Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));

	private static final int CONNECTIONS = 60;

	private static EmbeddedKinesisServer server;

	private RecordingProxy proxy;

	private ApplicationContextRunner contextRunner;

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().stream("orders", 1).start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void startProxy() throws IOException {
		this.proxy = new RecordingProxy(Map.of("kinesis.test:4567", server.endpoint(), "dynamodb.test:8000",
				server.dynamoDbEndpoint().orElseThrow()));
		this.contextRunner = withoutProxy().withPropertyValues("kinesis.http.proxy.host=127.0.0.1",
				"kinesis.http.proxy.port=" + this.proxy.port());
	}

	private static ApplicationContextRunner withoutProxy() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class,
					KinesisDynamoDbLeaseStoreAutoConfiguration.class))
			.withPropertyValues("kinesis.region=eu-central-1", "kinesis.endpoint=http://kinesis.test:4567");
	}

	@AfterEach
	void stopProxy() throws IOException {
		this.proxy.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http2", "http1.1" })
	void requestsToKinesisGoThroughTheProxy(String protocol) {
		this.contextRunner.withPropertyValues(keys())
			.withPropertyValues("kinesis.http.protocol=" + protocol)
			.run((context) -> {
				assertThat(context.getBean(KinesisAsyncClient.class).listStreams().join().streamNames())
					.contains("orders");
				assertThat(this.proxy.requests()).containsOnly("CONNECT kinesis.test:4567 HTTP/1.1 by nobody");
			});
	}

	/**
	 * The SDK set up about one connection in twenty such that it never knew the server's
	 * settings, and waited for them until the call failed.
	 */
	@Test
	void everyConnectionOverHttp2BecomesReady() {
		connectOften(keys());
		assertThat(this.proxy.requests()).hasSize(CONNECTIONS);
	}

	@Test
	void theProxyOfTheJvmIsNoDifferent() {
		System.setProperty("http.proxyHost", "127.0.0.1");
		System.setProperty("http.proxyPort", Integer.toString(this.proxy.port()));
		try {
			this.contextRunner = withoutProxy();
			connectOften(keys());
		}
		finally {
			System.clearProperty("http.proxyHost");
			System.clearProperty("http.proxyPort");
		}
		assertThat(this.proxy.requests()).hasSize(CONNECTIONS)
			.containsOnly("CONNECT kinesis.test:4567 HTTP/1.1 by nobody");
	}

	private void connectOften(String... properties) {
		for (int i = 0; i < CONNECTIONS; i++) {
			this.contextRunner.withPropertyValues(properties)
				.run((context) -> assertThat(
						context.getBean(KinesisAsyncClient.class).listStreams().join().streamNames())
					.contains("orders"));
		}
	}

	@Test
	void subscriptionsGoThroughTheProxy() {
		this.contextRunner.withPropertyValues(keys()).run((context) -> {
			assertThat(context.getBean(KinesisFanOutClient.class).getClient().listStreams().join().streamNames())
				.contains("orders");
			assertThat(this.proxy.requests()).containsOnly("CONNECT kinesis.test:4567 HTTP/1.1 by nobody");
		});
	}

	@Test
	void leasesGoThroughTheProxy() {
		this.contextRunner.withPropertyValues(keys())
			.withPropertyValues("kinesis.dynamodb.endpoint=http://dynamodb.test:8000")
			.run((context) -> {
				assertThat(context.getBean(DynamoDbAsyncClient.class).listTables().join().hasTableNames()).isTrue();
				assertThat(this.proxy.requests()).containsOnly("CONNECT dynamodb.test:8000 HTTP/1.1 by nobody");
			});
	}

	@Test
	void theProxyIsToldTheUser() {
		this.contextRunner.withPropertyValues(keys()).withPropertyValues(user()).run((context) -> {
			assertThat(context.getBean(KinesisAsyncClient.class).listStreams().join().streamNames()).contains("orders");
			assertThat(this.proxy.requests()).containsOnly("CONNECT kinesis.test:4567 HTTP/1.1" + USER);
		});
	}

	@Test
	void hostsCanBeExcluded() {
		URI endpoint = server.endpoint();
		this.contextRunner.withPropertyValues(keys())
			.withPropertyValues("kinesis.endpoint=" + endpoint,
					"kinesis.http.proxy.non-proxy-hosts=*.internal," + endpoint.getHost())
			.run((context) -> {
				assertThat(context.getBean(KinesisAsyncClient.class).listStreams().join().streamNames())
					.contains("orders");
				assertThat(this.proxy.requests()).isEmpty();
			});
	}

	/**
	 * The proxy refuses to connect to AWS.
	 */
	@Test
	void credentialsOfARoleAreRequestedThroughTheProxy() {
		this.contextRunner
			.withBean(AwsCredentialsProvider.class,
					() -> StaticCredentialsProvider.create(AwsBasicCredentials.create("own", "secret")))
			.withPropertyValues("kinesis.credentials.role-arn=arn:aws:iam::123456789012:role/reader")
			.run((context) -> {
				AwsCredentialsProvider credentials = (AwsCredentialsProvider) context.getBean(KinesisAsyncClient.class)
					.serviceClientConfiguration()
					.credentialsProvider();
				assertThatExceptionOfType(SdkException.class).isThrownBy(credentials::resolveCredentials);
				assertThat(this.proxy.requests()).isNotEmpty()
					.containsOnly("CONNECT sts.eu-central-1.amazonaws.com:443 HTTP/1.1 by nobody");
			});
	}

	@Test
	void theClientOfTheJdkCannotUseEveryProxy() {
		ApplicationContextRunner withRole = this.contextRunner
			.withPropertyValues("kinesis.credentials.role-arn=arn:aws:iam::123456789012:role/reader");
		withRole.withPropertyValues("kinesis.http.proxy.scheme=https")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageStartingWith("kinesis.http.proxy.scheme is https"));
		withRole.withPropertyValues(user())
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageStartingWith("kinesis.http.proxy.username is set")
				.hasMessageContaining("KinesisClientCustomizer<StsClientBuilder>"));
	}

	@Test
	void anotherClientForRolesMayUseEveryProxy() {
		this.contextRunner.withPropertyValues(user())
			.withPropertyValues("kinesis.credentials.role-arn=arn:aws:iam::123456789012:role/reader")
			.withBean("another", KinesisClientCustomizer.class,
					() -> (KinesisClientCustomizer<StsClientBuilder>) (builder) -> builder
						.httpClientBuilder(new AnotherClientBuilder(mock(SdkHttpClient.class))))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static String[] keys() {
		return new String[] { "kinesis.credentials.access-key=key", "kinesis.credentials.secret-key=secret" };
	}

	private static String[] user() {
		return new String[] { "kinesis.http.proxy.username=me", "kinesis.http.proxy.password=secret" };
	}

	private record AnotherClientBuilder(SdkHttpClient client) implements SdkHttpClient.Builder<AnotherClientBuilder> {

		@Override
		public SdkHttpClient buildWithDefaults(AttributeMap serviceDefaults) {
			return this.client;
		}

	}

}
