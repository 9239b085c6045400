package io.kinesisspring.converter;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.producer.SendResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KinesisJacksonModule} and {@link KinesisJackson2Module}.
 */
class KinesisJacksonModuleTests {

	private static final String DIGITS = "49590338271490256608559692538361571095921575989136588898";

	private static final String ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";

	private static final Answer ANSWER = new Answer(SequenceNumber.of(DIGITS),
			List.of(StreamIdentifier.of("orders"), StreamIdentifier.of(ARN)));

	private static final String JSON = "{\"last\":\"" + DIGITS + "\",\"streams\":[\"orders\",\"" + ARN + "\"]}";

	private final JsonMapper mapper = JsonMapper.builder().findAndAddModules().build();

	private final ObjectMapper jackson2 = new ObjectMapper().findAndRegisterModules();

	@Test
	void writesValuesAsText() {
		assertThat(this.mapper.writeValueAsString(ANSWER)).isEqualTo(JSON);
		assertThat(this.mapper.readValue(JSON, Answer.class)).isEqualTo(ANSWER);
	}

	@Test
	void writesValuesAsTextWithJackson2() throws Exception {
		assertThat(this.jackson2.writeValueAsString(ANSWER)).isEqualTo(JSON);
		assertThat(this.jackson2.readValue(JSON, Answer.class)).isEqualTo(ANSWER);
	}

	@Test
	void readsTheResultThatItWrote() {
		SendResult result = new SendResult("orders", "shardId-000000000000", SequenceNumber.of(DIGITS), null, 1,
				Duration.ofMillis(20));
		assertThat(this.mapper.readValue(this.mapper.writeValueAsBytes(result), SendResult.class)).isEqualTo(result);
	}

	@Test
	void writesKeysAsText() {
		Map<SequenceNumber, String> map = Map.of(SequenceNumber.of("7"), "seven");
		assertThat(this.mapper.writeValueAsString(map)).isEqualTo("{\"7\":\"seven\"}");
		assertThat(this.mapper.readValue("{\"7\":\"seven\"}", new TypeReference<Map<SequenceNumber, String>>() {
		})).isEqualTo(map);
	}

	@Test
	void rejectsMalformedValues() {
		assertThatExceptionOfType(JacksonException.class)
			.isThrownBy(() -> this.mapper.readValue("\"4x\"", SequenceNumber.class))
			.withMessageContaining("must be a decimal number");
		assertThatExceptionOfType(InvalidFormatException.class)
			.isThrownBy(() -> this.jackson2.readValue("\"a b\"", StreamIdentifier.class))
			.withMessageContaining("is no stream");
	}

	record Answer(SequenceNumber last, List<StreamIdentifier> streams) {

	}

}
