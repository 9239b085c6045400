package io.kinesisspring.converter;

import java.lang.reflect.Type;

/**
 * Converts payloads of some types, beside the {@link RecordConverter} for all others: a
 * format such as Avro. {@link DelegatingRecordConverter} chooses. Implementations must be
 * thread-safe. They must take the type from the listener's parameter and never from the
 * data.
 *
 * @since 0.1.0
 */
public interface PayloadConverter {

	/**
	 * Return whether payloads of a class are converted by this converter. Called for each
	 * record, so it must be quick.
	 * @param type the class of a payload that is sent, or of a listener's parameter
	 * @return whether this converter takes it
	 */
	boolean supports(Class<?> type);

	/**
	 * Return whether a payload that is sent is converted by this converter. By default
	 * its class decides.
	 * @param payload the payload to send
	 * @param destination where it is sent
	 * @return whether this converter takes it
	 */
	default boolean canWrite(Object payload, RecordDestination destination) {
		return supports(payload.getClass());
	}

	/**
	 * Convert a payload to the data of a record. Called on the sending thread.
	 * @param payload the payload to send
	 * @param destination where it is sent
	 * @return its bytes
	 * @throws RecordConversionException if it cannot be converted
	 */
	byte[] toBytes(Object payload, RecordDestination destination);

	/**
	 * Convert the data of a record to the type of a listener's parameter.
	 * @param data the record's bytes
	 * @param targetType the type of the parameter
	 * @return the payload, an instance of the type
	 * @throws RecordConversionException if the bytes cannot be read as that type
	 */
	Object fromBytes(byte[] data, Type targetType);

	/**
	 * Check, before the first record, that a listener's parameter may have a type.
	 * Accepts every type by default.
	 * @param targetType the type of the parameter
	 * @throws RecordConversionException if no data can ever be converted to that type
	 */
	default void checkTarget(Type targetType) {
	}

}
