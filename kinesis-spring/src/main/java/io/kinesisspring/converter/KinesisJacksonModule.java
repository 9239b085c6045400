package io.kinesisspring.converter;

import java.util.function.Function;

import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.FromStringDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;

/**
 * Writes the values of this library to JSON as text, and reads them back: sequence
 * numbers, and streams as the name or the ARN. Mappers that look for modules find it, for
 * example Spring Boot's {@code JsonMapper}.
 *
 * @since 0.1.0
 */
public final class KinesisJacksonModule extends SimpleModule {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the module.
	 */
	public KinesisJacksonModule() {
		super("kinesis-spring");
		add(SequenceNumber.class, SequenceNumber::of);
		add(StreamIdentifier.class, StreamIdentifier::of);
	}

	private <T> void add(Class<T> type, Function<String, T> reading) {
		addSerializer(type, ToStringSerializer.instance);
		addDeserializer(type, new FromText<>(type, reading));
	}

	/**
	 * Reads a value. Jackson converts the exception for a malformed text to its own.
	 *
	 * @param <T> the type of the value
	 */
	private static final class FromText<T> extends FromStringDeserializer<T> {

		private final Function<String, T> reading;

		private FromText(Class<T> type, Function<String, T> reading) {
			super(type);
			this.reading = reading;
		}

		@Override
		protected T _deserialize(String value, DeserializationContext context) {
			return this.reading.apply(value);
		}

	}

}
