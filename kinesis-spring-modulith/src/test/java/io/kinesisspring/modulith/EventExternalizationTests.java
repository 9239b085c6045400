package io.kinesisspring.modulith;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.Externalized;
import org.springframework.modulith.events.FailedEventPublications;
import org.springframework.modulith.events.ResubmissionOptions;
import org.springframework.modulith.events.RoutingTarget;
import org.springframework.modulith.events.support.EventExternalizationTransport;
import org.springframework.modulith.events.support.EventExternalizerModuleListener;
import org.springframework.modulith.events.support.OutboxEventExternalizer;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatRuntimeException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for events on their way from a transaction to a stream, with Modulith's JDBC
 * registry and the embedded server.
 */
@Timeout(120)
class EventExternalizationTests {

	private static final AtomicInteger numbers = new AtomicInteger();

	private static EmbeddedKinesisServer server;

	private String stream;

	private ConfigurableApplicationContext context;

	@BeforeAll
	static void startServer() {
		server = EmbeddedKinesisServer.builder().start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void nameStream() {
		this.stream = "orders-" + numbers.incrementAndGet();
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@Test
	void sendsAnEventAfterItsTransactionCommits() {
		server.createStream(this.stream, 2);
		start();
		inTransaction(() -> {
			this.context.publishEvent(new OrderPlaced("customer-1", 7));
			assertThat(publications()).hasSize(1).doesNotContain("COMPLETED");
		});
		await().untilAsserted(
				() -> assertThat(received()).containsExactly("customer-1 {\"customer\":\"customer-1\",\"amount\":7}"));
		await().untilAsserted(() -> assertThat(publications()).containsExactly("COMPLETED"));
	}

	@Test
	void sendsNoEventOfATransactionThatRollsBack() {
		server.createStream(this.stream, 2);
		start();
		transaction().executeWithoutResult((status) -> {
			this.context.publishEvent(new OrderPlaced("rolled-back", 1));
			status.setRollbackOnly();
		});
		assertThat(publications()).isEmpty();
		inTransaction(() -> this.context.publishEvent(new OrderPlaced("committed", 2)));
		await().untilAsserted(() -> assertThat(received()).hasSize(1));
		assertThat(received().peek()).startsWith("committed ");
	}

	@Test
	void keepsAnEventThatTheStreamRejects() {
		start("kinesis.consumer.auto-startup=false");
		inTransaction(() -> this.context.publishEvent(new OrderPlaced("customer-1", 7)));
		await().untilAsserted(() -> assertThat(publications()).containsExactly("FAILED"));
		server.createStream(this.stream, 2);
		this.context.getBean(FailedEventPublications.class).resubmit(ResubmissionOptions.defaults());
		await().untilAsserted(() -> assertThat(publications()).containsExactly("COMPLETED"));
	}

	@Test
	void completesAPublicationWhenTheRecordIsStored() {
		server.createStream(this.stream, 2);
		start("kinesis.producer.linger=30s");
		inTransaction(() -> this.context.publishEvent(new OrderPlaced("customer-1", 7)));
		KinesisOperations kinesis = this.context.getBean(KinesisOperations.class);
		await().until(() -> kinesis.inFlight() == 1);
		assertThat(publications()).hasSize(1).doesNotContain("COMPLETED");
		kinesis.flush().join();
		await().untilAsserted(() -> assertThat(publications()).containsExactly("COMPLETED"));
	}

	@Test
	void sendsHeadersWithTheEnvelope() {
		server.createStream(this.stream, 2);
		start("kinesis.producer.header-mode=envelope", "kinesis.consumer.header-mode=envelope", "with-headers=true");
		inTransaction(() -> this.context.publishEvent(new OrderPlaced("customer-1", 7)));
		await().untilAsserted(() -> assertThat(publications()).containsExactly("COMPLETED"));
		await().untilAsserted(() -> assertThat(this.context.getBean(Application.class).headers)
			.containsExactly("{kind=OrderPlaced}"));
	}

	@Test
	void sendsFromTheOutboxAndReturnsTheOutcome() {
		start("spring.modulith.events.externalization.mode=outbox", "kinesis.consumer.auto-startup=false");
		assertThat(this.context.getBeanProvider(EventExternalizerModuleListener.class)).isEmpty();
		OutboxEventExternalizer externalizer = this.context.getBean(OutboxEventExternalizer.class);
		OrderPlaced event = new OrderPlaced("customer-1", 7);
		assertThatRuntimeException().isThrownBy(() -> externalizer.externalizeBlocking(event))
			.withRootCauseInstanceOf(ResourceNotFoundException.class);
		server.createStream(this.stream, 2);
		externalizer.externalizeBlocking(event);
		this.context.getBean(KinesisListenerContainerRegistry.class).getContainers().forEach(Lifecycle::start);
		await().untilAsserted(() -> assertThat(received()).hasSize(1));
		assertThat(received().peek()).startsWith("customer-1 ");
	}

	@Test
	void createsNoTransportWithoutExternalization() {
		start("spring.modulith.events.externalization.enabled=false", "kinesis.consumer.auto-startup=false");
		assertThat(this.context.getBeanProvider(EventExternalizationTransport.class)).isEmpty();
	}

	private void start(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		server.properties().forEach((name, value) -> all.add(name + "=" + value));
		all.addAll(List.of("stream=" + this.stream, "spring.application.name=shop", "kinesis.lease.store=memory",
				"spring.datasource.generate-unique-name=true",
				"spring.modulith.events.jdbc.schema-initialization.enabled=true"));
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run();
	}

	private void inTransaction(Runnable work) {
		transaction().executeWithoutResult((status) -> work.run());
	}

	private TransactionTemplate transaction() {
		return new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
	}

	private List<String> publications() {
		return this.context.getBean(JdbcTemplate.class)
			.queryForList("SELECT STATUS FROM EVENT_PUBLICATION", String.class);
	}

	private Queue<String> received() {
		return this.context.getBean(Application.class).received;
	}

	/**
	 * An event.
	 *
	 * @param customer whose order it is
	 * @param amount how much it is
	 */
	@Externalized("#{@stream}::#{customer()}")
	record OrderPlaced(String customer, int amount) {

	}

	@SpringBootApplication
	static class Application {

		private final Queue<String> received = new ConcurrentLinkedQueue<>();

		private final Queue<String> headers = new ConcurrentLinkedQueue<>();

		@KinesisListener(streams = "${stream}")
		void onRecord(KinesisRecord<byte[]> record) {
			this.received.add(record.partitionKey() + " " + new String(record.payload(), StandardCharsets.UTF_8));
			this.headers.add(record.headers().toString());
		}

		@Bean
		String stream(@Value("${stream}") String stream) {
			return stream;
		}

		@Bean
		@ConditionalOnProperty("with-headers")
		static EventExternalizationConfiguration eventExternalizationConfiguration(@Value("${stream}") String stream) {
			return EventExternalizationConfiguration.externalizing()
				.select(EventExternalizationConfiguration.annotatedAsExternalized())
				.headers(OrderPlaced.class, (event) -> Map.of("kind", "OrderPlaced"))
				.route(OrderPlaced.class, (event) -> RoutingTarget.forTarget(stream).andKey(event.customer()))
				.build();
		}

	}

}
