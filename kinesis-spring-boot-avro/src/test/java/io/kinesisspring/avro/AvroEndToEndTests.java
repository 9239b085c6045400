package io.kinesisspring.avro;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ClassPathResource;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.converter.SchemaDefinition;
import io.kinesisspring.converter.SchemaRegistry;
import io.kinesisspring.converter.SchemaRegistryUnavailableException;
import io.kinesisspring.embedded.test.EmbeddedKinesis;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for Avro records on their way through a stream, in an application with all
 * auto-configurations.
 */
@Timeout(120)
@SpringBootTest(classes = AvroEndToEndTests.Listeners.class,
		properties = { "spring.application.name=shop", "kinesis.lease.store=memory",
				"kinesis.consumer.retry.max-attempts=2", "kinesis.listeners.one.error.dead-letter-stream=dead" })
@EmbeddedKinesis({ "one", "batch", "dead" })
class AvroEndToEndTests {

	@Autowired
	private KinesisTemplate kinesis;

	@Autowired
	private Listeners listeners;

	@BeforeEach
	void forget() {
		this.listeners.orders.clear();
		this.listeners.dead.clear();
	}

	@Test
	void sendsAndReceivesGeneratedClassesAndGenericRecordsAndBatches() throws Exception {
		Schema first;
		try (var in = new ClassPathResource("avro/order-v1.avsc").getInputStream()) {
			first = new Schema.Parser().parse(in);
		}
		this.kinesis.send("one", "key", new Order("o-1", 7, "CHF")).join();
		this.kinesis.send("one", "key", new GenericRecordBuilder(first).set("id", "o-2").set("cents", 8).build())
			.join();
		this.kinesis.send("batch", "key", new GenericRecordBuilder(first).set("id", "o-3").set("cents", 9).build())
			.join();
		await().untilAsserted(() -> assertThat(this.listeners.orders).containsExactly(new Order("o-1", 7, "CHF"),
				new Order("o-2", 8, "EUR")));
		await().untilAsserted(() -> assertThat(this.listeners.generic).containsExactly("o-3"));
	}

	@Test
	void sendsARecordThatIsNoAvroToTheDeadLetters() {
		this.kinesis.send("one", "key", "no Avro").join();
		this.kinesis.send("one", "key", new Order("o-1", 7, "CHF")).join();
		await().untilAsserted(() -> assertThat(this.listeners.orders).containsExactly(new Order("o-1", 7, "CHF")));
		await().untilAsserted(() -> assertThat(this.listeners.dead).hasSize(1)
			.allMatch((letter) -> letter.contains("single-object encoding")));
	}

	@Nested
	@Import(UnavailableRegistry.class)
	@EmbeddedKinesis({ "one", "batch", "dead" })
	class WithoutAnswersOfTheRegistry {

		@Test
		void retriesUntilTheRegistryAnswersAndSendsNothingToTheDeadLetters(@Autowired KinesisTemplate kinesis,
				@Autowired Listeners listeners, @Autowired UnavailableRegistry registry) {
			kinesis.send("one", "key", new Order("o-1", 7, "CHF")).join();
			await().untilAsserted(() -> assertThat(listeners.orders).containsExactly(new Order("o-1", 7, "CHF")));
			assertThat(registry.failures).hasValue(0);
			assertThat(listeners.dead).isEmpty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listeners {

		private final Queue<Order> orders = new ConcurrentLinkedQueue<>();

		private final Queue<String> generic = new ConcurrentLinkedQueue<>();

		private final Queue<String> dead = new ConcurrentLinkedQueue<>();

		@KinesisListener(id = "one", streams = "one")
		void onOrder(Order order) {
			this.orders.add(order);
		}

		@KinesisListener(streams = "batch")
		void onBatch(List<GenericRecord> orders) {
			orders.forEach((order) -> this.generic.add(order.get("id").toString()));
		}

		@KinesisListener(streams = "dead")
		void onDeadLetter(byte[] letter) {
			this.dead.add(new String(letter, StandardCharsets.UTF_8));
		}

	}

	/**
	 * A registry that gives no answer about the first four records that are received.
	 */
	@Configuration(proxyBeanMethods = false)
	static class UnavailableRegistry {

		private final AtomicInteger failures = new AtomicInteger(4);

		@Bean
		SchemaRegistry schemaRegistry() {
			return new SchemaRegistry() {

				@Override
				public byte[] encode(byte[] payload, SchemaDefinition schema, RecordDestination destination) {
					return payload;
				}

				@Override
				public RegisteredPayload decode(byte[] data) {
					if (UnavailableRegistry.this.failures.get() > 0) {
						UnavailableRegistry.this.failures.decrementAndGet();
						throw new SchemaRegistryUnavailableException("no answer", null);
					}
					return new RegisteredPayload("1",
							new SchemaDefinition(SchemaDefinition.Format.AVRO, "1", Order.SCHEMA$.toString()), data);
				}

			};
		}

	}

}
