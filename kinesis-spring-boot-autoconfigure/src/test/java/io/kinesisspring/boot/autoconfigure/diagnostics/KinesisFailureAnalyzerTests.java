package io.kinesisspring.boot.autoconfigure.diagnostics;

import java.io.File;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

import io.kinesisspring.IamPermission;
import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.dynamodb.KinesisDynamoDbLeaseStoreAutoConfiguration;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link KinesisFailureAnalyzer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class KinesisFailureAnalyzerTests {

	private static EmbeddedKinesisServer server;

	private static DynamoDbAsyncClient dynamoDb;

	private final KinesisFailureAnalyzer analyzer = new KinesisFailureAnalyzer();

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().stream("orders", 1).start();
		dynamoDb = DynamoDbAsyncClient.builder()
			.endpointOverride(server.dynamoDbEndpoint().orElseThrow())
			.region(Region.of(server.properties().get("kinesis.region")))
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("embedded", "embedded")))
			.build();
	}

	@AfterAll
	static void stopServer() {
		dynamoDb.close();
		server.close();
	}

	@AfterEach
	void clearFaults() {
		server.faults().clear();
	}

	@Test
	void describesConfigurationErrors() {
		KinesisConfigurationException failure = new KinesisConfigurationException("kinesis.region is not set",
				"Set it");
		FailureAnalysis analysis = this.analyzer.analyze(new IllegalStateException(failure));
		assertThat(analysis.getDescription()).isEqualTo("kinesis.region is not set.");
		assertThat(analysis.getAction()).isEqualTo("Set it.");
		assertThat(analysis.getCause()).isSameAs(failure);
	}

	@Test
	void printsTheMissingPolicy() {
		KinesisAccessDeniedException failure = new KinesisAccessDeniedException("dynamodb:Scan was denied",
				new IamPermission("dynamodb:Scan", "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"), null);
		FailureAnalysis analysis = this.analyzer.analyze(failure);
		assertThat(analysis.getDescription()).isEqualTo("dynamodb:Scan was denied.");
		assertThat(analysis.getAction())
			.startsWith("Allow dynamodb:Scan on arn:aws:dynamodb:eu-west-1:123456789012:table/shop")
			.endsWith(IamPermission.policy(failure.getPermissions()));
	}

	/**
	 * Spring Boot's analyzers have no order.
	 */
	@Test
	void runsAfterTheAnalysisOfTheSdkAndBeforeThoseOfSpringBoot() {
		FailureAnalyzer withoutOrder = (failure) -> null;
		SdkLinkageFailureAnalyzer linkage = new SdkLinkageFailureAnalyzer();
		List<FailureAnalyzer> analyzers = new ArrayList<>(List.of(withoutOrder, this.analyzer, linkage));
		AnnotationAwareOrderComparator.sort(analyzers);
		assertThat(analyzers).containsExactly(linkage, this.analyzer, withoutOrder);
	}

	@Test
	void describesWhyAListenerDidNotStart() {
		KinesisException failure = new KinesisException("kinesis:ListShards got no response");
		FailureAnalysis analysis = this.analyzer
			.analyze(new ApplicationContextException("Failed to start bean 'orders'", failure));
		assertThat(analysis.getDescription()).isEqualTo("kinesis:ListShards got no response.");
		assertThat(analysis.getAction()).contains("kinesis.consumer.auto-startup=false");
	}

	@Test
	void doesNotAnalyzeFailuresOfTheApplication() {
		assertThat(this.analyzer.analyze(new IllegalStateException(new KinesisException("send failed")))).isNull();
		assertThat(this.analyzer.analyze(new IllegalStateException())).isNull();
	}

	@Test
	void whenThereIsNoApplicationNameIsShown(CapturedOutput output) {
		fail(OrdersApplication.class);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The listener 'orders' (" + OrdersApplication.class.getName()
					+ ".onOrder()) has no application name.")
			.contains("Set spring.application.name, kinesis.application-name, or the listener's 'application'");
	}

	@Test
	void whenAnAttributeIsMalformedIsShown(CapturedOutput output) {
		fail(MalformedApplication.class, "spring.application.name=shop");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The attribute 'ackMode' of @KinesisListener on " + MalformedApplication.class.getName()
					+ ".onOrder() is 'sometimes'")
			.contains("Use 'record', 'batch' or 'manual'.");
	}

	@Test
	void whenABeanIsMissingIsShownWithTheListener(CapturedOutput output) {
		fail(NobodyApplication.class, "spring.application.name=shop");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The attribute 'errorHandler' of @KinesisListener on " + NobodyApplication.class.getName()
					+ ".onOrder() is 'nobody' and cannot be understood (there is no such bean).")
			.contains("Give the name of an ErrorHandler bean.");
		fail(WrongTypeApplication.class, "spring.application.name=shop");
		assertThat(output)
			.contains("The attribute 'filter' of @KinesisListener on " + WrongTypeApplication.class.getName()
					+ ".onOrder() is 'kinesisRecordConverter' and cannot be understood"
					+ " (that bean is a io.kinesisspring.converter.SimpleRecordConverter).");
	}

	@Test
	void whenOnlyTheEndpointOfALocalServerIsGivenNamesTheOtherProperties(CapturedOutput output) {
		withoutSurroundings(() -> fail(OrdersApplication.class, "spring.application.name=shop", "kinesis.region=",
				"kinesis.endpoint=http://localhost:4567"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(
					"kinesis.endpoint is 'http://localhost:4567', a server on this machine, and kinesis.region is not")
			.contains("kinesis.credentials.access-key")
			.contains("kinesis.lease.store=memory");
	}

	@Test
	void whenAListenerNeedsJacksonAndThereIsNoneIsShown(CapturedOutput output) {
		fail(OrderTypeApplication.class, "spring.application.name=shop");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'java.util.Map<java.lang.String, java.lang.Object>' cannot be received")
			.contains("Add the dependency org.springframework.boot:spring-boot-starter-jackson");
	}

	@Test
	void whenTwoListenersHaveOneIdentityIsShown(CapturedOutput output) {
		fail(TwinsApplication.class, "spring.application.name=shop");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Two listeners read the stream 'orders' as application 'shop'")
			.contains("onOrder()")
			.contains("onOrderToo()")
			.contains("Give one of them another 'application'");
	}

	@Test
	void whenAPropertyIsMalformedIsShownByBoot(CapturedOutput output) {
		fail(OrdersApplication.class, "spring.application.name=shop", "kinesis.consumer.initial-position=yesterday");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property: kinesis.consumer.initial-position")
			.contains("Value: \"yesterday\"")
			.contains("use 'trim-horizon', 'latest', an ISO-8601 instant");
	}

	@Test
	void whenAPropertyIsOutOfRangeIsShown(CapturedOutput output) {
		fail(OrdersApplication.class, "spring.application.name=shop", "kinesis.consumer.max-records=0");
		assertThat(output).contains("kinesis.consumer.max-records is 0.")
			.contains("Set it to a number from 1 to 10000, the limit of GetRecords.");
	}

	@Test
	void whenTheStreamIsMissingIsShown(CapturedOutput output) {
		fail(OrdersApplication.class, at(server, "kinesis.lease.store=memory", "stream=nowhere"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The stream 'nowhere' does not exist.")
			.contains("Create it, correct the name, or set kinesis.streams.on-missing to 'wait' or 'create'");
	}

	@Test
	void whenTheTableHasAnotherKeyIsShown(CapturedOutput output) {
		createTable("existing");
		fail(OrdersApplication.class,
				at(server, "kinesis.lease.table-name=existing", "kinesis.lease.key-attribute=other"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The lease table 'existing' has the key ['shard' (HASH)] instead of the HASH key 'other'.")
			.contains("kinesis.lease.key-attribute to the table's HASH key");
	}

	/**
	 * The start of such a listener fails when nobody waits for it, so nothing analyzes
	 * the failure.
	 */
	@Test
	void whenAListenerThatWaitsForItsStreamCannotBeStartedTheLogNamesTheProperties(CapturedOutput output) {
		createTable("unsuitable");
		try (ConfigurableApplicationContext context = application(OrdersApplication.class,
				at(server, "kinesis.streams.on-missing=wait", "kinesis.lease.table-name=unsuitable",
						"kinesis.lease.key-attribute=other"))
			.run()) {
			assertThat(context.isRunning()).isTrue();
			await().untilAsserted(() -> assertThat(output).contains("Listener 'orders' could not be started")
				.contains("The lease table 'unsuitable' has the key ['shard' (HASH)] instead of the HASH key 'other'. "
						+ "Set kinesis.lease.table-name to another table, or kinesis.lease.key-attribute to"));
		}
	}

	@Test
	void namesThePropertiesOfOptionsThatNobodyHasTranslated() {
		InvalidOptionException failure = new InvalidOptionException(InvalidOptionException.Group.FAN_OUT,
				"Two listeners have one consumer", "Set {consumerName} of one of them");
		assertThat(this.analyzer.analyze(failure).getAction())
			.isEqualTo("Set kinesis.listeners.<id>.fan-out.consumer-name of one of them.");
	}

	private static void createTable(String name) {
		dynamoDb.createTable((create) -> create.tableName(name)
			.billingMode(BillingMode.PAY_PER_REQUEST)
			.keySchema(KeySchemaElement.builder().attributeName("shard").keyType(KeyType.HASH).build())
			.attributeDefinitions(
					AttributeDefinition.builder().attributeName("shard").attributeType(ScalarAttributeType.S).build()))
			.join();
	}

	@Test
	void whenThereIsNoRegionIsShown(CapturedOutput output) {
		withoutSurroundings(() -> fail(OrdersApplication.class, "spring.application.name=shop", "kinesis.region="));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("kinesis.region is not set and no region was found elsewhere")
			.contains("Set kinesis.region to a region such as 'eu-central-1', or AWS_REGION in the environment");
	}

	@Test
	void whenThereAreNoCredentialsIsShown(CapturedOutput output) {
		withoutSurroundings(() -> fail(OrdersApplication.class,
				at(server, "kinesis.credentials.access-key=", "kinesis.credentials.secret-key=")));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("No AWS credentials were found")
			.contains("or set kinesis.credentials.*");
	}

	@Test
	void whenAccessToTheStreamIsDeniedThePolicyToAddIsShown(CapturedOutput output) {
		server.faults().add(FaultRule.accessDenied().action("ListShards"));
		fail(OrdersApplication.class, at(server, "kinesis.lease.store=memory"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("kinesis:ListShards on the stream 'orders' was denied")
			.contains("Allow kinesis:ListShards on arn:aws:kinesis:*:000000000000:stream/orders")
			.contains("""
					{
					  "Version": "2012-10-17",
					  "Statement": [
					    {
					      "Effect": "Allow",
					      "Action": ["kinesis:ListShards"],
					      "Resource": "arn:aws:kinesis:*:000000000000:stream/orders"
					    }
					  ]
					}""");
	}

	@Test
	void whenKinesisCannotBeReachedIsShown(CapturedOutput output) {
		fail(OrdersApplication.class, at(server, "kinesis.lease.store=memory", "kinesis.endpoint=http://localhost:1"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("kinesis:ListShards on the stream 'orders' got no response")
			.contains("Check that the endpoint can be reached");
	}

	@Test
	void whenDynamoDbCannotBeReachedIsShown(CapturedOutput output) {
		fail(OrdersApplication.class, at(server, "kinesis.dynamodb.endpoint=http://localhost:1"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("dynamodb:DescribeTable on the lease table 'shop' got no response")
			.contains("Check that the endpoint can be reached");
	}

	/**
	 * On a class path of its own, as the SDK remembers for good what it has found once.
	 */
	@Test
	void whenThereIsNoHttpClientIsShown(CapturedOutput output) throws Exception {
		URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("netty-nio-client") && !entry.contains("aws-crt-client"))
			.map(KinesisFailureAnalyzerTests::toUrl)
			.toArray(URL[]::new);
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
			Thread.currentThread().setContextClassLoader(loader);
			Method run = loader.loadClass(SpringApplication.class.getName())
				.getMethod("run", Class.class, String[].class);
			Class<?> application = loader.loadClass(OrdersApplication.class.getName());
			assertThatException().isThrownBy(() -> run.invoke(null, application,
					new String[] { "--spring.application.name=shop", "--spring.main.web-application-type=none",
							"--kinesis.region=eu-central-1", "--kinesis.credentials.access-key=access",
							"--kinesis.credentials.secret-key=secret" }));
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The AWS SDK has no asynchronous HTTP client")
			.contains("Add the dependency software.amazon.awssdk:netty-nio-client");
	}

	private static URL toUrl(String entry) {
		try {
			return new File(entry).toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * As if nothing were configured on this machine.
	 */
	private static void withoutSurroundings(Runnable action) {
		Map<String, String> nothing = Map.of("aws.disableEc2Metadata", "true", "aws.configFile", "none",
				"aws.sharedCredentialsFile", "none");
		nothing.forEach(System::setProperty);
		try {
			action.run();
		}
		finally {
			nothing.keySet().forEach(System::clearProperty);
		}
	}

	private static String[] at(EmbeddedKinesisServer server, String... properties) {
		List<String> all = new ArrayList<>(List.of("spring.application.name=shop"));
		server.properties().forEach((name, value) -> all.add(name + "=" + value));
		all.addAll(List.of(properties));
		return all.toArray(String[]::new);
	}

	private static void fail(Class<?> application, String... properties) {
		assertThatException().isThrownBy(application(application, properties)::run);
	}

	private static SpringApplication application(Class<?> application, String... properties) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("kinesis.region=eu-central-1", "kinesis.credentials.access-key=access",
					"kinesis.credentials.secret-key=secret")
			.properties(properties)
			.build();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ KinesisClientAutoConfiguration.class, KinesisConverterAutoConfiguration.class,
			KinesisLeaseStoreAutoConfiguration.class, KinesisDynamoDbLeaseStoreAutoConfiguration.class,
			KinesisConsumerAutoConfiguration.class })
	static class OrdersApplication {

		@KinesisListener(id = "orders", streams = "${stream:orders}")
		void onOrder(String order) {
		}

	}

	static class MalformedApplication extends OrdersApplication {

		@Override
		@KinesisListener(streams = "orders", ackMode = "sometimes")
		void onOrder(String order) {
		}

	}

	static class NobodyApplication extends OrdersApplication {

		@Override
		@KinesisListener(streams = "orders", errorHandler = "nobody")
		void onOrder(String order) {
		}

	}

	static class WrongTypeApplication extends OrdersApplication {

		@Override
		@KinesisListener(streams = "orders", filter = "kinesisRecordConverter")
		void onOrder(String order) {
		}

	}

	static class OrderTypeApplication extends OrdersApplication {

		@KinesisListener(streams = "clicks")
		void onClick(Map<String, Object> click) {
		}

	}

	static class TwinsApplication extends OrdersApplication {

		@KinesisListener(streams = "orders")
		void onOrderToo(String order) {
		}

	}

}
