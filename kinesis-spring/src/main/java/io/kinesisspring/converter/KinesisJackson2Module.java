package io.kinesisspring.converter;

import java.util.function.Function;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;

/**
 * The same as {@link KinesisJacksonModule} for mappers of Jackson 2. They find it with
 * {@code findAndRegisterModules}.
 *
 * @since 0.1.0
 */
public final class KinesisJackson2Module extends SimpleModule {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the module.
	 */
	public KinesisJackson2Module() {
		super("kinesis-spring");
		add(SequenceNumber.class, SequenceNumber::of);
		add(StreamIdentifier.class, StreamIdentifier::of);
	}

	private <T> void add(Class<T> type, Function<String, T> reading) {
		addSerializer(type, ToStringSerializer.instance);
		addDeserializer(type, new FromText<>(type, reading));
	}

	/**
	 * Reads a value.
	 *
	 * @param <T> the type of the value
	 */
	private static final class FromText<T> extends FromStringDeserializer<T> {

		private static final long serialVersionUID = 1L;

		private final transient Function<String, T> reading;

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
