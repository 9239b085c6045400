package io.kinesisspring.boot.autoconfigure.observation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import io.micrometer.tracing.test.simple.SpanAssert;
import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.observation.KinesisBatchContext;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.observation.KinesisRecordContext;
import io.kinesisspring.observation.KinesisSendContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the spans that observations become, with Micrometer's test tracer.
 */
class TracingTests {

	private final SimpleTracer tracer = new SimpleTracer();

	private final KinesisObservations observations = new KinesisObservations(registry(), null, null, null);

	@Test
	void aRecordsSpanIsAChildOfTheOneThatSentIt() {
		KinesisSendContext send = new KinesisSendContext("orders", "key", true);
		Observation sender = Observation.start("sender", this.observations.registry());
		SimpleSpan sendersSpan = this.tracer.lastSpan();
		Observation observation = sender.scoped(() -> this.observations.start(send));
		SimpleSpan sent = this.tracer.lastSpan();
		assertThat(sent.getParentId()).isEqualTo(sendersSpan.getSpanId()).isNotEmpty();
		send.stored(new KinesisSendContext.Stored("shard-0", "7", 2));
		observation.stop();
		SpanAssert.assertThat(sent)
			.hasNameEqualTo("send orders")
			.hasKindEqualTo(Span.Kind.PRODUCER)
			.hasRemoteServiceNameEqualTo("Amazon Kinesis")
			.hasTag("messaging.destination.name", "orders")
			.hasTag("kinesis.partition_key", "key")
			.hasTag("messaging.message.id", "7")
			.hasTag("kinesis.send_attempts", "2")
			.isEnded();

		Observation processing = this.observations
			.start(new KinesisRecordContext("the-listener", "shop", record(send.headers()), 1));
		SimpleSpan process = this.tracer.lastSpan();
		try (Observation.Scope scope = processing.openScope()) {
			assertThat(scope.getCurrentObservation()).isSameAs(processing);
			assertThat(this.tracer.currentSpan()).isNotNull();
			assertThat(this.tracer.currentSpan().context().spanId()).isEqualTo(process.getSpanId());
		}
		processing.error(new IllegalStateException("never"));
		processing.stop();
		SpanAssert.assertThat(process)
			.hasNameEqualTo("process orders")
			.hasKindEqualTo(Span.Kind.CONSUMER)
			.hasTag("messaging.consumer.group.name", "shop")
			.hasTag("kinesis.listener_id", "the-listener")
			.thenThrowable()
			.hasMessage("never");
		assertThat(process.getTraceId()).isEqualTo(sendersSpan.getTraceId()).isNotEmpty();
		assertThat(process.getParentId()).isEqualTo(sent.getSpanId()).isNotEmpty();
	}

	@Test
	void withoutHeadersARecordBeginsATrace() {
		KinesisSendContext send = new KinesisSendContext("orders", "key", false);
		Observation sender = Observation.start("sender", this.observations.registry());
		SimpleSpan sendersSpan = this.tracer.lastSpan();
		sender.scoped(() -> this.observations.start(send).stop());
		assertThat(this.tracer.lastSpan().getTraceId()).isEqualTo(sendersSpan.getTraceId()).isNotEmpty();
		assertThat(send.headers()).isEmpty();
		this.observations.start(new KinesisRecordContext("the-listener", "shop", record(send.headers()), 1)).stop();
		assertThat(this.tracer.lastSpan().getTraceId()).isNotEqualTo(sendersSpan.getTraceId());
		assertThat(this.tracer.lastSpan().getParentId()).isNullOrEmpty();
	}

	@Test
	void aBatchHasALinkToTheSenderOfEachRecord() {
		SimpleSpan span = observe(List.of(record("trace-1", "span-1"), record(Map.of()), record("trace-2", "span-2"),
				record("trace-1", "span-1")));
		assertThat(span.getLinks()).extracting(Link::getTraceContext)
			.extracting((context) -> context.traceId() + " " + context.spanId())
			.containsExactly("trace-1 span-1", "trace-2 span-2");
		assertThat(span.getLinks()).extracting(Link::getTags)
			.allSatisfy((tags) -> assertThat(tags).isEqualTo(Map.of("messaging.message.id", "1")));
		SpanAssert.assertThat(span)
			.hasNameEqualTo("process orders")
			.hasKindEqualTo(Span.Kind.CONSUMER)
			.hasTag("messaging.batch.message_count", "4")
			.isEnded();
		assertThat(span.getParentId()).isNullOrEmpty();
	}

	@Test
	void linksAreBounded() {
		List<KinesisRecord<byte[]>> records = IntStream.range(0, 1000)
			.mapToObj((number) -> record("trace-" + number, "span"))
			.toList();
		assertThat(observe(records).getLinks()).hasSize(128);
	}

	private SimpleSpan observe(List<KinesisRecord<byte[]>> records) {
		this.observations.start(new KinesisBatchContext("the-listener", "shop", records, 1)).stop();
		return this.tracer.lastSpan();
	}

	/**
	 * With the handlers of an application, in their order.
	 */
	private ObservationRegistry registry() {
		SimplePropagator propagator = new SimplePropagator(this.tracer);
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig()
			.observationHandler(new FirstMatchingCompositeObservationHandler(
					new BatchTracingObservationHandler(this.tracer, propagator),
					new PropagatingReceiverTracingObservationHandler<>(this.tracer, propagator),
					new PropagatingSenderTracingObservationHandler<>(this.tracer, propagator),
					new DefaultTracingObservationHandler(this.tracer)));
		return registry;
	}

	private static KinesisRecord<byte[]> record(String traceId, String spanId) {
		return record(Map.of("trace", traceId, "span", spanId));
	}

	private static KinesisRecord<byte[]> record(Map<String, String> headers) {
		return new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of("1"), 0, Instant.EPOCH, new byte[0],
				headers);
	}

}
