package io.kinesisspring.cloudevents;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.support.MessageBuilder;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerRecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for CloudEvents on their way through a stream, in an application with all
 * auto-configurations.
 */
@Timeout(120)
class CloudEventEndToEndTests {

	private static EmbeddedKinesisServer server;

	private static ConfigurableApplicationContext context;

	private static KinesisTemplate kinesis;

	private static Listeners listeners;

	@BeforeAll
	static void start() {
		server = EmbeddedKinesisServer.builder().start();
		for (String stream : List.of("events", "batches", "data", "broken", "dead")) {
			server.createStream(stream, 1);
		}
		List<String> properties = new ArrayList<>(List.of("spring.application.name=shop", "kinesis.lease.store=memory",
				"kinesis.listeners.broken.error.on-exhausted=dead-letter",
				"kinesis.listeners.broken.error.dead-letter-stream=dead"));
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
	void sendsAndReceivesAnEvent() {
		kinesis.send("events", "key", event("e-1")).join();
		await().untilAsserted(() -> assertThat(listeners.events).containsExactly("e-1 order.placed {\"id\":\"o-1\"}"));
	}

	@Test
	void receivesABatchOfEvents() {
		kinesis.sendAll("batches", List.of(event("e-1"), event("e-2"))).join();
		await().untilAsserted(() -> assertThat(listeners.batches).containsExactlyInAnyOrder("e-1", "e-2"));
	}

	@Test
	void sendsAndReceivesAPayloadWithHeaders() {
		kinesis
			.send("data",
					MessageBuilder.withPayload(new Order("o-1"))
						.setHeader(CloudEventHeaders.TYPE, "order.placed")
						.setHeader(CloudEventHeaders.ID, "e-1")
						.build())
			.join();
		kinesis
			.send(ProducerRecord.of("data", "key", new Order("o-2"))
				.withHeader(CloudEventHeaders.TYPE, "order.placed")
				.withHeader(CloudEventHeaders.ID, "e-2"))
			.join();
		await().untilAsserted(() -> assertThat(listeners.data).containsExactlyInAnyOrder("o-1 order.placed e-1 /shop",
				"o-2 order.placed e-2 /shop"));
	}

	@Test
	void sendsARecordThatIsNoEventToTheDeadLetters() {
		kinesis.send("broken", "key", "no event").join();
		kinesis.send("broken", "key", event("e-after")).join();
		await().untilAsserted(() -> assertThat(listeners.afterBroken).containsExactly("e-after"));
		await().untilAsserted(() -> assertThat(listeners.dead).hasSize(1)
			.allMatch((letter) -> letter.contains("CloudEvent in structured JSON")));
	}

	private static CloudEvent event(String id) {
		return CloudEventBuilder.v1()
			.withId(id)
			.withSource(URI.create("/orders"))
			.withType("order.placed")
			.withData("application/json", "{\"id\":\"o-1\"}".getBytes(StandardCharsets.UTF_8))
			.build();
	}

	/**
	 * A payload.
	 *
	 * @param id its id
	 */
	record Order(String id) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listeners {

		private final Queue<String> events = new ConcurrentLinkedQueue<>();

		private final Queue<String> batches = new ConcurrentLinkedQueue<>();

		private final Queue<String> data = new ConcurrentLinkedQueue<>();

		private final Queue<String> afterBroken = new ConcurrentLinkedQueue<>();

		private final Queue<String> dead = new ConcurrentLinkedQueue<>();

		@KinesisListener(streams = "events")
		void onEvent(CloudEvent event) {
			this.events.add(event.getId() + " " + event.getType() + " "
					+ new String(event.getData().toBytes(), StandardCharsets.UTF_8));
		}

		@KinesisListener(streams = "batches")
		void onBatch(List<KinesisRecord<CloudEvent>> events) {
			events.forEach((event) -> this.batches.add(event.payload().getId()));
		}

		@KinesisListener(streams = "data", interceptors = "cloudEventUnwrapper")
		void onData(Order order, @Header(CloudEventHeaders.TYPE) String type, @Header(CloudEventHeaders.ID) String id,
				@Header(CloudEventHeaders.SOURCE) String source) {
			this.data.add(order.id() + " " + type + " " + id + " " + source);
		}

		@KinesisListener(id = "broken", streams = "broken")
		void onBroken(CloudEvent event) {
			this.afterBroken.add(event.getId());
		}

		@KinesisListener(streams = "dead")
		void onDeadLetter(String letter) {
			this.dead.add(letter);
		}

	}

}
