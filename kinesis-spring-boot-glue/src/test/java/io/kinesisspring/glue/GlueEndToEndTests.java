package io.kinesisspring.glue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.test.EmbeddedKinesis;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for Avro records whose schemas are in the Glue Schema Registry, in an application
 * with all auto-configurations.
 */
@Timeout(120)
@SpringBootTest(properties = { "spring.application.name=shop", "kinesis.lease.store=memory",
		"kinesis.consumer.retry.max-attempts=2", "kinesis.listeners.orders.error.dead-letter-stream=dead",
		"kinesis.listeners.batches.error.dead-letter-stream=dead", "kinesis.glue.auto-register=true",
		"kinesis.glue.compression=zlib", "kinesis.glue.schema-name=type" })
@EmbeddedKinesis({ "orders", "batches", "dead" })
class GlueEndToEndTests {

	private static final Schema SCHEMA = new Schema.Parser().parse("""
			{"type":"record","name":"Order","namespace":"com.example","fields":[{"name":"id","type":"string"}]}""");

	private static StubGlue glue;

	@Autowired
	private KinesisTemplate kinesis;

	@Autowired
	private Listeners listeners;

	@BeforeAll
	static void startGlue() throws IOException {
		glue = new StubGlue();
	}

	@AfterAll
	static void stopGlue() {
		glue.close();
	}

	@DynamicPropertySource
	static void endpoint(DynamicPropertyRegistry properties) {
		properties.add("kinesis.glue.endpoint", () -> glue.endpoint());
	}

	@BeforeEach
	void forget() {
		this.listeners.orders.clear();
		this.listeners.dead.clear();
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
		assertThat(glue.calls()).contains("CreateSchema");
	}

	@Test
	void waitsWhileGlueGivesNoAnswerAndDeadLettersNothing() {
		for (String error : List.of("AccessDeniedException", "ThrottlingException", "ThrottlingException",
				"ThrottlingException", "AccessDeniedException")) {
			glue.fail(400, error, "not now");
		}
		byte[] data = encoded("o-1");
		this.kinesis.send("batches", "key", data).join();
		await().untilAsserted(() -> assertThat(this.listeners.orders).containsExactly("o-1"));
		assertThat(this.listeners.dead).isEmpty();
	}

	/**
	 * A record whose schema this instance has not yet asked for.
	 */
	private byte[] encoded(String id) {
		var version = glue.add("com.example.Batch", "AVRO", SCHEMA.toString(), "AVAILABLE");
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
