package io.kinesisspring.boot.autoconfigure.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.micrometer.tracing.BaggageInScope;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Baggage from the sender to the listener, over the wire, with OpenTelemetry behind
 * Micrometer's tracer.
 */
@Timeout(120)
class BaggageEndToEndTests {

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

	@AfterEach
	void stop() {
		this.context.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "key", "shard" })
	void baggageGoesOnFromTheSenderToTheListener(String aggregation) {
		start(WithBaggage.class, "kinesis.producer.aggregation=" + aggregation);
		List<CompletableFuture<?>> sent = new ArrayList<>();
		for (String tenant : List.of("a", "b")) {
			sent.addAll(sendWithBaggage(tenant, 1));
		}
		sent.forEach(CompletableFuture::join);
		await().untilAsserted(
				() -> assertThat(this.context.getBean(WithBaggage.class).seen).containsExactlyInAnyOrder("a=a", "b=b"));
		this.context.getBean(KinesisTemplate.class).send(this.stream, "none").join();
		await().untilAsserted(() -> assertThat(this.context.getBean(WithBaggage.class).seen).contains("none=null"));
	}

	@Test
	void aBatchHasNoBaggageButEachOfItsRecordsHas() {
		start(BatchWithBaggage.class);
		List<CompletableFuture<?>> sent = new ArrayList<>();
		sent.addAll(sendWithBaggage("a", 2));
		sent.addAll(sendWithBaggage("b", 1));
		sent.forEach(CompletableFuture::join);
		await().untilAsserted(() -> assertThat(this.context.getBean(BatchWithBaggage.class).seen)
			.containsExactlyInAnyOrder("a tenant=a", "a tenant=a", "b tenant=b"));
		assertThat(this.context.getBean(BatchWithBaggage.class).ofBatches).isNotEmpty().containsOnly("null");
		InMemorySpanExporter exporter = this.context.getBean(InMemorySpanExporter.class);
		await().untilAsserted(
				() -> assertThat(exporter.getFinishedSpanItems().stream().flatMap((span) -> span.getLinks().stream()))
					.hasSize(3));
	}

	private List<CompletableFuture<?>> sendWithBaggage(String tenant, int count) {
		Tracer tracer = this.context.getBean(Tracer.class);
		Span span = tracer.nextSpan().name("sender").start();
		try (Tracer.SpanInScope scope = tracer.withSpan(span);
				BaggageInScope baggage = tracer.createBaggageInScope("tenant", tenant)) {
			assertThat(scope).isNotNull();
			assertThat(baggage.get()).isEqualTo(tenant);
			return IntStream.range(0, count)
				.<CompletableFuture<?>>mapToObj(
						(number) -> this.context.getBean(KinesisTemplate.class).send(this.stream, "key", tenant))
				.toList();
		}
		finally {
			span.end();
		}
	}

	private void start(Class<?> listener, String... properties) {
		this.stream = "stream-" + numbers.incrementAndGet();
		server.createStream(this.stream, 2);
		List<String> all = new ArrayList<>(List.of(properties));
		server.properties().forEach((name, value) -> all.add(name + "=" + value));
		all.addAll(List.of("stream=" + this.stream, "spring.application.name=traced", "kinesis.lease.store=memory",
				"kinesis.producer.header-mode=envelope", "kinesis.consumer.header-mode=envelope",
				"kinesis.consumer.observation-enabled=true", "kinesis.producer.observation-enabled=true"));
		this.context = new SpringApplicationBuilder(TracingEndToEndTests.Application.class, listener)
			.web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	static class WithBaggage {

		private final Queue<String> seen = new ConcurrentLinkedQueue<>();

		@Autowired
		private Tracer tracer;

		@KinesisListener(streams = "${stream}")
		void onRecord(String payload) {
			this.seen.add(payload + "=" + this.tracer.getBaggage("tenant").get());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BatchWithBaggage {

		private final Queue<String> seen = new ConcurrentLinkedQueue<>();

		private final Queue<String> ofBatches = new ConcurrentLinkedQueue<>();

		@Autowired
		private Tracer tracer;

		@KinesisListener(streams = "${stream}")
		void onRecords(List<KinesisRecord<String>> records) {
			this.ofBatches.add(String.valueOf(this.tracer.getBaggage("tenant").get()));
			for (KinesisRecord<String> record : records) {
				// Micrometer's bridge adds metadata after the value
				this.seen.add(record.payload() + " " + record.headers().get("baggage").split(";")[0]);
			}
		}

	}

}
