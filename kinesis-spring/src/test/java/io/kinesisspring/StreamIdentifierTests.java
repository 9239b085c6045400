package io.kinesisspring;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link StreamIdentifier}.
 */
class StreamIdentifierTests {

	@Test
	void readsAName() {
		StreamIdentifier stream = StreamIdentifier.of("orders.v2");
		assertThat(stream.name()).isEqualTo("orders.v2");
		assertThat(stream.isArn()).isFalse();
	}

	@Test
	void readsAnArn() {
		StreamIdentifier stream = StreamIdentifier.of("arn:aws-cn:kinesis:cn-north-1:123456789012:stream/orders");
		assertThat(stream.name()).isEqualTo("orders");
		assertThat(stream.isArn()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "no spaces", "arn:aws:kinesis:eu-west-1:12:stream/orders",
			"arn:aws:sqs:eu-west-1:123456789012:orders" })
	void rejectsWhatIsNeither(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> StreamIdentifier.of(value))
			.withMessageContaining("'" + value + "' is no stream");
	}

}
