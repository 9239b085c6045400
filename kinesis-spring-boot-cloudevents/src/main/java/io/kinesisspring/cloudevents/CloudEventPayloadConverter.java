package io.kinesisspring.cloudevents;

import java.lang.reflect.Type;
import java.net.URI;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.types.Time;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.kinesisspring.converter.PayloadConverter;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.RecordDestination;

/**
 * Sends and receives {@link CloudEvent} in structured JSON. Any other payload with the
 * header {@link CloudEventHeaders#TYPE} is sent as the data of a CloudEvent, whose
 * attributes come from the headers. Thread-safe.
 *
 * @since 0.1.0
 */
public final class CloudEventPayloadConverter implements PayloadConverter {

	private final StructuredJson json = new StructuredJson();

	private final Supplier<RecordConverter> dataConverter;

	private final @Nullable URI source;

	/**
	 * Create a converter.
	 * @param dataConverter gives what converts the data of events; asked for each event
	 * @param source the source of events that are sent without one; {@code null} if each
	 * must have its own
	 */
	public CloudEventPayloadConverter(Supplier<RecordConverter> dataConverter, @Nullable URI source) {
		Assert.notNull(dataConverter, "'dataConverter' must not be null");
		this.dataConverter = dataConverter;
		this.source = source;
	}

	@Override
	public boolean supports(Class<?> type) {
		return CloudEvent.class.isAssignableFrom(type);
	}

	@Override
	public boolean canWrite(Object payload, RecordDestination destination) {
		return payload instanceof CloudEvent || destination.headers().containsKey(CloudEventHeaders.TYPE);
	}

	@Override
	public byte[] toBytes(Object payload, RecordDestination destination) {
		return this.json.write((payload instanceof CloudEvent event) ? event : create(payload, destination));
	}

	private CloudEvent create(Object payload, RecordDestination destination) {
		byte[] data = this.dataConverter.get().toBytes(payload, new RecordDestination(destination.stream()));
		CloudEventBuilder builder = CloudEventBuilder.v1()
			.withId(UUID.randomUUID().toString())
			.withTime(OffsetDateTime.now(ZoneOffset.UTC));
		if (this.source != null) {
			builder.withSource(this.source);
		}
		builder.withData(contentType(payload), data);
		for (Map.Entry<String, String> header : destination.headers().entrySet()) {
			if (header.getKey().startsWith(CloudEventHeaders.PREFIX)) {
				set(builder, header.getKey(), header.getValue());
			}
		}
		if (this.source == null && !destination.headers().containsKey(CloudEventHeaders.SOURCE)) {
			throw new RecordConversionException("A CloudEvent for stream '" + destination.stream()
					+ "' has no source. Set 'kinesis.cloudevents.source' or the header '" + CloudEventHeaders.SOURCE
					+ "'", null);
		}
		return builder.build();
	}

	private static void set(CloudEventBuilder builder, String header, String value) {
		try {
			switch (header) {
				case CloudEventHeaders.ID -> builder.withId(value);
				case CloudEventHeaders.TYPE -> builder.withType(value);
				case CloudEventHeaders.SOURCE -> builder.withSource(URI.create(value));
				case CloudEventHeaders.SUBJECT -> builder.withSubject(value);
				case CloudEventHeaders.TIME -> builder.withTime(Time.parseTime(value));
				case CloudEventHeaders.DATA_CONTENT_TYPE -> builder.withDataContentType(value);
				case CloudEventHeaders.DATA_SCHEMA -> builder.withDataSchema(URI.create(value));
				case CloudEventHeaders.SPEC_VERSION -> Assert.isTrue(value.equals("1.0"), "only 1.0 is written");
				default -> builder.withExtension(header.substring(CloudEventHeaders.PREFIX.length()), value);
			}
		}
		catch (RuntimeException ex) {
			throw new RecordConversionException("The header '" + header
					+ "' cannot be written to a CloudEvent. Names of extensions have lower-case letters and digits only, "
					+ "sources and schemas are URIs, and times look like 2026-01-31T12:00:00Z", ex);
		}
	}

	private static String contentType(Object payload) {
		if (payload instanceof byte[]) {
			return "application/octet-stream";
		}
		return (payload instanceof String) ? "text/plain" : "application/json";
	}

	@Override
	public Object fromBytes(byte[] data, Type targetType) {
		return this.json.read(data);
	}

	@Override
	public void checkTarget(Type targetType) {
		if (targetType != CloudEvent.class) {
			throw new RecordConversionException("'" + targetType.getTypeName() + "' cannot be received. Declare '"
					+ CloudEvent.class.getName() + "'", null);
		}
	}

}
