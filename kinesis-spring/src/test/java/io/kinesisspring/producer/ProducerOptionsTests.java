package io.kinesisspring.producer;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerOptions.Builder;
import io.kinesisspring.producer.ProducerOptions.Ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link ProducerOptions}.
 */
class ProducerOptionsTests {

	@Test
	void haveTheDocumentedDefaults() {
		ProducerOptions options = ProducerOptions.defaults();
		assertThat(options.defaultStream()).isNull();
		assertThat(options.linger()).isZero();
		assertThat(options.maxBatchRecords()).isEqualTo(500);
		assertThat(options.maxBatchSize()).isEqualTo(DataSize.ofBytes(5_242_880));
		assertThat(options.bufferMemory()).isEqualTo(DataSize.ofMegabytes(64));
		assertThat(options.targetDelay()).isEqualTo(Duration.ofMillis(50));
		assertThat(options.maxBlock()).isEqualTo(Duration.ofSeconds(60));
		assertThat(options.deliveryTimeout()).isEqualTo(Duration.ofMinutes(2));
		assertThat(options.maxInFlight()).isEqualTo(16);
		assertThat(options.ordering()).isEqualTo(Ordering.KEY);
		assertThat(options.aggregation()).isEqualTo(Aggregation.NONE);
		assertThat(options.retryInitialInterval()).isEqualTo(Duration.ofMillis(100));
		assertThat(options.retryMaxInterval()).isEqualTo(Duration.ofSeconds(5));
		assertThat(options.shutdownTimeout()).isEqualTo(Duration.ofSeconds(30));
	}

	@Test
	void areCopiedByABuilder() {
		ProducerOptions options = ProducerOptions.builder()
			.defaultStream("orders")
			.linger(Duration.ofMillis(1))
			.maxBatchRecords(2)
			.maxBatchSize(DataSize.ofKilobytes(3))
			.bufferMemory(DataSize.ofMegabytes(4))
			.targetDelay(Duration.ofSeconds(3))
			.maxBlock(Duration.ofSeconds(5))
			.deliveryTimeout(Duration.ofSeconds(6))
			.maxInFlight(7)
			.ordering(Ordering.NONE)
			.aggregation(Aggregation.KEY)
			.retryInitialInterval(Duration.ofMillis(8))
			.retryMaxInterval(Duration.ofMillis(9))
			.shutdownTimeout(Duration.ofSeconds(10))
			.build();
		assertThat(options.toBuilder().build()).usingRecursiveComparison().isEqualTo(options);
		assertThat(options.toBuilder().build()).usingRecursiveComparison()
			.ignoringCollectionOrder()
			.isNotEqualTo(ProducerOptions.defaults());
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void areRejectedOutsideTheirBounds(String name, UnaryOperator<Builder> setting) {
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> setting.apply(ProducerOptions.builder()).build())
			.withMessageStartingWith("'" + name + "' must ");
	}

	static Stream<Arguments> areRejectedOutsideTheirBounds() {
		Duration negative = Duration.ofMillis(-1);
		return Stream.of(bad("defaultStream", (builder) -> builder.defaultStream(" ")),
				bad("defaultStream", (builder) -> builder.defaultStream("arn:aws:kinesis:eu-west-1:1:stream/orders")),
				bad("linger", (builder) -> builder.linger(negative)),
				bad("maxBatchRecords", (builder) -> builder.maxBatchRecords(501)),
				bad("maxBatchRecords", (builder) -> builder.maxBatchRecords(0)),
				bad("maxBatchSize", (builder) -> builder.maxBatchSize(DataSize.ofBytes(10 * 1024 * 1024 + 1))),
				bad("bufferMemory", (builder) -> builder.bufferMemory(DataSize.ofBytes(1))),
				bad("targetDelay", (builder) -> builder.targetDelay(negative)),
				bad("maxBlock", (builder) -> builder.maxBlock(negative)),
				bad("deliveryTimeout", (builder) -> builder.linger(Duration.ofMinutes(2))),
				bad("maxInFlight", (builder) -> builder.maxInFlight(0)),
				bad("retryInitialInterval", (builder) -> builder.retryInitialInterval(Duration.ZERO)),
				bad("retryMaxInterval", (builder) -> builder.retryMaxInterval(Duration.ofMillis(99))),
				bad("shutdownTimeout", (builder) -> builder.shutdownTimeout(negative)));
	}

	private static Arguments bad(String name, UnaryOperator<Builder> setting) {
		return Arguments.of(name, setting);
	}

}
