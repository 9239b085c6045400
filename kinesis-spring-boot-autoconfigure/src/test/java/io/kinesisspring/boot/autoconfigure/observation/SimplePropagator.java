package io.kinesisspring.boot.autoconfigure.observation;

import java.util.List;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.propagation.Propagator;
import io.micrometer.tracing.test.simple.SimpleTracer;

/**
 * What Micrometer's test tracer comes without.
 */
final class SimplePropagator implements Propagator {

	private final SimpleTracer tracer;

	SimplePropagator(SimpleTracer tracer) {
		this.tracer = tracer;
	}

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
		Span.Builder builder = this.tracer.spanBuilder();
		String traceId = getter.get(carrier, "trace");
		String spanId = getter.get(carrier, "span");
		if (traceId != null && spanId != null) {
			builder.setParent(this.tracer.traceContextBuilder().traceId(traceId).spanId(spanId).sampled(true).build());
		}
		return builder;
	}

}
