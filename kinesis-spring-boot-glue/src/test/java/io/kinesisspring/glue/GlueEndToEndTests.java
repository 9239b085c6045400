package io.kinesisspring.glue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
 * Tests for Avro records whose schemas are in the Glue Schema Registry, in an application
 * with all auto-configurations.
 */
@Timeout(120)
class GlueEndToEndTests {

	private static final Schema SCHEMA = new Schema.Parser().parse("""
			{"type":"record","name":"Order","namespace":"com.example","fields":[{"name":"id","type":"string"}]}""");

	private EmbeddedKinesisServer server;

	private StubGlue glue;

	private ConfigurableApplicationContext context;

	private KinesisTemplate kinesis;

	private Listeners listeners;

	@BeforeEach
	void start() throws IOException {
		this.server = EmbeddedKinesisServer.builder().start();
		this.glue = new StubGlue();
		for (String stream : List.of("orders", "batches", "dead")) {
			this.server.createStream(stream, 1);
		}
		List<String> properties = new ArrayList<>(List.of("spring.application.name=shop", "kinesis.lease.store=memory",
				"kinesis.consumer.retry.max-attempts=2", "kinesis.listeners.orders.error.dead-letter-stream=dead",
				"kinesis.listeners.batches.error.dead-letter-stream=dead",
				"kinesis.glue.endpoint=" + this.glue.endpoint(), "kinesis.glue.auto-register=true",
				"kinesis.glue.compression=zlib", "kinesis.glue.schema-name=type"));
		this.server.properties().forEach((name, value) -> properties.add(name + "=" + value));
		this.context = new SpringApplicationBuilder(Listeners.class).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			.run();
		this.kinesis = this.context.getBean(KinesisTemplate.class);
		this.listeners = this.context.getBean(Listeners.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
		this.glue.close();
		this.server.close();
	}

	@Test
	void sendsAndReceivesRecordsAndDeadLettersWhatNamesNoSchema() {
		byte[] unknown = ByteBuffer.allocate(30).put((byte) 3).array();
		this.kinesis.send("orders", "key", order("o-1")).join();
		this.kinesis.send("orders", "key", unknown).join();
		this.kinesis.send("orders", "key", order("o-2")).join();
		await().untilAsserted(() -> assertThat(this.listeners.orders).containsExactly("o-1", "o-2"));
		await().untilAsserted(() -> assertThat(this.listeners.dead).hasSize(1)
			.allMatch((letter) -> letter.contains("00000000-0000-0000-0000-000000000000")));
		assertThat(this.glue.calls()).contains("CreateSchema");
	}

	@Test
	void waitsWhileGlueGivesNoAnswerAndDeadLettersNothing() {
		for (String error : List.of("AccessDeniedException", "ThrottlingException", "ThrottlingException",
				"ThrottlingException", "AccessDeniedException")) {
			this.glue.fail(400, error, "not now");
		}
		byte[] data = encoded("o-1");
		this.kinesis.send("batches", "key", data).join();
		await().atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(this.listeners.orders).containsExactly("o-1"));
		assertThat(this.listeners.dead).isEmpty();
	}

	/**
	 * A record whose schema this instance has not yet asked for.
	 */
	private byte[] encoded(String id) {
		var version = this.glue.add("com.example.Order", "AVRO", SCHEMA.toString(), "AVAILABLE");
		byte[] text = id.getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocate(19 + text.length)
			.put((byte) 3)
			.put((byte) 0)
			.putLong(version.getMostSignificantBits())
			.putLong(version.getLeastSignificantBits())
			.put((byte) (2 * text.length))
			.put(text)
			.array();
	}

	private static GenericRecord order(String id) {
		return new GenericRecordBuilder(SCHEMA).set("id", id).build();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listeners {

		private final Queue<String> orders = new ConcurrentLinkedQueue<>();

		private final Queue<String> dead = new ConcurrentLinkedQueue<>();

		@KinesisListener(id = "orders", streams = "orders")
		void onOrder(GenericRecord order) {
			this.orders.add(order.get("id").toString());
		}

		@KinesisListener(id = "batches", streams = "batches")
		void onBatch(List<GenericRecord> orders) {
			orders.forEach((order) -> this.orders.add(order.get("id").toString()));
		}

		@KinesisListener(streams = "dead")
		void onDeadLetter(byte[] letter) {
			this.dead.add(new String(letter, StandardCharsets.UTF_8));
		}

	}

}
