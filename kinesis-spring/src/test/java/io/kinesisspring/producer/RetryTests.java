package io.kinesisspring.producer;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what is sent again and what is not.
 */
class RetryTests {

	private static final RuntimeException BROKEN = SdkClientException.create("Connection reset",
			new IOException("Connection reset"));

	private static List<Duration> waits(List<Duration> times) {
		List<Duration> waits = new ArrayList<>();
		for (int i = 1; i < times.size(); i++) {
			waits.add(times.get(i).minus(times.get(i - 1)));
		}
		return waits;
	}

	@Nested
	class ARecordThatFails {

		private final SendTestSupport test = new SendTestSupport();

		@Test
		void isRetriedAndNoOtherIs() {
			this.test.service.next(Behaviour
				.entries((entry) -> ScriptedService.text(entry).equals("two") ? SendTestSupport.THROTTLED : null));
			SendAllResult result = this.test.result(this.test.template.sendAll("s", List.of("one", "two", "three")));
			assertThat(this.test.service.texts()).containsExactly(List.of("one", "two", "three"), List.of("two"));
			assertThat(result.successes()).extracting(SendResult::attempts).containsExactly(1, 2, 1);
		}

		@ParameterizedTest
		@CsvSource({ "ProvisionedThroughputExceededException", "InternalFailure", "SomethingNew" })
		void isRetriedForAnyErrorCode(String code) {
			this.test.service.next(Behaviour.entries((entry) -> code));
			assertThat(this.test.result(this.test.template.send("s", "x")).attempts()).isEqualTo(2);
		}

		@Test
		void backsOffExponentiallyUpToTheMaximum() {
			this.test.service.always(Behaviour.entries((entry) -> SendTestSupport.THROTTLED));
			this.test.failure(this.test.template.send("s", "x"));
			List<Duration> waits = waits(this.test.service.times());
			assertThat(waits).hasSizeBetween(35, 90);
			for (int i = 0; i < waits.size(); i++) {
				Duration bound = Duration.ofMillis(Math.min(5000, 100L << Math.min(i, 20)));
				assertThat(waits.get(i)).isLessThanOrEqualTo(bound.plus(ScriptedService.ROUND_TRIP).plusNanos(1));
			}
		}

		@Test
		void doesNotDelayOthers() {
			this.test.service.always(Behaviour
				.entries((entry) -> ScriptedService.text(entry).equals("hot") ? SendTestSupport.THROTTLED : null));
			this.test.template.send("s", "hot");
			this.test.loop.advance(Duration.ofSeconds(20));
			CompletableFuture<SendResult> cold = this.test.template.send("s", "cold");
			this.test.loop.advance(Duration.ofMillis(40));
			assertThat(cold).isCompleted();
		}

		@Test
		void failsWithTheLastReasonAfterTheDeliveryTimeout() {
			this.test.service.always(Behaviour.entries((entry) -> SendTestSupport.THROTTLED));
			SendFailedException failure = this.test.failure(this.test.template.send("orders", "x"));
			assertThat(this.test.loop.elapsed()).isEqualTo(Duration.ofMinutes(2));
			assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
			assertThat(failure).hasMessageContaining("orders").hasMessageContaining("PT2M");
			assertThat(failure.getCause()).isInstanceOfSatisfying(SendFailedException.class,
					(cause) -> assertThat(cause.reason()).isEqualTo(Reason.THROTTLED));
		}

	}

	@Nested
	class ARequestThatFails {

		private final SendTestSupport test = new SendTestSupport();

		@ParameterizedTest
		@CsvSource({ "ProvisionedThroughputExceededException, 400", "LimitExceededException, 400",
				"KMSThrottlingException, 400", "InternalFailure, 500", "ServiceUnavailable, 503",
				"RequestTimeoutException, 408", "RequestTimeoutException, 400", "RequestAbortedException, 400",
				"RequestExpired, 400", "SomethingOfAProxy, 408", "SomethingOfAProxy, 429" })
		void isRetried(String code, int status) {
			this.test.service.next(Behaviour.fails(ScriptedService.exception(code, status)));
			assertThat(this.test.result(this.test.template.send("s", "x")).attempts()).isEqualTo(2);
		}

