package io.kinesisspring.protobuf;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.google.protobuf.StringValue;
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
 * Tests for Protocol Buffers messages on their way through a stream, in an application
 * with all auto-configurations.
 */
@Timeout(120)
@SpringBootTest(properties = { "spring.application.name=shop", "kinesis.lease.store=memory",
		"kinesis.listeners.one.error.dead-letter-stream=dead", "kinesis.listeners.one.error.on-exhausted=dead-letter" })
@EmbeddedKinesis({ "one", "batch", "dead" })
class ProtobufEndToEndTests {

	@Autowired
	private KinesisTemplate kinesis;

	@Autowired
	private Listeners listeners;

	@Test
	void sendsAndReceivesPayloadsAndDeadLettersWhatIsNotValid() {
		this.kinesis.send("one", "key", StringValue.of("o-1")).join();
		this.kinesis.send("one", "key", "no message").join();
		this.kinesis.send("one", "key", StringValue.of("o-2")).join();
		await().untilAsserted(
				() -> assertThat(this.listeners.one).containsExactly(StringValue.of("o-1"), StringValue.of("o-2")));
		await().untilAsserted(() -> assertThat(this.listeners.dead).hasSize(1)
			.allMatch((letter) -> letter.contains("no such message")));
	}

	@Test
	void receivesBatches() {
		this.kinesis.sendAll("batch", List.of(StringValue.of("o-1"), StringValue.of("o-2"))).join();
		await().untilAsserted(() -> assertThat(this.listeners.batch).containsExactlyInAnyOrder(StringValue.of("o-1"),
				StringValue.of("o-2")));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listeners {

		private final Queue<StringValue> one = new ConcurrentLinkedQueue<>();

		private final Queue<StringValue> batch = new ConcurrentLinkedQueue<>();

		private final Queue<String> dead = new ConcurrentLinkedQueue<>();

		@KinesisListener(id = "one", streams = "one")
		void onOne(StringValue payload) {
			this.one.add(payload);
		}

		@KinesisListener(streams = "batch")
		void onBatch(List<StringValue> payloads) {
			this.batch.addAll(payloads);
		}

		@KinesisListener(streams = "dead")
		void onDeadLetter(String letter) {
			this.dead.add(letter);
		}

	}

}
