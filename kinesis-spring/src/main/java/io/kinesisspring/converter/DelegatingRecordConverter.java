package io.kinesisspring.converter;

import java.lang.reflect.Type;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.util.Assert;

/**
 * Uses the first {@link PayloadConverter} that takes a payload, and another
 * {@link RecordConverter} for all others. Thread-safe.
 *
 * @since 0.1.0
 */
public final class DelegatingRecordConverter implements RecordConverter {

	private final List<PayloadConverter> converters;

	private final RecordConverter otherwise;

	/**
	 * Create a converter.
	 * @param converters the converters of single formats, in the order in which they are
	 * asked
	 * @param otherwise converts all other payloads
	 */
	public DelegatingRecordConverter(List<? extends PayloadConverter> converters, RecordConverter otherwise) {
		Assert.notNull(otherwise, "'otherwise' must not be null");
		this.converters = List.copyOf(converters);
		this.otherwise = otherwise;
	}

	/**
	 * Convert a payload of a class that needs to know no stream.
	 * @throws RecordConversionException if the payload cannot be converted, or only for a
	 * stream
	 */
	@Override
	public byte[] toBytes(Object payload) {
		PayloadConverter converter = find(payload.getClass());
		if (converter == null) {
			return this.otherwise.toBytes(payload);
		}
		return converter.toBytes(payload, new RecordDestination("unknown"));
	}

	@Override
	public byte[] toBytes(Object payload, RecordDestination destination) {
		for (PayloadConverter converter : this.converters) {
			if (converter.canWrite(payload, destination)) {
				return converter.toBytes(payload, destination);
			}
		}
		return this.otherwise.toBytes(payload, destination);
	}

	@Override
	public Object fromBytes(byte[] data, Type targetType) {
		PayloadConverter converter = find(targetType);
		return (converter != null) ? converter.fromBytes(data, targetType) : this.otherwise.fromBytes(data, targetType);
	}

	@Override
	public void checkTarget(Type targetType) {
		PayloadConverter converter = find(targetType);
		if (converter != null) {
			converter.checkTarget(targetType);
		}
		else {
			this.otherwise.checkTarget(targetType);
		}
	}

	private @Nullable PayloadConverter find(Type type) {
		Class<?> raw = (type instanceof Class<?> known) ? known : ResolvableType.forType(type).resolve();
		if (raw == null) {
			return null;
		}
		for (PayloadConverter converter : this.converters) {
			if (converter.supports(raw)) {
				return converter;
			}
		}
		return null;
	}

}
