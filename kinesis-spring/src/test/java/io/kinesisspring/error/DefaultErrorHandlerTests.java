package io.kinesisspring.error;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.messaging.support.MessageBuilder;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.NotRetryable;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.converter.RecordConversionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DefaultErrorHandler}.
 */
class DefaultErrorHandlerTests {

	@Test
	void retriesWithoutEndByDefault() {
		DefaultErrorHandler handler = new DefaultErrorHandler();
		assertThat(handler.handle(failure(1, new Exception()))).isInstanceOf(ErrorDecision.Retry.class);
		assertThat(handler.handle(failure(Integer.MAX_VALUE - 1, new Exception())))
			.isInstanceOf(ErrorDecision.Retry.class);
	}

	@Test
	void backsOffExponentiallyUpToTheMaximumWithJitter() {
		DefaultErrorHandler handler = DefaultErrorHandler.builder()
			.initialBackoff(Duration.ofMillis(100))
			.multiplier(3)
			.maxBackoff(Duration.ofSeconds(2))
			.build();
		long[] longest = { 100, 300, 900, 2000, 2000 };
		Set<Long> pauses = new HashSet<>();
		for (int i = 0; i < 1000; i++) {
			int attempts = i % longest.length + 1;
			long pause = handler.pauseAfter(attempts).toMillis();
			assertThat(pause).isBetween(longest[attempts - 1] * 8 / 10, longest[attempts - 1]);
			pauses.add(pause);
		}
		assertThat(pauses).hasSizeGreaterThan(100);
		assertThat(handler.pauseAfter(Integer.MAX_VALUE)).isLessThanOrEqualTo(Duration.ofSeconds(2));
	}

	@Test
	void returnsTheConfiguredDecisionWhenAttemptsAreExhausted() {
		for (OnExhausted onExhausted : OnExhausted.values()) {
			DefaultErrorHandler handler = DefaultErrorHandler.builder().maxAttempts(3).onExhausted(onExhausted).build();
			assertThat(handler.handle(failure(2, new Exception()))).isInstanceOf(ErrorDecision.Retry.class);
			assertThat(handler.handle(failure(3, new Exception()))).isEqualTo(onExhausted.decision());
		}
	}

	@ParameterizedTest
	@MethodSource
	void doesNotRetryFailuresThatARetryCannotFix(Throwable exception) {
		assertThat(new DefaultErrorHandler().handle(failure(1, exception))).isEqualTo(ErrorDecision.stopShard());
	}

	static Throwable[] doesNotRetryFailuresThatARetryCannotFix() throws Exception {
		MethodParameter parameter = new MethodParameter(Object.class.getMethod("equals", Object.class), 0);
		return new Throwable[] { new RecordConversionException("no JSON", null), new ClassCastException(),
				new MessageConversionException("no number"),
				new MethodArgumentNotValidException(MessageBuilder.withPayload("").build(), parameter),
				new MarkedException() };
	}

	@Test
	void retriesErrors() {
		assertThat(new DefaultErrorHandler().handle(failure(1, new NoClassDefFoundError())))
			.isInstanceOf(ErrorDecision.Retry.class);
	}

	@Test
	void keepsUnchangedOptions() {
		DefaultErrorHandler handler = DefaultErrorHandler.builder()
			.maxAttempts(3)
			.initialBackoff(Duration.ofMillis(7))
			.multiplier(4)
			.maxBackoff(Duration.ofSeconds(7))
			.onExhausted(OnExhausted.SKIP)
			.build();
		assertThat(handler.toBuilder().build()).usingRecursiveComparison().isEqualTo(handler);
		assertThat(DefaultErrorHandler.builder().build()).usingRecursiveComparison()
			.isEqualTo(new DefaultErrorHandler());
	}

	@Test
	void rejectsInvalidOptions() {
		assertThatRejects(DefaultErrorHandler.builder().maxAttempts(0), "'maxAttempts' is 0");
		assertThatRejects(DefaultErrorHandler.builder().initialBackoff(Duration.ZERO), "'initialBackoff' is 0ms");
		assertThatRejects(DefaultErrorHandler.builder().multiplier(0.5), "'multiplier' is 0.5");
		assertThatRejects(DefaultErrorHandler.builder().maxBackoff(Duration.ofMillis(100)), "'maxBackoff' is 100ms");
	}

	private static void assertThatRejects(DefaultErrorHandler.Builder builder, String value) {
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(builder::build)
			.withMessageStartingWith(value)
			.withMessageContaining("Set it to ");
	}

	private static DeliveryFailure failure(int attempts, Throwable exception) {
		KinesisRecord<byte[]> record = new KinesisRecord<>("orders", "shard-0", "key", SequenceNumber.of("1"), 0,
				Instant.EPOCH, new byte[0]);
		return new DeliveryFailure(record, 1, attempts, exception);
	}

	/**
	 * What an application may throw.
	 */
	private static final class MarkedException extends Exception implements NotRetryable {

		private static final long serialVersionUID = 1L;

	}

}