		@Test
		void isRetriedWhenTheConnectionBreaks() {
			this.test.service.next(Behaviour.fails(BROKEN), Behaviour.fails(BROKEN));
			assertThat(this.test.result(this.test.template.send("s", "x")).attempts()).isEqualTo(3);
		}

		@Test
		void mayBeStoredTwiceIfItsResponseIsLost() {
			this.test.service.next(Behaviour.loses(BROKEN));
			this.test.result(this.test.template.send("s", "x"));
			assertThat(this.test.service.storedTexts()).containsExactly("x", "x");
		}

		@ParameterizedTest
		@CsvSource({ "ResourceNotFoundException, STREAM_NOT_FOUND", "AccessDeniedException, DENIED",
				"ExpiredTokenException, CREDENTIALS", "UnrecognizedClientException, CREDENTIALS",
				"KMSAccessDeniedException, ENCRYPTION", "ValidationException, INVALID",
				"InvalidArgumentException, INVALID", "UnknownOperationException, UNEXPECTED" })
		void failsAtOnceIfARetryIsUseless(String code, Reason reason) {
			this.test.service.always(Behaviour.fails(ScriptedService.exception(code, 400)));
			CompletableFuture<SendResult> sent = this.test.template.send("orders", "x");
			this.test.roundTrip();
			SendFailedException failure = SendTestSupport.failureOf(sent);
			assertThat(failure.reason()).isEqualTo(reason);
			assertThat(failure.stream()).isEqualTo("orders");
			assertThat(failure).hasMessageContaining("kinesis:PutRecords").hasMessageContaining("orders");
			assertThat(this.test.service.requests()).hasSize(1);
		}

		@Test
		void namesTheLimitThatARecordExceeds() {
			this.test.service.always(Behaviour.fails(ScriptedService.exception("ValidationException", 400)));
			SendFailedException failure = this.test.failure(this.test.template.send("s", new byte[2 * 1024 * 1024]));
			assertThat(failure.reason()).isEqualTo(Reason.TOO_LARGE);
			assertThat(failure).hasMessageContaining("1 MiB").hasMessageContaining("UpdateMaxRecordSize");
		}

		@Test
		void isSplitIfOneOfItsRecordsIsInvalid() {
			this.test.service.always((service, request) -> {
				boolean bad = request.records().stream().anyMatch((entry) -> ScriptedService.text(entry).equals("bad"));
				return (bad ? Behaviour.fails(ScriptedService.exception("ValidationException", 400))
						: Behaviour.STORES_ALL)
					.respond(service, request);
			});
			SendAllResult result = this.test.result(this.test.template.sendAll("s", List.of("one", "bad", "three")));
			assertThat(result.successes()).hasSize(2);
			assertThat(result.failures()).singleElement()
				.satisfies((failure) -> assertThat(failure.index()).isEqualTo(1));
		}

		@ParameterizedTest
		@CsvSource({ "IDPCommunicationError, 400", "Throttling, 400", "RequestTimeoutException, 400",
				"InternalFailure, 500" })
		void isRetriedIfCredentialsAreTemporarilyMissing(String code, int status) {
			this.test.service.next(Behaviour.fails(ofSts(code, status)));
			assertThat(this.test.result(this.test.template.send("s", "x")).attempts()).isEqualTo(2);
		}

		@Test
		void isRetriedIfTheClientTemporarilyFindsNoCredentials() {
			this.test.service.next(Behaviour.fails(SdkClientException.create("Failed to load credentials from IMDS.")));
			assertThat(this.test.result(this.test.template.send("s", "x")).attempts()).isEqualTo(2);
			this.test.service.always(
					Behaviour.fails(SdkClientException.create("Unable to load credentials from any of the providers")));
			SendFailedException failure = this.test.failure(this.test.template.send("s", "x"));
			assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
			assertThat(failure).hasMessageContaining("there are no credentials");
			assertThat(((SendFailedException) failure.getCause()).reason()).isEqualTo(Reason.CREDENTIALS);
		}

