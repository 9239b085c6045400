package io.kinesisspring.converter;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link JacksonRecordConverter}.
 */
class JacksonRecordConverterTests {

	private final JacksonRecordConverter converter = new JacksonRecordConverter(
			JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build());

	@ParameterizedTest
	@ValueSource(strings = { "CONFIDENTIAL", "{\"amount\": \"CONFIDENTIAL\"}", "{\"CONFIDENTIAL\": [1, {}]}",
			"{\"amount\": {\"CONFIDENTIAL\": true}}", "[\"CONFIDENTIAL\"]", "{\"amount\": 1, CONFIDENTIAL" })
	void theExceptionDoesNotShowThePayload(String json) {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.fromBytes(json.getBytes(StandardCharsets.UTF_8), Order.class))
			.withMessageStartingWith(
					"Cannot read " + json.length() + " bytes as JSON of type '" + Order.class.getName() + "'")
			.satisfies((ex) -> {
				StringWriter logged = new StringWriter();
				ex.printStackTrace(new PrintWriter(logged));
				assertThat(logged.toString()).doesNotContain("CONFIDENTIAL");
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					{"amount": "CONFIDENTIAL"}  | they hold something that is no 'int' (InvalidFormatException at line 1, column 12)
					{"amount": {"a": 1}}        | they hold something that is no 'int' (MismatchedInputException at line 1, column 12)
					{"amount": 1, "CONFIDENTIAL": 1} | they have a property that 'io.kinesisspring.converter.JacksonRecordConverterTests$Order' has not
					{"amount": 1, CONFIDENTIAL  | they are no valid JSON (
					""")
	void theExceptionSaysWhyThePayloadCannotBeRead(String json, String reason) {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.fromBytes(json.getBytes(StandardCharsets.UTF_8), Order.class))
			.withMessageContaining(reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"CONFIDENTIAL\"", "{\"amount\": \"CONFIDENTIAL\"}", "[1]" })
	void theExceptionNamesATypeWithoutACreator(String json) {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.fromBytes(json.getBytes(StandardCharsets.UTF_8), WithoutCreator.class))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("CONFIDENTIAL"))
			.withMessageMatching(".*(no Creators, like default constructor, exist|that is no).*");
	}

	@Test
	void theExceptionShowsTheTypeButNotTheMessageThatAConstructorThrew() {
		assertThatExceptionOfType(RecordConversionException.class)
			.isThrownBy(() -> this.converter.fromBytes("{\"name\": \"CONFIDENTIAL\"}".getBytes(StandardCharsets.UTF_8),
					Refusing.class))
			.withMessageContaining("failed with java.lang.IllegalArgumentException")
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("CONFIDENTIAL"));
	}

	/**
	 * Takes no value.
	 *
	 * @param name what it is given
	 */
	record Refusing(String name) {

		Refusing {
			throw new IllegalArgumentException("not " + name);
		}

	}

	/**
	 * As a class that Lombok has made.
	 */
	static final class WithoutCreator {

		final int amount;

		WithoutCreator(int amount, int other) {
			this.amount = amount + other;
		}

	}

	/**
	 * What is expected.
	 */
	record Order(int amount) {

	}

}
