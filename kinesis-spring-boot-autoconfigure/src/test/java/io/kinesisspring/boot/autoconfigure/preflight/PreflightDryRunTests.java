package io.kinesisspring.boot.autoconfigure.preflight;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientCustomizer;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisConsumerAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.converter.KinesisConverterAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.lease.KinesisLeaseStoreAutoConfiguration;
import io.kinesisspring.boot.autoconfigure.producer.KinesisProducerAutoConfiguration;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.Fault;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.KinesisClients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link StreamPermissions}, on a server that supports dry runs.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class PreflightDryRunTests {

	private static final String FAN_OUT = "kinesis.consumer.mode=fan-out";

	private static final Queue<Object> requests = new ConcurrentLinkedQueue<>();

	private EmbeddedKinesisServer server;

	@BeforeEach
	void startServer() {
		requests.clear();
		this.server = EmbeddedKinesisServer.builder()
			.dynamoDb(false)
			.stream("orders", 1)
			.stream("dead", 1)
			.stream("spread:1:auto")
			.start();
	}

	@AfterEach
	void stopServer() {
		this.server.close();
	}

	@Test
	void readsAndStoresNothing() {
		run("kinesis.consumer.auto-startup=false").close();
		assertThat(requests).hasSize(2);
		assertThat(sent(GetRecordsRequest.class)).singleElement().returns(true, GetRecordsRequest::dryRun);
		assertThat(sent(PutRecordsRequest.class)).singleElement().satisfies((put) -> {
			assertThat(put.dryRun()).isTrue();
			assertThat(put.records().get(0).explicitHashKey()).isNull();
		});
		assertThat(records("dead")).isEmpty();
	}

	@Test
	void storesNothingWhereTheStreamIgnoresHashKeys() {
		run(FAN_OUT, "kinesis.consumer.auto-startup=false", "kinesis.producer.default-stream=spread").close();
		assertThat(sent(PutRecordsRequest.class)).hasSize(2)
			.allSatisfy((put) -> assertThat(put.records().get(0).explicitHashKey()).isNotNull());
		assertThat(records("spread")).isEmpty();
		assertThat(records("dead")).isEmpty();
	}

	@Test
	void reportsThatFanOutIsDeniedForAConsumerThatDoesNotExistYet(CapturedOutput output) {
		Fault denied = this.server.faults().add(FaultRule.accessDenied().action("SubscribeToShard"));
		assertThatException().isThrownBy(() -> run(FAN_OUT));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The preflight found 1 denied action.")
			.contains("Allow kinesis:SubscribeToShard on ")
			.contains("stream/orders/consumer/shop:*");
		assertThat(denied.hits()).isOne();
		assertThat(consumers()).isEmpty();
	}

	@Test
	void reportsThatFanOutIsDeniedForARegisteredConsumer(CapturedOutput output) {
		String arn = register();
		Fault denied = this.server.faults().add(FaultRule.accessDenied().action("SubscribeToShard"));
		assertThatException().isThrownBy(() -> run(FAN_OUT));
		assertThat(output).contains("Allow kinesis:SubscribeToShard on ");
		assertThat(denied.hits()).isOne();
		assertThat(sent(SubscribeToShardRequest.class)).singleElement().satisfies((subscribe) -> {
			assertThat(subscribe.consumerARN()).isEqualTo(arn);
			assertThat(subscribe.dryRun()).isTrue();
		});
	}

	@Test
	void reportsAllThatFanOutAndSendingLackAtOnce(CapturedOutput output) {
		for (String action : List.of("ListShards", "DescribeStreamConsumer", "SubscribeToShard", "PutRecords")) {
			this.server.faults().add(FaultRule.accessDenied().action(action));
		}
		assertThatException().isThrownBy(() -> run(FAN_OUT));
		assertThat(output).contains("The preflight found 4 denied actions.");
	}

	@Test
	void subscribesToNoShardUntilDryRunsAreKnownToBeSupported() {
		register();
		run(FAN_OUT, "kinesis.consumer.auto-startup=false").close();
		assertThat(sent(SubscribeToShardRequest.class)).singleElement()
			.returns("shardId-999999999999", SubscribeToShardRequest::shardId);
		requests.clear();
		run(OrdersAndInvoicesApplication.class, "kinesis.listeners.invoices.mode=fan-out",
				"kinesis.consumer.auto-startup=false")
			.close();
		assertThat(sent(SubscribeToShardRequest.class)).singleElement()
			.returns("shardId-000000000000", SubscribeToShardRequest::shardId);
	}

	@Test
	void aThrottledDryRunIsRepeatedUntilItIsAnswered(CapturedOutput output) {
		this.server.faults()
			.add(FaultRule.error("ThrottlingException", 400, "Rate exceeded").action("GetRecords").times(6));
		this.server.faults().add(FaultRule.accessDenied().action("GetRecords"));
		assertThatException().isThrownBy(() -> run());
		assertThat(output).contains("Allow kinesis:GetRecords on ");
	}

	@Test
	void listenersOfOneStreamShareItsDryRun() {
		run(OrdersAndInvoicesApplication.class, "kinesis.consumer.auto-startup=false",
				"kinesis.producer.default-stream=dead")
			.close();
		assertThat(sent(GetRecordsRequest.class)).hasSize(1);
		assertThat(sent(PutRecordsRequest.class)).hasSize(1);
	}

	private String register() {
		try (KinesisAsyncClient client = client()) {
			String streamArn = client.describeStreamSummary((describe) -> describe.streamName("orders"))
				.join()
				.streamDescriptionSummary()
				.streamARN();
			return client.registerStreamConsumer((register) -> register.streamARN(streamArn).consumerName("shop"))
				.join()
				.consumer()
				.consumerARN();
		}
	}

	private List<?> consumers() {
		try (KinesisAsyncClient client = client()) {
			String streamArn = client.describeStreamSummary((describe) -> describe.streamName("orders"))
				.join()
				.streamDescriptionSummary()
				.streamARN();
			return client.listStreamConsumers((list) -> list.streamARN(streamArn)).join().consumers();
		}
	}

	private List<Record> records(String stream) {
		try (KinesisAsyncClient client = client()) {
			String iterator = client
				.getShardIterator((get) -> get.streamName(stream)
					.shardId("shardId-000000000000")
					.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
				.join()
				.shardIterator();
			return client.getRecords((get) -> get.shardIterator(iterator)).join().records();
		}
	}

	private KinesisAsyncClient client() {
		return KinesisClients.withDefaults(this.server.endpoint());
	}

	private static <T> List<T> sent(Class<T> type) {
		return requests.stream().filter(type::isInstance).map(type::cast).toList();
	}

	private ConfigurableApplicationContext run(String... properties) {
		return run(OrdersApplication.class, properties);
	}

	private ConfigurableApplicationContext run(Class<?> application, String... properties) {
		List<String> all = new ArrayList<>();
		this.server.properties().forEach((name, value) -> all.add(name + "=" + value));
		all.addAll(List.of("spring.application.name=shop", "kinesis.preflight.enabled=true",
				"kinesis.consumer.error.dead-letter-stream=dead"));
		all.addAll(List.of(properties));
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ KinesisClientAutoConfiguration.class, KinesisConverterAutoConfiguration.class,
			KinesisProducerAutoConfiguration.class, KinesisLeaseStoreAutoConfiguration.class,
			KinesisConsumerAutoConfiguration.class, KinesisPreflightAutoConfiguration.class })
	static class OrdersApplication {

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(String order) {
		}

		@Bean
		KinesisClientCustomizer<KinesisAsyncClientBuilder> recording() {
			return (builder) -> builder.overrideConfiguration(builder.overrideConfiguration()
				.copy((override) -> override.addExecutionInterceptor(new Recording())));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OrdersAndInvoicesApplication extends OrdersApplication {

		@KinesisListener(id = "invoices", streams = "orders", application = "invoices")
		void onInvoice(String order) {
		}

	}

	/**
	 * Records what reads, stores or subscribes.
	 */
	static final class Recording implements ExecutionInterceptor {

		@Override
		public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
			if (context.request() instanceof GetRecordsRequest || context.request() instanceof PutRecordsRequest
					|| context.request() instanceof SubscribeToShardRequest) {
				requests.add(context.request());
			}
		}

	}

}
