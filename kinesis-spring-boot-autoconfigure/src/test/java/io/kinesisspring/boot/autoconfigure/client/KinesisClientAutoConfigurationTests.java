package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.test.util.ReflectionTestUtils;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClientBuilder;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;
import software.amazon.awssdk.services.kinesis.KinesisServiceClientConfiguration;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.AttributeMap;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.wire.FastPath;
import io.kinesisspring.wire.KeepAliveHttpClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link KinesisClientAutoConfiguration}.
 */
class KinesisClientAutoConfigurationTests {

	/**
	 * Keeps the SDK's event loops running from test to test: ending them takes seconds.
	 */
	private static final SdkAsyncHttpClient eventLoopKeeper = NettyNioAsyncHttpClient.create();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class))
		.withPropertyValues("kinesis.region=eu-central-1");

	@AfterAll
	static void close() {
		eventLoopKeeper.close();
	}

	private static KinesisServiceClientConfiguration configuration(ApplicationContext context) {
		return context.getBean(KinesisAsyncClient.class).serviceClientConfiguration();
	}

	static String[] nowhere() {
		return new String[] { SdkSystemSetting.AWS_EC2_METADATA_DISABLED.property() + "=true",
				"aws.configFile=/nowhere", "aws.sharedCredentialsFile=/nowhere" };
	}

	@Nested
	class ConnectionDetailsTests {

		private final ApplicationContextRunner contextRunner = KinesisClientAutoConfigurationTests.this.contextRunner;

		@Test
		void autoConfiguresBean() {
			this.contextRunner.run((context) -> assertThat(context).hasSingleBean(KinesisConnectionDetails.class)
				.hasSingleBean(PropertiesKinesisConnectionDetails.class));
		}

		@Test
		void whenHasUserDefinedBeanDoesNotAutoConfigureBeanAndUsesIt() {
			this.contextRunner.withBean(KinesisConnectionDetails.class, ContainerConnectionDetails::new)
				.withPropertyValues("kinesis.endpoint=http://localhost:1", "kinesis.credentials.role-arn=arn")
				.run((context) -> {
					assertThat(context).hasSingleBean(KinesisConnectionDetails.class)
						.doesNotHaveBean(PropertiesKinesisConnectionDetails.class);
					assertThat(configuration(context).endpointOverride()).hasValue(URI.create("http://localhost:4567"));
					assertThat(configuration(context).region()).isEqualTo(Region.of("container-1"));
					assertThat(((AwsCredentialsProvider) configuration(context).credentialsProvider())
						.resolveCredentials()).isEqualTo(AwsBasicCredentials.create("container", "secret"));
				});
		}

	}

	@Nested
	class ClientTests {

		private final ApplicationContextRunner contextRunner = KinesisClientAutoConfigurationTests.this.contextRunner;

		@Test
		void autoConfiguresBean() {
			this.contextRunner.run((context) -> assertThat(context).hasSingleBean(KinesisAsyncClient.class)
				.hasBean("kinesisAsyncClient"));
		}

		@Test
		void whenHasUserDefinedBeanDoesNotAutoConfigureBeanNorResolveARegion() {
			KinesisAsyncClient client = mock(KinesisAsyncClient.class);
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class))
				.withBean("myClient", KinesisAsyncClient.class, () -> client)
				.withSystemProperties(nowhere())
				.run((context) -> assertThat(context).hasNotFailed()
					.getBean(KinesisAsyncClient.class)
					.isSameAs(client));
		}

		@Test
		void isOnTheFastPathByDefault() {
			this.contextRunner.run((context) -> assertThat(isOnTheFastPath(context)).isTrue());
		}

		@Test
		void fastPathCanBeSwitchedOff() {
			this.contextRunner.withPropertyValues("kinesis.http.fast-path=false")
				.run((context) -> assertThat(isOnTheFastPath(context)).isFalse());
		}

		@Test
		void interceptorThatSeesResponsesSwitchesTheFastPathOff() {
			this.contextRunner
				.withBean(KinesisClientCustomizer.class,
						() -> (KinesisClientCustomizer<KinesisAsyncClientBuilder>) (builder) -> builder
							.overrideConfiguration(builder.overrideConfiguration()
								.copy((override) -> override.addExecutionInterceptor(new ResponseInterceptor()))))
				.run((context) -> assertThat(isOnTheFastPath(context)).isFalse());
		}

		private static boolean isOnTheFastPath(ApplicationContext context) {
			FastPath path = FastPath.of(context.getBean(KinesisAsyncClient.class));
			assertThat(path.isEncoding()).isEqualTo(path.isDecoding());
			return path.isDecoding();
		}

		@Test
		void endpointIsThatOfTheRegionByDefault() {
			this.contextRunner.run((context) -> assertThat(configuration(context).endpointOverride()).isEmpty());
		}

		@Test
		void endpointIsThatOfTheProperty() {
			this.contextRunner.withPropertyValues("kinesis.endpoint=http://localhost:4567")
				.run((context) -> assertThat(configuration(context).endpointOverride())
					.hasValue(URI.create("http://localhost:4567")));
		}

		@Test
		void callsTimeOutAndAreRetriedOnce() {
			this.contextRunner.run((context) -> {
				ClientOverrideConfiguration override = configuration(context).overrideConfiguration();
				assertThat(override.apiCallAttemptTimeout()).hasValue(Duration.ofSeconds(20));
				assertThat(override.apiCallTimeout()).hasValue(Duration.ofSeconds(45));
				assertThat(override.retryStrategy())
					.hasValueSatisfying((retryStrategy) -> assertThat(retryStrategy.maxAttempts()).isEqualTo(2));
			});
		}

		@Test
		void whenNettyIsNotOnTheClassPathLeavesTheHttpClientToTheSdk() {
			this.contextRunner.withClassLoader(new FilteredClassLoader(NettyNioAsyncHttpClient.class))
				.run((context) -> assertThat(context).hasNotFailed()
					.doesNotHaveBean(NettyClientCustomizer.class)
					.hasSingleBean(KinesisAsyncClient.class));
		}

		@Test
		void createsTheFanOutClientOnDemand() {
			this.contextRunner.run((context) -> {
				LazyFanOutClient fanOut = context.getBean(LazyFanOutClient.class);
				assertThat(fanOut.isMade()).isFalse();
				KinesisAsyncClient client = fanOut.getClient();
				assertThat(client).isSameAs(fanOut.getClient()).isNotSameAs(context.getBean(KinesisAsyncClient.class));
				ClientOverrideConfiguration override = client.serviceClientConfiguration().overrideConfiguration();
				assertThat(override.retryStrategy())
					.hasValueSatisfying((strategy) -> assertThat(strategy.maxAttempts()).isEqualTo(1));
				assertThat(override.apiCallTimeout())
					.hasValueSatisfying((timeout) -> assertThat(timeout).isGreaterThan(Duration.ofMinutes(5)));
			});
		}

		@Test
		void closesTheFanOutClientIfItExists() {
			KinesisAsyncClient client = mock(KinesisAsyncClient.class);
			LazyFanOutClient fanOut = new LazyFanOutClient(() -> client);
			fanOut.destroy();
			then(client).shouldHaveNoInteractions();
			fanOut.getClient();
			fanOut.destroy();
			then(client).should().close();
		}

		@Test
		void whenHasUserDefinedClientUsesItForFanOut() {
			this.contextRunner.withBean("myClient", KinesisAsyncClient.class, () -> mock(KinesisAsyncClient.class))
				.run((context) -> assertThat(context).doesNotHaveBean(KinesisFanOutClient.class));
		}

		@Test
		void whenHasUserDefinedFanOutClientAutoConfiguresTheOther() {
			KinesisAsyncClient mine = mock(KinesisAsyncClient.class);
			this.contextRunner.withBean(KinesisFanOutClient.class, () -> () -> mine)
				.run((context) -> assertThat(context).hasSingleBean(KinesisFanOutClient.class)
					.doesNotHaveBean(LazyFanOutClient.class)
					.hasBean("kinesisAsyncClient"));
		}

		@Test
		void hasThreadsOfItsOwnThatEndWithTheContext() {
			List<Thread> others = threadsOfTheSdk();
			this.contextRunner.withPropertyValues("kinesis.endpoint=http://127.0.0.1:1")
				.withSystemProperties("aws.accessKeyId=key", "aws.secretAccessKey=secret")
				.run((context) -> {
					KinesisAsyncClient client = context.getBean(KinesisAsyncClient.class);
					assertThat(client.listStreams()).failsWithin(Duration.ofSeconds(30));
					List<Thread> own = threadsOfTheSdk();
					own.removeAll(others);
					assertThat(own).allMatch(Thread::isDaemon)
						.extracting(Thread::getName)
						.anyMatch((name) -> name.startsWith("sdk-async-response-kinesis-client-"))
						.anyMatch((name) -> name.startsWith("sdk-ScheduledExecutor-kinesis-client-"))
						.allMatch((name) -> name.contains("-kinesis-client-"));
					context.close();
					await().until(() -> own.stream().noneMatch(Thread::isAlive));
				});
		}

		private static List<Thread> threadsOfTheSdk() {
			return Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> thread.getName().startsWith("sdk-"))
				.collect(Collectors.toCollection(ArrayList::new));
		}

		@Test
		void isClosedWithTheContext() {
			this.contextRunner.withBean("closing", KinesisClientCustomizer.class, ClosingHttpClientCustomizer::new)
				.run((context) -> {
					ClosingHttpClient httpClient = context.getBean("closing",
							ClosingHttpClientCustomizer.class).httpClient;
					context.close();
					assertThat(httpClient.closed).isTrue();
				});
		}

	}

	@Nested
	class RegionTests {

		private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(KinesisClientAutoConfiguration.class))
			.withSystemProperties(nowhere());

		@Test
		void isThatOfTheProperty() {
			this.contextRunner.withPropertyValues("kinesis.region=eu-west-1")
				.withBean(AwsRegionProvider.class, () -> () -> Region.US_EAST_1)
				.run((context) -> assertThat(configuration(context).region()).isEqualTo(Region.EU_WEST_1));
		}

		@Test
		void whenThereIsNoPropertyIsThatOfTheUserDefinedBean() {
			this.contextRunner.withBean(AwsRegionProvider.class, () -> () -> Region.US_EAST_1)
				.run((context) -> assertThat(configuration(context).region()).isEqualTo(Region.US_EAST_1));
		}

		@Test
		void isThatOfTheSdkByDefault() {
			this.contextRunner.withSystemProperties("aws.region=ap-south-1")
				.run((context) -> assertThat(configuration(context).region()).isEqualTo(Region.AP_SOUTH_1));
		}

		@Test
		void whenThereIsNoneSaysHowToSetIt() {
			this.contextRunner.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasStackTraceContaining("kinesis.region is not set and no region was found elsewhere")
				.hasStackTraceContaining("Set kinesis.region to a region such as 'eu-central-1'"));
		}

	}

	@Nested
	class CredentialsTests {

		private final ApplicationContextRunner contextRunner = KinesisClientAutoConfigurationTests.this.contextRunner;

		private static final String ROLE = "kinesis.credentials.role-arn=arn:aws:iam::123456789012:role/reader";

		private static IdentityProvider<? extends AwsCredentialsIdentity> provider(ApplicationContext context) {
			return configuration(context).credentialsProvider();
		}

		@Test
		void areTheKeysOfTheProperties() {
			this.contextRunner
				.withPropertyValues("kinesis.credentials.access-key=access", "kinesis.credentials.secret-key=secret",
						"kinesis.credentials.profile=other", ROLE)
				.withBean(AwsCredentialsProvider.class, () -> mock(AwsCredentialsProvider.class))
				.run((context) -> assertThat(provider(context)).isInstanceOf(StaticCredentialsProvider.class)
					.extracting((provider) -> ((AwsCredentialsProvider) provider).resolveCredentials())
					.isEqualTo(AwsBasicCredentials.create("access", "secret")));
		}

		@Test
		void mayBeTemporary() {
			this.contextRunner
				.withPropertyValues("kinesis.credentials.access-key=access", "kinesis.credentials.secret-key=secret",
						"kinesis.credentials.session-token=token")
				.run((context) -> assertThat(provider(context))
					.extracting((provider) -> ((AwsCredentialsProvider) provider).resolveCredentials())
					.isEqualTo(AwsSessionCredentials.create("access", "secret", "token")));
		}

		@Test
		void whenTheSecretKeyIsMissingNamesIt() {
			this.contextRunner.withPropertyValues("kinesis.credentials.access-key=access")
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.rootCause()
					.isInstanceOf(KinesisConfigurationException.class)
					.hasMessage("kinesis.credentials.access-key is set and kinesis.credentials.secret-key is not. "
							+ "Set both, or neither to use what the AWS SDK finds"));
		}

		@Test
		void whenTheAccessKeyIsMissingNamesIt() {
			this.contextRunner.withPropertyValues("kinesis.credentials.secret-key=secret")
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.rootCause()
					.hasMessageStartingWith("kinesis.credentials.secret-key is set"));
		}

		@Test
		void areThoseOfTheProfile() {
			this.contextRunner.withPropertyValues("kinesis.credentials.profile=staging")
				.withBean(AwsCredentialsProvider.class, () -> mock(AwsCredentialsProvider.class))
				.run((context) -> assertThat(provider(context)).isInstanceOf(ProfileCredentialsProvider.class)
					.hasToString("ProfileCredentialsProvider(profileName=staging)"));
		}

		@Test
		void areThoseOfTheUserDefinedBean() {
			AwsCredentialsProvider own = mock(AwsCredentialsProvider.class);
			this.contextRunner.withBean(AwsCredentialsProvider.class, () -> own)
				.run((context) -> assertThat(provider(context)).isSameAs(own));
		}

		@Test
		void areThoseOfTheSdkByDefault() {
			this.contextRunner
				.run((context) -> assertThat(provider(context)).isInstanceOf(DefaultCredentialsProvider.class));
		}

		@Test
		void areThoseOfTheRole() {
			this.contextRunner.withPropertyValues(ROLE, "kinesis.credentials.external-id=id")
				.run((context) -> assertThat(provider(context)).isInstanceOf(StsAssumeRoleCredentialsProvider.class));
		}

		@Test
		void whenStsIsNotOnTheClassPathRejectsARole() {
			this.contextRunner.withClassLoader(new FilteredClassLoader("software.amazon.awssdk.services.sts"))
				.withPropertyValues(ROLE)
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.rootCause()
					.isInstanceOf(KinesisConfigurationException.class)
					.hasMessageContaining("kinesis.credentials.role-arn is 'arn:aws:iam::123456789012:role/reader'")
					.hasMessageContaining("Add the dependency software.amazon.awssdk:sts"));
		}

		@Test
		void whenStsIsNotOnTheClassPathTheRestWorks() {
			this.contextRunner.withClassLoader(new FilteredClassLoader("software.amazon.awssdk.services.sts"))
				.run((context) -> assertThat(provider(context)).isInstanceOf(DefaultCredentialsProvider.class));
		}

	}

	@Nested
	class CustomizerTests {

		private final ApplicationContextRunner contextRunner = KinesisClientAutoConfigurationTests.this.contextRunner;

		@Test
		void whenHasUserDefinedCustomizersAppliesThemInOrderToTheirBuilders() {
			this.contextRunner.withUserConfiguration(CustomizersConfiguration.class).run((context) -> {
				assertThat(context.getBean(CustomizersConfiguration.class).called).containsExactly("kinesis", "any");
				ClientOverrideConfiguration override = configuration(context).overrideConfiguration();
				assertThat(override.apiCallTimeout()).hasValue(Duration.ofSeconds(3));
				assertThat(override.apiCallAttemptTimeout()).hasValue(Duration.ofSeconds(20));
			});
		}

		@Test
		void aCustomizerMayChooseAnotherHttpClient() {
			this.contextRunner.withBean("closing", KinesisClientCustomizer.class, ClosingHttpClientCustomizer::new)
				.run((context) -> assertThat(context).hasNotFailed());
		}

	}

	@Nested
	class HttpTests {

		private final ApplicationContextRunner contextRunner = KinesisClientAutoConfigurationTests.this.contextRunner;

		@Test
		void speaksHttp2ByDefault() {
			this.contextRunner.run(
					(context) -> assertThat(protocol(context.getBean(NettyClientCustomizer.class))).isEqualTo("HTTP2"));
		}

		@Test
		void speaksTheConfiguredProtocol() {
			this.contextRunner.withPropertyValues("kinesis.http.protocol=http1.1")
				.run((context) -> assertThat(protocol(context.getBean(NettyClientCustomizer.class)))
					.isEqualTo("HTTP1_1"));
		}

		@Test
		void keepsTheConnectionsOfRejectedCallsOverHttp11() {
			this.contextRunner.withPropertyValues("kinesis.http.protocol=http1.1").run((context) -> {
				NettyClientCustomizer customizer = context.getBean(NettyClientCustomizer.class);
				Class<?> keepAlive = KeepAliveHttpClient.builder(NettyNioAsyncHttpClient.builder()).getClass();
				assertThat(httpClientBuilder(customizer, mock(KinesisAsyncClientBuilder.class)))
					.isInstanceOf(keepAlive);
				assertThat(httpClientBuilder(customizer.forSubscriptions(), mock(KinesisAsyncClientBuilder.class)))
					.isInstanceOf(keepAlive);
				assertThat(httpClientBuilder(customizer, mock(DynamoDbAsyncClientBuilder.class)))
					.isInstanceOf(keepAlive);
			});
		}

		@Test
		void timeoutsAndConcurrencyAreThoseOfTheProperties() {
			this.contextRunner
				.withPropertyValues("kinesis.http.connect-timeout=7s", "kinesis.http.api-call-timeout=9s",
						"kinesis.http.max-concurrency=40")
				.run((context) -> {
					AttributeMap options = options(context.getBean(NettyClientCustomizer.class));
					assertThat(options.get(SdkHttpConfigurationOption.CONNECTION_TIMEOUT))
						.isEqualTo(Duration.ofSeconds(7));
					assertThat(options.get(SdkHttpConfigurationOption.MAX_CONNECTIONS)).isEqualTo(40);
					ClientOverrideConfiguration override = configuration(context).overrideConfiguration();
					assertThat(override.apiCallTimeout()).hasValue(Duration.ofSeconds(9));
					assertThat(override.apiCallAttemptTimeout()).hasValue(Duration.ofSeconds(4));
				});
		}

		@Test
		void subscriptionsHaveNeitherALimitNorATimeoutOfCalls() {
			this.contextRunner.withPropertyValues("kinesis.http.api-call-timeout=9s", "kinesis.http.max-concurrency=40")
				.run((context) -> {
					assertThat(options(context.getBean(NettyClientCustomizer.class).forSubscriptions())
						.get(SdkHttpConfigurationOption.MAX_CONNECTIONS)).isEqualTo(Integer.MAX_VALUE);
					assertThat(context.getBean(LazyFanOutClient.class)
						.getClient()
						.serviceClientConfiguration()
						.overrideConfiguration()
						.apiCallTimeout()).hasValue(Duration.ofMinutes(15));
				});
		}

		private static String protocol(NettyClientCustomizer customizer) {
			return options(customizer).get(SdkHttpConfigurationOption.PROTOCOL).name();
		}

		private static <B extends AwsAsyncClientBuilder<?, ?> & AwsClientBuilder<?, ?>> Object httpClientBuilder(
				NettyClientCustomizer customizer, B builder) {
			customizer.customize(builder);
			ArgumentCaptor<SdkAsyncHttpClient.Builder<?>> httpClientBuilder = ArgumentCaptor.captor();
			then(builder).should().httpClientBuilder(httpClientBuilder.capture());
			return httpClientBuilder.getValue();
		}

		private static AttributeMap options(NettyClientCustomizer customizer) {
			Object netty = httpClientBuilder(customizer, mock(KinesisAsyncClientBuilder.class));
			if (!(netty instanceof NettyNioAsyncHttpClient.Builder)) {
				netty = ReflectionTestUtils.getField(netty, "delegate");
			}
			return ((AttributeMap.Builder) ReflectionTestUtils.getField(netty, "standardOptions")).build();
		}

	}

	static final class ContainerConnectionDetails implements KinesisConnectionDetails {

		@Override
		public URI getEndpoint() {
			return URI.create("http://localhost:4567");
		}

		@Override
		public String getRegion() {
			return "container-1";
		}

		@Override
		public String getAccessKey() {
			return "container";
		}

		@Override
		public String getSecretKey() {
			return "secret";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizersConfiguration {

		private final List<String> called = new ArrayList<>();

		@Bean
		@Order(2)
		KinesisClientCustomizer<AwsClientBuilder<?, ?>> any() {
			return (builder) -> this.called.add("any");
		}

		@Bean
		@Order(1)
		KinesisClientCustomizer<KinesisAsyncClientBuilder> kinesis() {
			return (builder) -> {
				this.called.add("kinesis");
				builder.overrideConfiguration(builder.overrideConfiguration()
					.copy((override) -> override.apiCallTimeout(Duration.ofSeconds(3))));
			};
		}

		@Bean
		KinesisClientCustomizer<DynamoDbAsyncClientBuilder> dynamoDb() {
			return (builder) -> this.called.add("dynamodb");
		}

	}

	static final class ClosingHttpClientCustomizer implements KinesisClientCustomizer<KinesisAsyncClientBuilder> {

		private final ClosingHttpClient httpClient = new ClosingHttpClient();

		@Override
		public void customize(KinesisAsyncClientBuilder builder) {
			builder.httpClientBuilder(new ClosingHttpClientBuilder(this.httpClient));
		}

	}

	record ClosingHttpClientBuilder(
			ClosingHttpClient httpClient) implements SdkAsyncHttpClient.Builder<ClosingHttpClientBuilder> {

		@Override
		public SdkAsyncHttpClient buildWithDefaults(AttributeMap serviceDefaults) {
			return this.httpClient;
		}

	}

	static final class ClosingHttpClient implements SdkAsyncHttpClient {

		private volatile boolean closed;

		@Override
		public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
			return new CompletableFuture<>();
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

	private static final class ResponseInterceptor implements ExecutionInterceptor {

		@Override
		public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
		}

	}

}
