package io.kinesisspring.converter;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.params.ParameterizedTest;
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
	void whatCannotBeReadIsNotShownByTheException(String json) {
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

	/**
	 * What is expected.
	 */
	record Order(int amount) {

	}

}
