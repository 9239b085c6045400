package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.validation.Errors;
import org.springframework.validation.ValidationUtils;
import org.springframework.validation.Validator;

import io.kinesisspring.KinesisException;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SendInterceptor} and {@link ValidatingSendInterceptor}.
 */
class SendInterceptorTests {

	private final List<String> seen = new ArrayList<>();

	@Test
	void isCalledForEachRecordAndItsOutcomeBeforeTheFutureCompletes() {
		SendTestSupport test = new SendTestSupport(new Recorder("first"), new Recorder("second"));
		CompletableFuture<SendResult> sent = test.template.send("s", "key", "x");
		sent.thenRun(() -> this.seen.add("sender"));
		test.result(sent);

		assertThat(this.seen).containsExactly("first before", "second before", "first success", "second success",
				"sender");
	}

	@Test
	void isNotifiedOfFailures() {
		SendTestSupport test = new SendTestSupport(new Recorder("one"));
		test.service.always(Behaviour.fails(ScriptedService.exception("AccessDeniedException", 400)));
		assertThat(test.failure(test.template.send("s", "x")).reason()).isEqualTo(Reason.DENIED);
		assertThat(test.template.send("s", new Object())).isCompletedExceptionally();

		assertThat(this.seen).containsExactly("one before", "one failure SendFailedException", "one before",
				"one failure RecordConversionException");
	}

	@Test
	void mayReplaceTheRecord() {
		SendTestSupport test = new SendTestSupport(new SendInterceptor() {

			@Override
			public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
				return ProducerRecord.of("other", "key", "replaced");
			}

		});
		assertThat(test.result(test.template.send("s", "x")).stream()).isEqualTo("other");
		assertThat(test.service.storedTexts()).containsExactly("replaced");
	}

	@Test
	void mayRejectARecord() {
		SendTestSupport test = new SendTestSupport(new SendInterceptor() {

			@Override
			public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
				throw new RecordConversionException("not this one", null);
			}

		});
		assertThat(test.template.send("s", "x")).isCompletedExceptionally();
		assertThat(test.template.inFlight()).isZero();
	}

	@Test
	void isNotifiedOfARecordThatALaterOneRejects() {
		List<String> counted = new ArrayList<>();
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder().observer(new SendObserver() {

			@Override
			public void failed(@Nullable String stream, KinesisException exception) {
				counted.add(stream + " " + ((SendFailedException) exception).reason());
			}

		}).build(), 1, new Recorder("first"), new ValidatingSendInterceptor(new OrderValidator()),
				new Recorder("second"));
		assertThat(test.template.send("orders", new Order("  "))).isCompletedExceptionally();

		assertThat(this.seen).containsExactly("first before", "first failure SendFailedException");
		assertThat(counted).containsExactly("orders INVALID");
	}

	@Test
	void doesNoHarmIfItFailsAfterTheSend() {
		SendTestSupport test = new SendTestSupport(new SendInterceptor() {

			@Override
			public void onSuccess(ProducerRecord<?> record, SendResult result) {
				throw new IllegalStateException("injected");
			}

		}, new Recorder("next"));
		assertThat(test.result(test.template.send("s", "x")).attempts()).isEqualTo(1);
		assertThat(this.seen).containsExactly("next before", "next success");
	}

	@Test
	void seesEachRecordOfMany() {
		SendTestSupport test = new SendTestSupport(new Recorder("one"));
		SendAllResult result = test.result(test.template.sendAll("s", List.of("x", new Object(), "y")));

		assertThat(result.successes()).hasSize(2);
		assertThat(result.failures()).singleElement()
			.satisfies((failure) -> assertThat(failure.exception()).isInstanceOf(RecordConversionException.class));
		assertThat(this.seen).containsOnlyOnce("one failure RecordConversionException").hasSize(6);
	}

	@Test
	void ofValidationRejectsInvalidPayloadsWithoutPrintingThem() {
		SendTestSupport test = new SendTestSupport(new ValidatingSendInterceptor(new OrderValidator()));
		SendFailedException failure = SendTestSupport.failureOf(test.template.send("orders", new Order("  ")));

		assertThat(failure.reason()).isEqualTo(Reason.INVALID);
		assertThat(failure)
			.hasMessage("A payload of type '" + Order.class.getName() + "' is not valid: 'customer': NotBlank");
	}

	@Test
	void ofValidationAcceptsOtherPayloads() {
		SendTestSupport test = new SendTestSupport(new ValidatingSendInterceptor(new OrderValidator()));

		assertThat(test.result(test.template.send("s", "text")).attempts()).isEqualTo(1);
		assertThat(test.result(test.template.send("s", new byte[0])).attempts()).isEqualTo(1);
		assertThat(new ValidatingSendInterceptor(new OrderValidator()).beforeSend(ProducerRecord.of(new Order("me"))))
			.isEqualTo(ProducerRecord.of(new Order("me")));
	}

	/**
	 * A payload.
	 *
	 * @param customer must not be blank
	 */
	record Order(String customer) {

	}

	private static final class OrderValidator implements Validator {

		@Override
		public boolean supports(Class<?> type) {
			return type == Order.class;
		}

		@Override
		public void validate(Object target, Errors errors) {
			ValidationUtils.rejectIfEmptyOrWhitespace(errors, "customer", "NotBlank", "a default message");
		}

	}

	private final class Recorder implements SendInterceptor {

		private final String name;

		Recorder(String name) {
			this.name = name;
		}

		@Override
		public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
			SendInterceptorTests.this.seen.add(this.name + " before");
			return record;
		}

		@Override
		public void onSuccess(ProducerRecord<?> record, SendResult result) {
			SendInterceptorTests.this.seen.add(this.name + " success");
		}

		@Override
		public void onFailure(ProducerRecord<?> record, KinesisException failure) {
			SendInterceptorTests.this.seen.add(this.name + " failure " + failure.getClass().getSimpleName());
		}

	}

}
