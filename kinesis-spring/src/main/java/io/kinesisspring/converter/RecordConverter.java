package io.kinesisspring.converter;

import java.lang.reflect.Type;

/**
 * Converts payloads to the bytes of a record and back. Implementations must be
 * thread-safe, and must choose the type from what the listener asks for, never from what
 * the wire says.
 *
 * @since 0.1.0
 */
public interface RecordConverter {

	/**
	 * Convert a payload to the data of a record.
	 * @param payload what is to be sent
	 * @return its bytes
	 * @throws RecordConversionException if it cannot be converted
	 */
	byte[] toBytes(Object payload);

	/**
	 * Convert the data of a record to what a listener asks for.
	 * @param data the record's bytes
	 * @param targetType the type that is asked for, generics included
	 * @return the payload, an instance of the type
	 * @throws RecordConversionException if the bytes cannot be read as that type
	 */
	Object fromBytes(byte[] data, Type targetType);

	/**
	 * Check, before the first record, that a listener may ask for a type at all. Accepts
	 * everything by default.
	 * @param targetType the type that is asked for, generics included
	 * @throws RecordConversionException if no data can ever be converted to that type
	 */
	default void checkTarget(Type targetType) {
	}

}
