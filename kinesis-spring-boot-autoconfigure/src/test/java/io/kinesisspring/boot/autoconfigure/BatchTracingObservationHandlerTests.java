package io.kinesisspring.boot.autoconfigure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.propagation.Propagator;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import io.micrometer.tracing.test.simple.SpanAssert;
import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.observation.KinesisBatchContext;
import io.kinesisspring.observation.KinesisObservations;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BatchTracingObservationHandler}, with Micrometer's test tracer.
 */
class BatchTracingObservationHandlerTests {

	private final SimpleTracer tracer = new SimpleTracer();

	@Test
	void theSpanHasALinkToTheSenderOfEachRecord() {
		SimpleSpan span = observe(List.of(record("trace-1", "span-1"), record(null, null), record("trace-2", "span-2"),
				record("trace-1", "span-1")));
		assertThat(span.getLinks()).extracting(Link::getTraceContext)
			.extracting((context) -> context.traceId() + " " + context.spanId())
			.containsExactly("trace-1 span-1", "trace-2 span-2");
		SpanAssert.assertThat(span)
			.hasNameEqualTo("process orders")
			.hasKindEqualTo(Span.Kind.CONSUMER)
			.hasTag("messaging.batch.message_count", "4")
			.hasRemoteServiceNameEqualTo("Amazon Kinesis")
			.isEnded();
		assertThat(span.context().parentId()).isNullOrEmpty();
	}

	@Test
	void linksAreBounded() {
		List<KinesisRecord<byte[]>> records = IntStream.range(0, 1000)
			.mapToObj((number) -> record("trace-" + number, "span"))
			.toList();
		assertThat(observe(records).getLinks()).hasSize(128);
	}

	private SimpleSpan observe(List<KinesisRecord<byte[]>> records) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig()
			.observationHandler(new BatchTracingObservationHandler(this.tracer, new TestPropagator()));
		new KinesisObservations(registry, null, null, null)
			.start(new KinesisBatchContext("the-listener", "shop", records, 1))
			.stop();
		return this.tracer.lastSpan();
	}

	private static KinesisRecord<byte[]> record(String traceId, String spanId) {
		Map<String, String> headers = (traceId != null) ? Map.of("trace", traceId, "span", spanId) : Map.of();
		return new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of("1"), 0, Instant.EPOCH, new byte[0],
				headers);
	}

	/**
	 * The test tracer comes without one.
	 */
	private final class TestPropagator implements Propagator {

		@Override
		public List<String> fields() {
			return List.of("trace", "span");
		}

		@Override
		public <C> void inject(TraceContext context, C carrier, Setter<C> setter) {
			setter.set(carrier, "trace", context.traceId());
			setter.set(carrier, "span", context.spanId());
		}

		@Override
		public <C> Span.Builder extract(C carrier, Getter<C> getter) {
			Span.Builder builder = BatchTracingObservationHandlerTests.this.tracer.spanBuilder();
			String traceId = getter.get(carrier, "trace");
			String spanId = getter.get(carrier, "span");
			if (traceId != null && spanId != null) {
				builder.setParent(BatchTracingObservationHandlerTests.this.tracer.traceContextBuilder()
					.traceId(traceId)
					.spanId(spanId)
					.sampled(true)
					.build());
			}
			return builder;
		}

	}

}
