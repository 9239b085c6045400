package io.kinesisspring.boot.docs;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.admin.KinesisAdmin;
import io.kinesisspring.admin.NewStream;
import io.kinesisspring.admin.NewStreams;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.client.KinesisClientCustomizer;
import io.kinesisspring.boot.autoconfigure.client.KinesisFanOutClient;
import io.kinesisspring.boot.autoconfigure.consumer.KinesisListenerContainerFactoryConfigurer;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.deadletter.DeadLetterDestinationResolver;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.listener.Acknowledgment;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.listener.ListenerShard;
import io.kinesisspring.listener.ShardListener;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.redrive.DeadLetterRedriver;
import io.kinesisspring.redrive.RedriveProgress;

/**
 * What {@code docs/listening.md}, {@code docs/errors.md}, {@code docs/streams.md} and
 * {@code docs/fan-out.md} show, so that it compiles.
 */
final class DocumentationSnippets {

	private DocumentationSnippets() {
	}

	void control(KinesisListenerContainerRegistry registry) {
		KinesisListenerContainer orders = registry.getContainer("orders");
		orders.pause("orders", "shardId-000000000003").join();
		orders.resume("orders", "shardId-000000000003");
		orders.seek("orders", "shardId-000000000003", Checkpoint.TRIM_HORIZON);
		orders.stop();
	}

	@Bean
	ErrorHandler orderErrors() {
		ErrorHandler others = DefaultErrorHandler.builder().maxAttempts(5).onExhausted(OnExhausted.DEAD_LETTER).build();
		return (failure) -> (failure.exception() instanceof UnknownCustomerException) ? ErrorDecision.skip()
				: others.handle(failure);
	}

	@Bean
	ErrorHandler orderErrorsByPolicy() {
		return DefaultErrorHandler.builder()
			.retryPolicy(RetryPolicy.builder().maxRetries(4).delay(Duration.ofMillis(200)).multiplier(2).build())
			.notRetryOn(UnknownCustomerException.class)
			.onExhausted(OnExhausted.DEAD_LETTER)
			.build();
	}

	@Bean
	ErrorHandler parkedOrders(ParkingLot parkingLot) {
		return DefaultErrorHandler.builder()
			.maxAttempts(5)
			.recoverer((failure) -> parkingLot.park(failure.record(), failure.exception()))
			.build();
	}

	@Bean
	DeadLetterDestinationResolver destinations() {
		return (record, exception) -> (exception instanceof UnknownCustomerException) ? "unknown-customers" : null;
	}

	@Bean
	NewStream orders() {
		return NewStream.builder("orders").shards(4).retention(Duration.ofDays(7)).tag("team", "billing").build();
	}

	@Bean
	NewStreams others() {
		return NewStreams.of(NewStream.builder("invoices").onDemand().build(),
				NewStream.builder("orders-dlt").shards(1).maxRecordSize(DataSize.ofMegabytes(2)).build());
	}

	@Bean
	KinesisAdmin partnerAdmin(@Qualifier("partnerClient") KinesisAsyncClient client) {
		return KinesisAdmin.builder(client).streams(List.of(NewStream.builder("partner-orders").build())).build();
	}

	@Bean
	KinesisClientCustomizer<KinesisAsyncClientBuilder> auditing(ExecutionInterceptor audit) {
		return (builder) -> builder.overrideConfiguration(
				builder.overrideConfiguration().copy((override) -> override.addExecutionInterceptor(audit)));
	}

	@Bean
	KinesisFanOutClient fanOutClient(KinesisAsyncClient mine) {
		return () -> mine;
	}

	static class PartnerConfiguration {

		@Bean(defaultCandidate = false)
		KinesisAsyncClient partnerClient() {
			return KinesisAsyncClient.builder()
				.region(Region.EU_WEST_1)
				.credentialsProvider(Partner.credentials())
				.build();
		}

		@Bean(defaultCandidate = false)
		KinesisTemplate partnerTemplate(@Qualifier("partnerClient") KinesisAsyncClient client,
				RecordConverter converter) {
			return KinesisTemplate.builder(client).converter(converter).build();
		}

		@Bean
		KinesisListenerContainerFactory partnerFactory(KinesisListenerContainerFactoryConfigurer configurer,
				@Qualifier("partnerClient") KinesisAsyncClient client,
				@Qualifier("partnerTemplate") KinesisTemplate template) {
			return configurer.create(client, template);
		}

		@KinesisListener(streams = "partner-orders", application = "partner", containerFactory = "partnerFactory")
		void onPartnerOrder(Order order) {
			Warehouse.reserve(order, "partner");
		}

	}

