package io.kinesisspring.converter;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DelegatingRecordConverter}.
 */
class DelegatingRecordConverterTests {

	private final DelegatingRecordConverter converter = new DelegatingRecordConverter(List.of(new Numbers()),
			new SimpleRecordConverter());

	@Test
	void convertsSupportedTypesWithTheirConverter() {
		assertThat(this.converter.toBytes(7, new RecordDestination("orders"))).asString().isEqualTo("orders 7");
		assertThat(this.converter.fromBytes(bytes("42"), Integer.class)).isEqualTo(42);
	}

	@Test
	void leavesAllOtherTypesToTheOtherConverter() {
		assertThat(this.converter.toBytes("text", new RecordDestination("orders"))).asString().isEqualTo("text");
		assertThat(this.converter.fromBytes(bytes("42"), String.class)).isEqualTo("42");
	}

	@Test
	void asksForThePayloadOnTheWayOut() {
		RecordDestination destination = new RecordDestination("orders", Map.of("number", "yes"));
		assertThat(this.converter.toBytes("text", destination)).asString().isEqualTo("orders text");
	}

	@Test
	void findsTheClassOfAGenericType() {
		Type type = new ParameterizedTypeReference<Comparable<Integer>>() {
		}.getType();
		assertThat(new DelegatingRecordConverter(List.of(new Numbers(Comparable.class)), new SimpleRecordConverter())
			.fromBytes(bytes("42"), type)).isEqualTo(42);
	}

	@Test
	void checksTypesWithTheirConverter() {
		this.converter.checkTarget(Integer.class);
		this.converter.checkTarget(String.class);
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.checkTarget(Long.class))
			.withMessageContaining("no Long");
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.checkTarget(List.class))
			.withMessageContaining("cannot be received");
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Converts numbers.
	 *
	 * @param type the type that it supports
	 */
	private record Numbers(Class<?> type) implements PayloadConverter {

		Numbers() {
			this(Number.class);
		}

		@Override
		public boolean supports(Class<?> candidate) {
			return this.type.isAssignableFrom(candidate);
		}

		@Override
		public boolean canWrite(Object payload, RecordDestination destination) {
			return supports(payload.getClass()) || destination.headers().containsKey("number");
		}

		@Override
		public byte[] toBytes(Object payload, RecordDestination destination) {
			return bytes(destination.stream() + " " + payload);
		}

		@Override
		public Object fromBytes(byte[] data, Type targetType) {
			return Integer.valueOf(new String(data, StandardCharsets.UTF_8));
		}

		@Override
		public void checkTarget(Type targetType) {
			if (targetType == Long.class) {
				throw new RecordConversionException("no Long", null);
			}
		}

	}

}
