package io.kinesisspring.protobuf;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.google.protobuf.StringValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for Protocol Buffers messages on their way through a stream, in an application
 * with all auto-configurations.
 */
@Timeout(120)
class ProtobufEndToEndTests {

	private static EmbeddedKinesisServer server;

	private static ConfigurableApplicationContext context;

	private static KinesisTemplate kinesis;

	private static Listeners listeners;

	@BeforeAll
	static void start() {
		server = EmbeddedKinesisServer.builder().start();
		for (String stream : List.of("one", "batch", "dead")) {
			server.createStream(stream, 1);
		}
		List<String> properties = new ArrayList<>(List.of("spring.application.name=shop", "kinesis.lease.store=memory",
				"kinesis.listeners.one.error.dead-letter-stream=dead",
				"kinesis.listeners.one.error.on-exhausted=dead-letter"));
		server.properties().forEach((name, value) -> properties.add(name + "=" + value));
		context = new SpringApplicationBuilder(Listeners.class).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			.run();
		kinesis = context.getBean(KinesisTemplate.class);
		listeners = context.getBean(Listeners.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		server.close();
	}

	@Test
	void sendsAndReceivesPayloadsAndDeadLettersWhatIsNotValid() {
		kinesis.send("one", "key", StringValue.of("o-1")).join();
		kinesis.send("one", "key", "no message").join();
		kinesis.send("one", "key", StringValue.of("o-2")).join();
		await().untilAsserted(
				() -> assertThat(listeners.one).containsExactly(StringValue.of("o-1"), StringValue.of("o-2")));
		await().untilAsserted(
				() -> assertThat(listeners.dead).hasSize(1).allMatch((letter) -> letter.contains("no such message")));
	}

	@Test
	void receivesBatches() {
		kinesis.sendAll("batch", List.of(StringValue.of("o-1"), StringValue.of("o-2"))).join();
		await().untilAsserted(() -> assertThat(listeners.batch).containsExactlyInAnyOrder(StringValue.of("o-1"),
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