	@Component
	class Totals implements ShardListener {

		private final Map<ListenerShard, Total> totals = new ConcurrentHashMap<>();

		@KinesisListener(id = "totals", streams = "orders", application = "totals", ackMode = "manual")
		void onOrder(KinesisRecord<Order> order, Acknowledgment acknowledgment) {
			ListenerShard shard = new ListenerShard("totals", order.stream(), order.shardId());
			this.totals.get(shard).add(order.payload(), acknowledgment);
		}

		@Override
		public @Nullable Checkpoint onAssigned(ListenerShard shard) {
			this.totals.put(shard, Total.restored(shard));
			return null;
		}

		@Override
		public void onRevoked(ListenerShard shard) {
			this.totals.remove(shard).storeAndAcknowledge();
		}

		@Override
		public void onEnded(ListenerShard shard) {
			this.totals.get(shard).storeAndAcknowledge();
		}

		@Override
		public void onLost(ListenerShard shard) {
			this.totals.remove(shard);
		}

	}

	@Component
	class Clicks {

		@KinesisListener(streams = "clicks", mode = "fan-out")
		void onClicks(List<Click> clicks) {
			Warehouse.count(clicks);
		}

	}

	@Component
	class Orders {

		@KinesisListener(id = "orders", streams = "${orders.stream}")
		void onOrder(Order order, @Header(KinesisHeaders.PARTITION_KEY) String customer) {
			Warehouse.reserve(order, customer);
		}

		@KinesisListener(id = "clicks", streams = { "web-clicks", "app-clicks" }, ackMode = "manual", concurrency = "8")
		void onClicks(List<Click> clicks, Acknowledgment acknowledgment) {
			Warehouse.count(clicks);
			acknowledgment.acknowledge();
		}

	}

	static class Lambdas {

		@Bean
		KinesisListenerEndpoint audit(AuditLog log) {
			return KinesisListenerEndpoint.builder("audit", Order.class)
				.streams("orders")
				.onRecord((record) -> log.write(record.partitionKey(), record.payload()))
				.options((options) -> options.application("audit"))
				.build();
		}

	}

	@Component
	class Tenants {

		private final KinesisListenerContainerRegistry registry;

		private final KinesisListenerContainerFactory factory;

		Tenants(KinesisListenerContainerRegistry registry, KinesisListenerContainerFactory factory) {
			this.registry = registry;
			this.factory = factory;
		}

		void add(String tenant) {
			KinesisListenerEndpoint endpoint = KinesisListenerEndpoint.builder("orders-of-" + tenant, Order.class)
				.streams("orders-" + tenant)
				.onRecord((record) -> Warehouse.reserve(record.payload(), tenant))
				.build();
			this.registry.register(endpoint, this.factory).start();
		}

		void remove(String tenant) {
			this.registry.unregister("orders-of-" + tenant);
		}

	}

	static class PatientOrders {

		@KinesisListener(streams = "orders", ackMode = "manual")
		void onOrders(List<Order> orders, Acknowledgment acknowledgment) {
			for (int i = 0; i < orders.size(); i++) {
				if (!Warehouse.tryReserve(orders.get(i))) {
					acknowledgment.nack(i, Duration.ofSeconds(10));
					return;
				}
			}
			acknowledgment.acknowledge();
		}

	}

	static class Redrive {

		private final DeadLetterRedriver redriver;

		Redrive(DeadLetterRedriver redriver) {
			this.redriver = redriver;
		}

		RedriveProgress redrive() {
			return this.redriver.redrive("orders-dead").result().join();
		}

	}

	interface ParkingLot {

		CompletionStage<Void> park(KinesisRecord<byte[]> record, Throwable exception);

	}

	record Order(String id) {

	}

	interface AuditLog {

		void write(String customer, Order order);

	}

	static final class Total {

		private Total() {
		}

		static Total restored(ListenerShard shard) {
			return new Total();
		}

		void add(Order order, Acknowledgment acknowledgment) {
		}

		void storeAndAcknowledge() {
		}

	}

	record Click(String page) {

	}

	static final class Partner {

		private Partner() {
		}

		static AwsCredentialsProvider credentials() {
			return AnonymousCredentialsProvider.create();
		}

	}

	static final class Warehouse {

		private Warehouse() {
		}

		static void reserve(Order order, String customer) {
		}

		static boolean tryReserve(Order order) {
			return true;
		}

		static void count(List<Click> clicks) {
		}

	}

	static final class UnknownCustomerException extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
