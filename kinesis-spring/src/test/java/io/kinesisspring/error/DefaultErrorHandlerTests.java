package io.kinesisspring.error;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.MethodParameter;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

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
			.initialInterval(Duration.ofMillis(100))
			.multiplier(3)
			.maxInterval(Duration.ofSeconds(2))
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

	@Test
	void passesExhaustedRecordsToItsOwnRecoverer() {
		RecordRecoverer recoverer = (failure) -> null;
		DefaultErrorHandler handler = DefaultErrorHandler.builder().maxAttempts(2).recoverer(recoverer).build();
		assertThat(handler.handle(failure(1, new Exception()))).isInstanceOf(ErrorDecision.Retry.class);
		assertThat(handler.handle(failure(2, new Exception()))).isEqualTo(ErrorDecision.recover(recoverer));
		assertThat(handler.handle(failure(1, new ClassCastException()))).isEqualTo(ErrorDecision.recover(recoverer));
		assertThat(handler.onExhausted()).isEqualTo(OnExhausted.DEAD_LETTER);
		assertThat(handler.toBuilder().maxAttempts(3).build().recoverer()).isSameAs(recoverer);
	}

	@ParameterizedTest
	@EnumSource(OnExhausted.class)
	void anotherDecisionRemovesItsRecoverer(OnExhausted onExhausted) {
		RecordRecoverer recoverer = (failure) -> null;
		DefaultErrorHandler handler = DefaultErrorHandler.builder()
			.maxAttempts(1)
			.recoverer(recoverer)
			.onExhausted(onExhausted)
			.build();
		assertThat(handler.handle(failure(1, new Exception()))).isEqualTo(
				(onExhausted == OnExhausted.DEAD_LETTER) ? ErrorDecision.recover(recoverer) : onExhausted.decision());
		assertThat(handler.toBuilder().recoverer(null).build().handle(failure(1, new Exception())))
			.isEqualTo(ErrorDecision.deadLetter());
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
	void doesNotRetryWhatTheApplicationNamesNorWhatItCauses() {
		DefaultErrorHandler handler = DefaultErrorHandler.builder()
			.notRetryOn(IOException.class, UnsupportedOperationException.class)
			.build();
		assertThat(handler.handle(failure(1, new FileNotFoundException()))).isEqualTo(ErrorDecision.stopShard());
		assertThat(handler.handle(failure(1, new Exception(new IllegalStateException(new EOFException())))))
			.isEqualTo(ErrorDecision.stopShard());
		assertThat(handler.handle(failure(1, new IllegalStateException()))).isInstanceOf(ErrorDecision.Retry.class);
		assertThat(handler.handle(failure(1, new ClassCastException()))).isEqualTo(ErrorDecision.stopShard());
	}

	@Test
	void retriesOnlyWhatTheApplicationNamesAndWhatItCauses() {
		DefaultErrorHandler handler = DefaultErrorHandler.builder()
			.retryOn(IOException.class)
			.notRetryOn(FileNotFoundException.class)
			.build();
		assertThat(handler.handle(failure(1, new Exception(new EOFException()))))
			.isInstanceOf(ErrorDecision.Retry.class);
		assertThat(handler.handle(failure(1, new IllegalStateException()))).isEqualTo(ErrorDecision.stopShard());
		assertThat(handler.handle(failure(1, new IOException(new FileNotFoundException()))))
			.isEqualTo(ErrorDecision.stopShard());
	}

	@Test
	@Timeout(180)
	void endsWhereCausesFormACircle() {
		Exception first = new Exception("first");
		Exception second = new Exception("second", first);
		first.initCause(second);
		DefaultErrorHandler handler = DefaultErrorHandler.builder().notRetryOn(IOException.class).build();
		assertThat(handler.handle(failure(1, first))).isInstanceOf(ErrorDecision.Retry.class);
	}

	@Test
	void pausesAsTheBackOffSaysAndNoLonger() {
		DefaultErrorHandler handler = DefaultErrorHandler.builder().backOff(new FixedBackOff(700, 2)).build();
		assertThat(handler.handle(failure(1, new Exception()))).isEqualTo(ErrorDecision.retry(Duration.ofMillis(700)));
		assertThat(handler.handle(failure(2, new Exception()))).isEqualTo(ErrorDecision.retry(Duration.ofMillis(700)));
		assertThat(handler.handle(failure(3, new Exception()))).isEqualTo(ErrorDecision.stopShard());
		ExponentialBackOff growing = new ExponentialBackOff(100, 2);
		growing.setMaxInterval(300);
		DefaultErrorHandler exponential = DefaultErrorHandler.builder().backOff(growing).maxAttempts(5).build();
		assertThat(List.of(1, 2, 3, 4)).map((attempts) -> exponential.handle(failure(attempts, new Exception())))
			.containsExactly(ErrorDecision.retry(Duration.ofMillis(100)), ErrorDecision.retry(Duration.ofMillis(200)),
					ErrorDecision.retry(Duration.ofMillis(300)), ErrorDecision.retry(Duration.ofMillis(300)));
		assertThat(exponential.handle(failure(5, new Exception()))).isEqualTo(ErrorDecision.stopShard());
	}

	@Test
	void neverRetriesWithoutAPause() {
		DefaultErrorHandler handler = DefaultErrorHandler.builder().backOff(new FixedBackOff(0, 2)).build();
		assertThat(handler.handle(failure(1, new Exception()))).isEqualTo(ErrorDecision.retry(Duration.ofMillis(1)));
	}

	@Test
	void decidesAsTheRetryPolicySays() {
		DefaultErrorHandler handler = DefaultErrorHandler.builder()
			.retryPolicy(RetryPolicy.builder()
				.maxRetries(2)
				.delay(Duration.ofMillis(50))
				.excludes(IOException.class)
				.build())
			.onExhausted(OnExhausted.SKIP)
			.build();
		assertThat(handler.handle(failure(2, new Exception()))).isEqualTo(ErrorDecision.retry(Duration.ofMillis(50)));
		assertThat(handler.handle(failure(3, new Exception()))).isEqualTo(ErrorDecision.skip());
		assertThat(handler.handle(failure(1, new Exception(new EOFException())))).isEqualTo(ErrorDecision.skip());
		assertThat(handler.handle(failure(1, new ClassCastException()))).isEqualTo(ErrorDecision.skip());
	}

	@Test
	void aBackOffIsReplacedByLaterOptions() {
		DefaultErrorHandler handler = DefaultErrorHandler.builder()
			.backOff(new FixedBackOff(700, 1))
			.build()
			.toBuilder()
			.initialInterval(Duration.ofMillis(10))
			.build();
		assertThat(handler.handle(failure(9, new Exception()))).isInstanceOf(ErrorDecision.Retry.class);
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
			.initialInterval(Duration.ofMillis(7))
			.multiplier(4)
			.maxInterval(Duration.ofSeconds(7))
			.onExhausted(OnExhausted.SKIP)
			.retryPolicy(RetryPolicy.withMaxRetries(2))
			.retryOn(Exception.class)
			.notRetryOn(IOException.class)
			.build();
		assertThat(handler.toBuilder().build()).usingRecursiveComparison().isEqualTo(handler);
		assertThat(DefaultErrorHandler.builder().build()).usingRecursiveComparison()
			.isEqualTo(new DefaultErrorHandler());
	}

	@Test
	void rejectsInvalidOptions() {
		assertThatRejects(DefaultErrorHandler.builder().maxAttempts(0), "'maxAttempts' is 0");
		assertThatRejects(DefaultErrorHandler.builder().initialInterval(Duration.ZERO), "'initialInterval' is 0ms");
		assertThatRejects(DefaultErrorHandler.builder().multiplier(0.5), "'multiplier' is 0.5");
		assertThatRejects(DefaultErrorHandler.builder().maxInterval(Duration.ofMillis(100)), "'maxInterval' is 100ms");
		assertThatRejects(
				DefaultErrorHandler.builder().retryPolicy(RetryPolicy.builder().timeout(Duration.ofSeconds(5)).build()),
				"'retryPolicy' has a timeout of 5000ms");
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
