package io.kinesisspring.cloudevents;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.data.BytesCloudEventData;
import io.cloudevents.jackson.JsonCloudEventData;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.rw.CloudEventRWException;
import org.jspecify.annotations.Nullable;

import io.kinesisspring.converter.RecordConversionException;

/**
 * Reads and writes CloudEvents in structured JSON. Numbers keep all their digits.
 * Thread-safe.
 */
final class StructuredJson {

	private final JsonMapper mapper = JsonMapper.builder()
		.addModule(JsonFormat.getCloudEventJacksonModule())
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
		.build();

	/**
	 * Write an event.
	 * @throws RecordConversionException if its data is not of its content type
	 */
	byte[] write(CloudEvent event) {
		try {
			return this.mapper.writeValueAsBytes(withParsedData(event));
		}
		catch (JsonProcessingException | RuntimeException ex) {
			throw new RecordConversionException(
					"Cannot write a CloudEvent of type '" + event.getType() + "' in structured JSON: " + reason(ex)
							+ ". Correct its data, or its datacontenttype '" + event.getDataContentType() + "'",
					null);
		}
	}

	/**
	 * Read an event.
	 * @throws RecordConversionException if the bytes hold none. The message shows none of
	 * them
	 */
	CloudEvent read(byte[] data) {
		try {
			JsonNode tree = this.mapper.readTree(data);
			JsonNode text = tree.get("data");
			CloudEvent event = this.mapper.treeToValue(tree, CloudEvent.class);
			if (event == null) {
				throw new RecordConversionException("they hold null", null);
			}
			return (text != null && text.isTextual() && !isJson(event.getDataContentType()))
					? withText(event, text.textValue()) : event;
		}
		catch (IOException | RuntimeException ex) {
			throw new RecordConversionException(
					"Cannot read " + data.length + " bytes as a CloudEvent in structured JSON: " + reason(ex), null);
		}
	}

	/**
	 * The library makes bytes of text in the charset of the platform.
	 */
	private static CloudEvent withText(CloudEvent event, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return CloudEventBuilder.from(event).withData(BytesCloudEventData.wrap(bytes)).build();
	}

	/**
	 * Return the data of an event. JSON is written in UTF-8, and not in the charset of
	 * the platform.
	 */
	byte[] data(CloudEvent event) {
		CloudEventData data = event.getData();
		if (data instanceof JsonCloudEventData node) {
			try {
				return this.mapper.writeValueAsBytes(node.getNode());
			}
			catch (JsonProcessingException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return (data != null) ? data.toBytes() : new byte[0];
	}

	/**
	 * Data that claims to be JSON would be written as it is, even if it is not JSON.
	 */
	private CloudEvent withParsedData(CloudEvent event) throws JsonProcessingException {
		CloudEventData data = event.getData();
		if (data == null || data instanceof JsonCloudEventData || !isJson(event.getDataContentType())) {
			return event;
		}
		return CloudEventBuilder.from(event).withData(JsonCloudEventData.wrap(parse(data.toBytes()))).build();
	}

	private JsonNode parse(byte[] json) throws JsonProcessingException {
		try {
			return this.mapper.readTree(json);
		}
		catch (JsonProcessingException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Without a content type, data is JSON, says the specification.
	 */
	static boolean isJson(@Nullable String contentType) {
		if (contentType == null) {
			return true;
		}
		int end = contentType.indexOf(';');
		String type = ((end < 0) ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
		return type.endsWith("/json") || type.endsWith("+json");
	}

	/**
	 * Messages of Jackson show parts of what was read, so that only types are passed on.
	 */
	private static String reason(Throwable ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof CloudEventRWException broken) {
				return "it breaks the specification (" + broken.getKind() + ")";
			}
		}
		return (ex instanceof JsonProcessingException) ? "it is no valid JSON (" + ex.getClass().getSimpleName() + ")"
				: "an attribute is missing or invalid (" + ex.getClass().getSimpleName() + ")";
	}

}