		@Test
		void namesTheActionThatIsMissingToAssumeTheRole() {
			this.test.service.always(Behaviour.fails(ofSts("AccessDenied", 403)));
			SendFailedException failure = this.test.failure(this.test.template.send("s", "x"));
			assertThat(failure.reason()).isEqualTo(Reason.CREDENTIALS);
			assertThat(failure).hasMessageContaining("sts:AssumeRole").hasMessageNotContaining("kinesis:PutRecords");
			assertThat(this.test.service.requests()).hasSize(1);
		}

		private RuntimeException ofSts(String code, int status) {
			return AwsServiceException.builder()
				.message(code)
				.statusCode(status)
				.awsErrorDetails(
						AwsErrorDetails.builder().errorCode(code).errorMessage("injected").serviceName("Sts").build())
				.build();
		}

		@Test
		void delaysItsStreamWhichThenSendsOneRequestAtATime() {
			this.test.service.always(Behaviour.fails(BROKEN));
			for (int i = 0; i < 6000; i++) {
				this.test.template.send("down", "x");
			}
			this.test.loop.advance(Duration.ofSeconds(30));
			List<Duration> times = this.test.service.times();
			assertThat(times.stream().filter((time) -> time.compareTo(ScriptedService.ROUND_TRIP) > 0).count())
				.isLessThan(60);
			assertThat(waits(times.subList(4, times.size())))
				.allSatisfy((wait) -> assertThat(wait).isGreaterThanOrEqualTo(ScriptedService.ROUND_TRIP));
			this.test.service.always(Behaviour.STORES_ALL);
			this.test.result(this.test.template.flush());
			assertThat(this.test.service.stored()).hasSize(6000);
		}

		@Test
		void doesNotDelayOtherStreams() {
			this.test.service.always((service,
					request) -> (request.streamName().equals("down") ? Behaviour.fails(BROKEN) : Behaviour.STORES_ALL)
						.respond(service, request));
			this.test.template.send("down", "x");
			this.test.loop.advance(Duration.ofSeconds(20));
			CompletableFuture<SendResult> other = this.test.template.send("up", "x");
			this.test.roundTrip();
			assertThat(other).isCompleted();
		}

	}

	@Nested
	class ARequestThatHangs {

		private final SendTestSupport test = new SendTestSupport(ProducerOptions.builder()
			.deliveryTimeout(Duration.ofSeconds(10))
			.maxInFlight(1)
			.bufferMemory(DataSize.ofKilobytes(1))
			.build());

		@Test
		void failsItsRecordsInTimeAndReportsThatTheyMayBeStored() {
			this.test.service.next(Behaviour.HANGS);
			CompletableFuture<SendResult> sent = this.test.template.send("s", "x");
			SendFailedException failure = this.test.failure(sent);
			assertThat(this.test.loop.elapsed()).isEqualTo(Duration.ofSeconds(10));
			assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
			assertThat(failure).hasMessageContaining("may yet be stored");
		}

		@Test
		void isAbandonedAndReleasesItsPlaceAndItsMemory() {
			this.test.service.next(Behaviour.HANGS);
			this.test.template.send("s", new byte[700]);
			this.test.loop.advance(Duration.ofSeconds(11));
			CompletableFuture<SendResult> next = this.test.template.send("s", new byte[700]);
			assertThat(this.test.result(next).attempts()).isEqualTo(1);
		}

		@Test
		void isIgnoredWhenItsResponseIsLate() {
			this.test.service.next(Behaviour.STORES_ALL.after(Duration.ofSeconds(30)));
			CompletableFuture<SendResult> sent = this.test.template.send("s", "x");
			this.test.loop.advance(Duration.ofMinutes(1));
			assertThat(SendTestSupport.failureOf(sent).reason()).isEqualTo(Reason.TIMEOUT);
			assertThat(this.test.template.inFlight()).isZero();
		}

	}

}
