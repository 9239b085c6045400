package io.kinesisspring.converter;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Does not convert {@code byte[]}, and reads and writes {@code String} as UTF-8.
 *
 * @since 0.1.0
 */
public class SimpleRecordConverter implements RecordConverter {

	@Override
	public byte[] toBytes(Object payload) {
		if (payload instanceof byte[] bytes) {
			return bytes;
		}
		if (payload instanceof String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}
		return write(payload);
	}

	@Override
	public Object fromBytes(byte[] data, Type targetType) {
		if (targetType == byte[].class) {
			return data;
		}
		if (targetType == String.class) {
			return decode(data);
		}
		return read(data, targetType);
	}

	@Override
	public void checkTarget(Type targetType) {
		if (getClass() == SimpleRecordConverter.class && targetType != byte[].class && targetType != String.class) {
			throw new RecordConversionException(
					"'" + targetType.getTypeName()
							+ "' cannot be received: only byte[] and String can without Jackson and its JsonMapper",
					null);
		}
	}

	/**
	 * Convert a payload that is neither {@code byte[]} nor {@code String}.
	 * @param payload the payload to send
	 * @return its bytes
	 */
	protected byte[] write(Object payload) {
		throw new RecordConversionException("Cannot convert a payload of type '" + payload.getClass().getName()
				+ "': only byte[] and String can be sent without Jackson on the class path", null);
	}

	/**
	 * Convert data to a type that is neither {@code byte[]} nor {@code String}.
	 * @param data the record's bytes
	 * @param targetType the type of the listener's parameter
	 * @return the payload
	 */
	protected Object read(byte[] data, Type targetType) {
		throw new RecordConversionException("Cannot convert " + data.length + " bytes to '" + targetType.getTypeName()
				+ "': only byte[] and String can be received without Jackson on the class path", null);
	}

	private static String decode(byte[] data) {
		try {
			CharBuffer chars = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data));
			return chars.toString();
		}
		catch (CharacterCodingException ex) {
			throw new RecordConversionException(
					"Cannot read " + data.length + " bytes as a String: they are not UTF-8 text", ex);
		}
	}

}
