package io.kinesisspring.boot.autoconfigure.observation;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.observation.KinesisBatchContext;
import io.kinesisspring.observation.KinesisObservation.RecordHighCardinalityTags;

/**
 * Gives a batch a span in a trace of its own, with a link to the span that sent each of
 * its records. A link has the sequence number of its record. A batch has no baggage,
 * because the baggage of its records can differ. Thread-safe.
 */
final class BatchTracingObservationHandler extends PropagatingReceiverTracingObservationHandler<KinesisBatchContext> {

	private static final KeyName SEQUENCE_NUMBER = RecordHighCardinalityTags.SEQUENCE_NUMBER;

	/** The number of links that OpenTelemetry keeps by default. */
	private static final int MOST_LINKS = 128;

	private final Tracer tracer;

	private final Propagator propagator;

	BatchTracingObservationHandler(Tracer tracer, Propagator propagator) {
		super(tracer, propagator);
		this.tracer = tracer;
		this.propagator = propagator;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof KinesisBatchContext;
	}

	@Override
	public Span.Builder customizeExtractedSpan(KinesisBatchContext context, Span.Builder builder) {
		Set<String> linked = new HashSet<>();
		for (KinesisRecord<?> record : context.records()) {
			TraceContext sender = record.headers().isEmpty() ? null : sender(record.headers());
			if (sender != null && linked.add(sender.traceId() + sender.spanId())) {
				builder
					.addLink(new Link(sender, Map.of(SEQUENCE_NUMBER.asString(), record.sequenceNumber().toString())));
			}
			if (linked.size() == MOST_LINKS) {
				break;
			}
		}
		return builder;
	}

	/**
	 * A propagator returns the context that it has extracted only as the parent of a new
	 * span, which is abandoned here.
	 */
	private @Nullable TraceContext sender(Map<String, String> headers) {
		Span child = this.propagator.extract(headers, Map::get).start();
		TraceContext context = child.context();
		child.abandon();
		String parentId = context.parentId();
		if (!StringUtils.hasText(parentId)) {
			return null;
		}
		return this.tracer.traceContextBuilder()
			.traceId(context.traceId())
			.spanId(parentId)
			.sampled(context.sampled())
			.build();
	}

}
