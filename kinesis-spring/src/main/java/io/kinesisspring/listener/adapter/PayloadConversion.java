package io.kinesisspring.listener.adapter;

import java.lang.reflect.Type;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.converter.RecordConverter;

/**
 * Converts the data of records to the payload of one listener. Thread-safe.
 */
final class PayloadConversion {

	private final RecordConverter converter;

	private final Type type;

	private final String listener;

	PayloadConversion(RecordConverter converter, Type type, String listener) {
		this.converter = converter;
		this.type = type;
		this.listener = listener;
	}

	/**
	 * Check that the type can be received at all.
	 * @throws KinesisConfigurationException if it cannot
	 */
	void check(String description) {
		try {
			this.converter.checkTarget(this.type);
		}
		catch (RecordConversionException ex) {
			throw new KinesisConfigurationException(
					"The payload of the listener " + description + ": " + ex.getMessage(),
					"Add the dependency org.springframework.boot:spring-boot-starter-jackson, or declare a RecordConverter bean, or let the listener take byte[] or String",
					ex);
		}
	}

	Object convert(KinesisRecord<byte[]> record) {
		try {
			return this.converter.fromBytes(record.payload(), this.type);
		}
		catch (RecordConversionException ex) {
			throw new RecordConversionException("The record at " + record.position()
					+ " cannot be converted for the listener " + this.listener + ": " + ex.getMessage()
					+ ". Correct the parameter's type or the sender, or let such records be skipped or dead-lettered",
					ex);
		}
	}

}
