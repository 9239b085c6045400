package io.kinesisspring.boot.autoconfigure.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelBaggageManager;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.support.MessageBuilder;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.listener.RecordFilter;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerRecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Headers and traces from the template to the listener, over the wire, with OpenTelemetry
 * behind Micrometer's tracer.
 */
@Timeout(120)
class TracingEndToEndTests {

	private static final String[] ENVELOPE = { "kinesis.producer.header-mode=envelope",
			"kinesis.consumer.header-mode=envelope" };

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
	void createStream() {
		this.stream = "stream-" + numbers.incrementAndGet();
		server.createStream(this.stream, 2);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@Test
	void headersComeThroughWithTheInnerPayload() {
		start(ByHeader.class, "kinesis.producer.header-mode=envelope");
		KinesisTemplate template = this.context.getBean(KinesisTemplate.class);
		template.send(this.stream, MessageBuilder.withPayload("one").setHeader("tenant", "a").build()).join();
		template.send(ProducerRecord.of(this.stream, "two").withHeader("tenant", "b")).join();
		template.send(ProducerRecord.of(this.stream, "three").withHeader("tenant", "refused")).join();
		template.send(this.stream, "four").join();
		await().untilAsserted(() -> assertThat(this.context.getBean(ByHeader.class).seen)
			.containsExactlyInAnyOrder("one a", "two b", "four null"));
	}

	@Test
	void whoDoesNotLookForHeadersGetsTheRecordAsItIs() {
		start(Raw.class, "kinesis.producer.header-mode=envelope");
		KinesisTemplate template = this.context.getBean(KinesisTemplate.class);
		template.send(ProducerRecord.of(this.stream, "x").withHeader("tenant", "a")).join();
		Queue<byte[]> seen = this.context.getBean(Raw.class).seen;
		await().untilAsserted(() -> assertThat(seen).hasSize(1));
		assertThat(seen.peek()).startsWith(0xFE, 'K', 'S', 'H', 'D', 'R', 0xFF, 1).endsWith('x');
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "key" })
	void aTraceGoesOnFromTheSenderToTheListener(String aggregation) {
		start(Single.class, "kinesis.producer.aggregation=" + aggregation, ENVELOPE[0], ENVELOPE[1]);
		Span span = tracer().nextSpan().name("sender").start();
		try (Tracer.SpanInScope scope = tracer().withSpan(span)) {
			assertThat(scope).isNotNull();
			template().sendAll(this.stream,
					IntStream.range(0, 3).mapToObj((number) -> ProducerRecord.of(this.stream, "key", number)).toList())
				.join();
		}
		finally {
			span.end();
		}
		await().untilAsserted(() -> assertThat(spans("process")).hasSize(3));
		List<SpanData> sent = spans("send");
		assertThat(sent).hasSize(3).allSatisfy((send) -> {
			assertThat(send.getTraceId()).isEqualTo(span.context().traceId());
			assertThat(send.getParentSpanId()).isEqualTo(span.context().spanId());
			assertThat(send.getKind()).isEqualTo(SpanKind.PRODUCER);
		});
		assertThat(spans("process")).allSatisfy((process) -> {
			assertThat(process.getTraceId()).isEqualTo(span.context().traceId());
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getLinks()).isEmpty();
		});
		assertThat(spans("process")).extracting(SpanData::getParentSpanId)
			.containsExactlyInAnyOrderElementsOf(sent.stream().map(SpanData::getSpanId).toList());
		assertThat(this.context.getBean(Single.class).current).containsExactlyInAnyOrderElementsOf(
				spans("process").stream().map((process) -> process.getSpanId()).toList());
		if (aggregation.equals("none")) {
			assertThat(attributes("process", "messaging.message.id"))
				.containsExactlyInAnyOrderElementsOf(attributes("send", "messaging.message.id"));
		}
	}

	@Test
	void withoutTheEnvelopeATraceEndsWithTheSend() {
		start(Single.class);
		template().send(this.stream, 1).join();
		await().untilAsserted(() -> assertThat(spans("process")).hasSize(1));
		assertThat(spans("process").get(0).getTraceId()).isNotEqualTo(spans("send").get(0).getTraceId());
		assertThat(spans("process").get(0).getParentSpanId()).isEqualTo(SpanId.getInvalid());
	}

	@Test
	void aBatchHasATraceOfItsOwnWithLinksToThoseThatSentItsRecords() {
		start(Batch.class, ENVELOPE);
		IntStream.range(0, 5)
			.mapToObj((number) -> template().send(this.stream, "key", number))
			.toList()
			.forEach(CompletableFuture::join);
		await().untilAsserted(() -> assertThat(this.context.getBean(Batch.class).seen).hasSize(5));
		await().untilAsserted(() -> assertThat(
				attributes("process", "messaging.batch.message_count").stream().mapToInt(Integer::parseInt).sum())
			.isEqualTo(5));
		List<String> senders = spans("send").stream().map((send) -> send.getTraceId() + send.getSpanId()).toList();
		assertThat(spans("process").stream().flatMap((process) -> process.getLinks().stream()))
			.extracting((link) -> link.getSpanContext().getTraceId() + link.getSpanContext().getSpanId())
			.containsExactlyInAnyOrderElementsOf(senders);
		assertThat(spans("process").stream().flatMap((process) -> process.getLinks().stream()))
			.extracting((link) -> link.getAttributes().get(AttributeKey.stringKey("messaging.message.id")))
			.containsExactlyInAnyOrderElementsOf(attributes("send", "messaging.message.id"));
		assertThat(spans("process")).allSatisfy((process) -> {
			assertThat(process.getParentSpanId()).isEqualTo(SpanId.getInvalid());
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
		});
		assertThat(exporter().getFinishedSpanItems()).hasSize(5 + spans("process").size());
	}

	@Test
	void eachAttemptHasASpanThatEndsWithItsFuture() {
		start(Failing.class, ENVELOPE[0], ENVELOPE[1], "kinesis.consumer.retry.initial-interval=10ms");
		template().send(this.stream, 1).join();
		Failing listener = this.context.getBean(Failing.class);
		await().until(() -> listener.futures.size() == 1);
		assertThat(spans("process")).isEmpty();
		listener.futures.get(0).completeExceptionally(new IllegalStateException("not yet"));
		await().until(() -> listener.futures.size() == 2);
		listener.futures.get(1).complete(null);
		await().untilAsserted(() -> assertThat(spans("process")).hasSize(2));
		assertThat(spans("process")).extracting((process) -> process.getStatus().getStatusCode())
			.containsExactly(StatusCode.ERROR, StatusCode.UNSET);
		assertThat(spans("process")).extracting(SpanData::getParentSpanId)
			.containsOnly(spans("send").get(0).getSpanId());
		assertThat(attributes("process", "kinesis.delivery_attempt")).containsExactly("1", "2");
		assertThat(attributes("process", "error.type")).containsExactly("java.lang.IllegalStateException", null);
		assertThat(attributes("process", "messaging.system.name")).containsOnly("aws.kinesis");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void scopesDoNotMixWhereKeysGoInParallel(boolean virtual) {
		start(Parallel.class, ENVELOPE[0], ENVELOPE[1], "kinesis.consumer.concurrency=8",
				"spring.threads.virtual.enabled=" + virtual);
		List<CompletableFuture<?>> sent = new ArrayList<>();
		for (int i = 0; i < 400; i++) {
			sent.add(template().send(this.stream, "key-" + i % 40, i));
		}
		sent.forEach(CompletableFuture::join);
		await().untilAsserted(() -> assertThat(spans("process")).hasSize(400));
		Map<String, String> current = this.context.getBean(Parallel.class).current;
		assertThat(current).hasSize(400);
		assertThat(spans("process")).allSatisfy((process) -> {
			String id = process.getAttributes().get(AttributeKey.stringKey("messaging.message.id"));
			assertThat(current.get(id)).isEqualTo(process.getSpanId());
		});
		assertThat(spans("process")).extracting(SpanData::getParentSpanId)
			.containsExactlyInAnyOrderElementsOf(spans("send").stream().map(SpanData::getSpanId).toList());
	}

	private void start(Class<?> listener, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		server.properties().forEach((name, value) -> all.add(name + "=" + value));
		all.addAll(List.of("stream=" + this.stream, "spring.application.name=traced", "kinesis.lease.store=memory",
				"kinesis.consumer.observation-enabled=true", "kinesis.producer.observation-enabled=true"));
		this.context = new SpringApplicationBuilder(Application.class, listener).web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run();
	}

	private KinesisTemplate template() {
		return this.context.getBean(KinesisTemplate.class);
	}

	private Tracer tracer() {
		return this.context.getBean(Tracer.class);
	}

	private InMemorySpanExporter exporter() {
		return this.context.getBean(InMemorySpanExporter.class);
	}

	private List<SpanData> spans(String operation) {
		return exporter().getFinishedSpanItems()
			.stream()
			.filter((span) -> span.getName().equals(operation + " " + this.stream))
			.toList();
	}

	private List<String> attributes(String operation, String key) {
		return spans(operation).stream().map((span) -> span.getAttributes().get(AttributeKey.stringKey(key))).toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private static final ContextPropagators PROPAGATORS = ContextPropagators.create(TextMapPropagator
			.composite(W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance()));

		@Bean
		InMemorySpanExporter spanExporter() {
			return InMemorySpanExporter.create();
		}

		@Bean
		SdkTracerProvider tracerProvider(InMemorySpanExporter exporter) {
			return SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exporter)).build();
		}

		@Bean
		OtelTracer tracer(SdkTracerProvider provider) {
			OtelCurrentTraceContext current = new OtelCurrentTraceContext();
			return new OtelTracer(provider.get("test"), current, (event) -> {
			}, new OtelBaggageManager(current, List.of("tenant"), List.of()));
		}

		@Bean
		OtelPropagator propagator(SdkTracerProvider provider) {
			return new OtelPropagator(PROPAGATORS, provider.get("test"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByHeader {

		private final Queue<String> seen = new ConcurrentLinkedQueue<>();

		@KinesisListener(streams = "${stream}", filter = "acceptsAll", properties = "header-mode=envelope")
		void onRecord(String payload, @Header(name = "tenant", required = false) String tenant) {
			this.seen.add(payload + " " + tenant);
		}

		@Bean
		RecordFilter acceptsAll() {
			return (record) -> !"refused".equals(record.headers().get("tenant"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Raw {

		private final Queue<byte[]> seen = new ConcurrentLinkedQueue<>();

		@KinesisListener(streams = "${stream}")
		void onRecord(byte[] payload) {
			this.seen.add(payload);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Single {

		private final Queue<String> current = new ConcurrentLinkedQueue<>();

		@Autowired
		private Tracer tracer;

		@KinesisListener(streams = "${stream}")
		void onRecord(int payload) {
			this.current.add(this.tracer.currentSpan().context().spanId());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Batch {

		private final Queue<Integer> seen = new ConcurrentLinkedQueue<>();

		@KinesisListener(streams = "${stream}")
		void onRecords(List<Integer> payloads) {
			this.seen.addAll(payloads);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Failing {

		private final List<CompletableFuture<Void>> futures = new CopyOnWriteArrayList<>();

		@KinesisListener(streams = "${stream}")
		CompletableFuture<Void> onRecord(int payload) {
			CompletableFuture<Void> future = new CompletableFuture<>();
			this.futures.add(future);
			return future;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Parallel {

		private final Map<String, String> current = new ConcurrentHashMap<>();

		@Autowired
		private Tracer tracer;

		@KinesisListener(streams = "${stream}")
		void onRecord(KinesisRecord<Integer> record) {
			this.current.put(record.sequenceNumber().toString(), this.tracer.currentSpan().context().spanId());
		}

	}

}
