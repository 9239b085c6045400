package io.kinesisspring.cloudevents;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

import io.cloudevents.CloudEvent;
import io.cloudevents.types.Time;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.listener.RecordInterceptor;

/**
 * Takes the data out of CloudEvents in structured JSON, so that it is the payload, and
 * their attributes become headers, see {@link CloudEventHeaders}. A record that holds no
 * CloudEvent is a failed delivery. Thread-safe.
 * <p>
 * Name its bean, {@code cloudEventUnwrapper}, in the attribute {@code interceptors} of a
 * listener.
 *
 * @since 0.1.0
 */
public final class CloudEventUnwrapper implements RecordInterceptor {

	private final StructuredJson json = new StructuredJson();

	/**
	 * Take the data out of an event.
	 * @param record a record with a CloudEvent
	 * @return the record with its data, or an empty payload if it has none
	 * @throws io.kinesisspring.converter.RecordConversionException if it holds no
	 * CloudEvent
	 */
	@Override
	public KinesisRecord<byte[]> intercept(KinesisRecord<byte[]> record) {
		CloudEvent event = this.json.read(record.payload());
		Map<String, String> headers = new HashMap<>(record.headers());
		for (String name : event.getAttributeNames()) {
			put(headers, name, event.getAttribute(name));
		}
		for (String name : event.getExtensionNames()) {
			put(headers, name, event.getExtension(name));
		}
		return record.withPayload(this.json.data(event)).withHeaders(headers);
	}

	private static void put(Map<String, String> headers, String name, @Nullable Object value) {
		if (value != null) {
			headers.put(CloudEventHeaders.PREFIX + name, text(value));
		}
	}

	private static String text(Object value) {
		if (value instanceof OffsetDateTime time) {
			return Time.writeTime(time);
		}
		return (value instanceof byte[] bytes)
				? new String(Base64.getEncoder().encode(bytes), StandardCharsets.US_ASCII) : value.toString();
	}

}
