package io.kinesisspring.jsonschema;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.test.EmbeddedKinesis;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for payloads with a JSON Schema on their way through a stream, in an application
 * with all auto-configurations.
 */
@Timeout(120)
@SpringBootTest(properties = { "spring.application.name=shop", "kinesis.lease.store=memory",
		"kinesis.listeners.one.error.dead-letter-stream=dead", "kinesis.listeners.one.error.on-exhausted=dead-letter" })
@EmbeddedKinesis({ "one", "batch", "dead" })
class JsonSchemaEndToEndTests {

	@Autowired
	private KinesisTemplate kinesis;

	@Autowired
	private Listeners listeners;

	@Test
	void sendsAndReceivesPayloadsAndDeadLettersWhatIsNotValid() {
		this.kinesis.send("one", "key", new Order("o-1", 7)).join();
		this.kinesis.send("one", "key", "{\"id\":\"o-3\",\"cents\":-1}").join();
		this.kinesis.send("one", "key", new Order("o-2", 8)).join();
		await().untilAsserted(
				() -> assertThat(this.listeners.one).containsExactly(new Order("o-1", 7), new Order("o-2", 8)));
		await().untilAsserted(() -> assertThat(this.listeners.dead).hasSize(1)
			.allMatch((letter) -> letter.contains("breaks its JSON Schema")));
	}

	@Test
	void receivesBatches() {
		this.kinesis.sendAll("batch", List.of(new Order("o-1", 7), new Order("o-2", 8))).join();
		await().untilAsserted(() -> assertThat(this.listeners.batch).containsExactlyInAnyOrder(new Order("o-1", 7),
				new Order("o-2", 8)));
	}

	/**
	 * A payload.
	 *
	 * @param id its id
	 * @param cents its price
	 */
	@JsonSchema("classpath:schemas/order.json")
	record Order(String id, long cents) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listeners {

		private final Queue<Order> one = new ConcurrentLinkedQueue<>();

		private final Queue<Order> batch = new ConcurrentLinkedQueue<>();

		private final Queue<String> dead = new ConcurrentLinkedQueue<>();

		@KinesisListener(id = "one", streams = "one")
		void onOne(Order payload) {
			this.one.add(payload);
		}

		@KinesisListener(streams = "batch")
		void onBatch(List<Order> payloads) {
			this.batch.addAll(payloads);
		}

		@KinesisListener(streams = "dead")
		void onDeadLetter(String letter) {
			this.dead.add(letter);
		}

	}

}
