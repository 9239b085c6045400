package io.kinesisspring.admin;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link NewStream}.
 */
class NewStreamTests {

	@Test
	void isOnDemandWithTheServicesDefaults() {
		assertThat(NewStream.builder("orders").build()).isEqualTo(new NewStream("orders", null, null, null, Map.of()));
		assertThat(NewStream.builder("orders").shards(2).onDemand().build().shards()).isNull();
	}

	@ParameterizedTest
	@MethodSource
	void rejectsWhatTheServiceRejects(Consumer<NewStream.Builder> value, String message) {
		NewStream.Builder builder = NewStream.builder("orders");
		value.accept(builder);
		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining(message);
	}

	static Stream<Arguments> rejectsWhatTheServiceRejects() {
		return Stream.of(row((builder) -> builder.shards(0), "'shards' of 'orders'"),
				row((builder) -> builder.retention(Duration.ofHours(23)), "'retention' of 'orders'"),
				row((builder) -> builder.retention(Duration.ofMinutes(24 * 60 + 1)), "'retention' of 'orders'"),
				row((builder) -> builder.retention(Duration.ofDays(366)), "'retention' of 'orders'"),
				row((builder) -> builder.maxRecordSize(DataSize.ofKilobytes(1023)), "'maxRecordSize' of 'orders'"),
				row((builder) -> builder.maxRecordSize(DataSize.ofMegabytes(11)), "'maxRecordSize' of 'orders'"),
				row((builder) -> builder.maxRecordSize(DataSize.ofBytes(1024 * 1024 + 1)),
						"'maxRecordSize' of 'orders'"));
	}

	@Test
	void rejectsAnArn() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> NewStream.builder("arn:aws:kinesis:eu-central-1:123456789012:stream/orders").build())
			.withMessageContaining("not the ARN");
	}

	private static Arguments row(Consumer<NewStream.Builder> value, String message) {
		return Arguments.of(value, message);
	}

}
