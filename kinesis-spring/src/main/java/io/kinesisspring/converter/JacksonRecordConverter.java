package io.kinesisspring.converter;

import java.lang.reflect.Type;

import org.springframework.util.Assert;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads and writes JSON with the application's own {@link JsonMapper}; {@code byte[]} and
 * {@code String} are not converted. Thread-safe.
 *
 * @since 0.1.0
 */
public final class JacksonRecordConverter extends SimpleRecordConverter {

	private final JsonMapper mapper;

	/**
	 * Create a converter.
	 * @param mapper the mapper to use
	 */
	public JacksonRecordConverter(JsonMapper mapper) {
		Assert.notNull(mapper, "'mapper' must not be null");
		this.mapper = mapper;
	}

	@Override
	protected byte[] write(Object payload) {
		try {
			return this.mapper.writeValueAsBytes(payload);
		}
		catch (JacksonException ex) {
			throw new RecordConversionException("Cannot write a payload of type '" + payload.getClass().getName()
					+ "' as JSON: " + ex.getOriginalMessage(), ex);
		}
	}

	@Override
	protected Object read(byte[] data, Type targetType) {
		Object payload;
		try {
			JavaType type = this.mapper.constructType(targetType);
			payload = this.mapper.readValue(data, type);
		}
		catch (JacksonException ex) {
			throw new RecordConversionException("Cannot read " + data.length + " bytes as JSON of type '"
					+ targetType.getTypeName() + "': " + JacksonReason.of(ex), null);
		}
		if (payload == null) {
			throw new RecordConversionException("Cannot read " + data.length + " bytes as JSON of type '"
					+ targetType.getTypeName() + "': they hold null", null);
		}
		return payload;
	}

}
