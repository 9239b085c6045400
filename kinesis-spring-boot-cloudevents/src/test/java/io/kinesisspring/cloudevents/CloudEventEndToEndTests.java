package io.kinesisspring.cloudevents;

import java.lang.reflect.Type;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.support.MessageBuilder;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.converter.PayloadConverter;
import io.kinesisspring.converter.RecordDestination;
import io.kinesisspring.embedded.test.EmbeddedKinesis;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerRecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for CloudEvents on their way through a stream, in an application with all
 * auto-configurations.
 */
@Timeout(120)
@SpringBootTest(properties = { "spring.application.name=shop", "kinesis.lease.store=memory",
		"kinesis.listeners.broken.error.on-exhausted=dead-letter",
		"kinesis.listeners.broken.error.dead-letter-stream=dead" })
@EmbeddedKinesis({ "events", "batches", "data", "broken", "dead", "catalog" })
class CloudEventEndToEndTests {

	@Autowired
	private KinesisTemplate kinesis;

	@Autowired
	private Listeners listeners;

	@Test
	void sendsAndReceivesAnEvent() {
		this.kinesis.send("events", "key", event("e-1")).join();
		await().untilAsserted(
				() -> assertThat(this.listeners.events).containsExactly("e-1 order.placed {\"id\":\"o-1\"}"));
	}

	@Test
	void receivesABatchOfEvents() {
		this.kinesis.sendAll("batches", List.of(event("e-1"), event("e-2"))).join();
		await().untilAsserted(() -> assertThat(this.listeners.batches).containsExactlyInAnyOrder("e-1", "e-2"));
	}

	@Test
	void sendsAndReceivesAPayloadWithHeaders() {
		this.kinesis
			.send("data",
					MessageBuilder.withPayload(new Order("o-1"))
						.setHeader(CloudEventHeaders.TYPE, "order.placed")
						.setHeader(CloudEventHeaders.ID, "e-1")
						.build())
			.join();
		this.kinesis
			.send(ProducerRecord.of("data", "key", new Order("o-2"))
				.withHeader(CloudEventHeaders.TYPE, "order.placed")
				.withHeader(CloudEventHeaders.ID, "e-2"))
			.join();
		await().untilAsserted(() -> assertThat(this.listeners.data)
			.containsExactlyInAnyOrder("o-1 order.placed e-1 /shop", "o-2 order.placed e-2 /shop"));
	}

	/**
	 * The converter of the format is declared before that of CloudEvents, and supports
	 * the payload, too.
	 */
	@Test
	void sendsAPayloadOfAnotherFormatAsTheDataOfAnEvent() {
		this.kinesis
			.send(ProducerRecord.of("catalog", "key", new Article("a-1"))
				.withHeader(CloudEventHeaders.TYPE, "article.listed")
				.withHeader(CloudEventHeaders.DATA_CONTENT_TYPE, "application/xml")
				.withHeader(CloudEventHeaders.ID, "e-1"))
			.join();
		await().untilAsserted(() -> assertThat(this.listeners.articles).containsExactly("e-1 <article a-1>"));
	}

	@Test
	void sendsARecordThatIsNoEventToTheDeadLetters() {
		this.kinesis.send("broken", "key", "no event").join();
		this.kinesis.send("broken", "key", event("e-after")).join();
		await().untilAsserted(() -> assertThat(this.listeners.afterBroken).containsExactly("e-after"));
		await().untilAsserted(() -> assertThat(this.listeners.dead).hasSize(1)
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

	/**
	 * A payload with a format of its own.
	 *
	 * @param id its id
	 */
	record Article(String id) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listeners {

		private final Queue<String> events = new ConcurrentLinkedQueue<>();

		private final Queue<String> batches = new ConcurrentLinkedQueue<>();

		private final Queue<String> data = new ConcurrentLinkedQueue<>();

		private final Queue<String> afterBroken = new ConcurrentLinkedQueue<>();

		private final Queue<String> articles = new ConcurrentLinkedQueue<>();

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

		@KinesisListener(streams = "catalog")
		void onArticle(CloudEvent event) {
			this.articles.add(event.getId() + " " + new String(event.getData().toBytes(), StandardCharsets.UTF_8));
		}

		@Bean
		PayloadConverter articleConverter() {
			return new PayloadConverter() {

				@Override
				public boolean supports(Class<?> type) {
					return type == Article.class;
				}

				@Override
				public byte[] toBytes(Object payload, RecordDestination destination) {
					return ("<article " + ((Article) payload).id() + ">").getBytes(StandardCharsets.UTF_8);
				}

				@Override
				public Object fromBytes(byte[] data, Type targetType) {
					throw new UnsupportedOperationException();
				}

			};
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
