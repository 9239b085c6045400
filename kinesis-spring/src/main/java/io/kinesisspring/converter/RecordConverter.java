package io.kinesisspring.converter;

import java.lang.reflect.Type;

/**
 * Converts payloads to the bytes of a record and back. Implementations must be
 * thread-safe. They must take the type from the listener's parameter and never from the
 * data.
 *
 * @since 0.1.0
 */
public interface RecordConverter {

	/**
	 * Convert a payload to the data of a record.
	 * @param payload the payload to send
	 * @return its bytes
	 * @throws RecordConversionException if it cannot be converted
	 */
	byte[] toBytes(Object payload);

	/**
	 * Convert a payload to the data of a record, if stream or headers matter. The
	 * template calls this method, on the sending thread. Calls {@link #toBytes(Object)}
	 * by default.
	 * @param payload the payload to send
	 * @param destination where the record is sent
	 * @return its bytes
	 * @throws RecordConversionException if it cannot be converted
	 */
	default byte[] toBytes(Object payload, RecordDestination destination) {
		return toBytes(payload);
	}

	/**
	 * Convert the data of a record to the type of a listener's parameter.
	 * @param data the record's bytes
	 * @param targetType the type of the parameter, generics included
	 * @return the payload, an instance of the type
	 * @throws RecordConversionException if the bytes cannot be read as that type
	 */
	Object fromBytes(byte[] data, Type targetType);

	/**
	 * Check, before the first record, that a listener's parameter may have a type.
	 * Accepts every type by default.
	 * @param targetType the type of the parameter, generics included
	 * @throws RecordConversionException if no data can ever be converted to that type
	 */
	default void checkTarget(Type targetType) {
	}

}
