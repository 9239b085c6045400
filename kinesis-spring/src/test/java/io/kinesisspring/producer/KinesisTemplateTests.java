package io.kinesisspring.producer;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.converter.RecordConversionException;
import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link KinesisTemplate}.
 */
class KinesisTemplateTests {

	private static final String ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";

	private final SendTestSupport test = new SendTestSupport();

	@Test
	void returnsThePlaceOfARecord() {
		CompletableFuture<SendResult> sent = this.test.template.send("orders", "key", "x");
		assertThat(this.test.template.inFlight()).isEqualTo(1);
		SendResult result = this.test.result(sent);
		assertThat(result.stream()).isEqualTo("orders");
		assertThat(result.shardId()).isEqualTo("shardId-000000000000");
		assertThat(result.sequenceNumber()).hasToString(BigInteger.ONE.shiftLeft(80).add(BigInteger.ONE).toString());
		assertThat(result.subSequenceNumber()).isNull();
		assertThat(result.attempts()).isEqualTo(1);
		assertThat(result.elapsed()).isEqualTo(ScriptedService.ROUND_TRIP);
		assertThat(this.test.template.inFlight()).isZero();
	}

	@Test
	void acceptsNamesAndArns() {
		this.test.template.send("orders", "x");
		this.test.template.send(ARN, "x");
		this.test.loop.runUntilIdle();
		assertThat(this.test.service.requests()).anySatisfy((request) -> {
			assertThat(request.streamName()).isEqualTo("orders");
			assertThat(request.streamARN()).isNull();
		}).anySatisfy((request) -> {
			assertThat(request.streamARN()).isEqualTo(ARN);
			assertThat(request.streamName()).isNull();
		});
	}

	@Test
	void sendsToTheDefaultStreamIfNoneIsNamed() {
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder().defaultStream("orders").build());
		assertThat(test.result(test.template.send("x")).stream()).isEqualTo("orders");
		assertThat(test.result(test.template.send(ProducerRecord.of("x"))).stream()).isEqualTo("orders");
	}

	@Test
	void failsIfThereIsNoStream() {
		assertThatIllegalStateException().isThrownBy(() -> this.test.template.send("x"))
			.withMessageContaining("set the producer's default stream");
		assertThatIllegalStateException().isThrownBy(
				() -> this.test.template.sendAll(List.of(ProducerRecord.of("orders", "x"), ProducerRecord.of("y"))));
		this.test.loop.runUntilIdle();
		assertThat(this.test.service.requests()).isEmpty();
	}

	@Test
	void sendsTheBytesOfAPayloadUnchanged() {
		byte[] bytes = { 0, 1, -1, (byte) 0xF3, (byte) 0x89, (byte) 0x9A, (byte) 0xC2 };
		this.test.result(this.test.template.send("s", bytes));
		assertThat(this.test.service.stored()).singleElement()
			.satisfies((entry) -> assertThat(entry.data().asByteArray()).isEqualTo(bytes));
	}

	@Test
	void readsTheKeysFromTheHeadersOfAMessage() {
		Message<String> message = MessageBuilder.withPayload("x")
			.setHeader(KinesisHeaders.PARTITION_KEY, "key")
			.setHeader(KinesisHeaders.EXPLICIT_HASH_KEY, "17")
			.setHeader(KinesisHeaders.STREAM, "where it came from")
			.build();
		assertThat(this.test.result(this.test.template.send("orders", message)).stream()).isEqualTo("orders");
		this.test.result(this.test.template.sendAll("orders", List.of(message)));
		assertThat(this.test.service.stored()).hasSize(2).allSatisfy((entry) -> {
			assertThat(entry.partitionKey()).isEqualTo("key");
			assertThat(entry.explicitHashKey()).isEqualTo("17");
			assertThat(ScriptedService.text(entry)).isEqualTo("x");
		});
	}

	@Test
	void acceptsKeysOfMessagesThatHaveATextForm() {
		Message<String> message = MessageBuilder.withPayload("x")
			.setHeader(KinesisHeaders.PARTITION_KEY, 42L)
			.setHeader(KinesisHeaders.EXPLICIT_HASH_KEY, BigInteger.TEN)
			.build();
		this.test.result(this.test.template.send("orders", message));
		assertThat(this.test.service.stored()).singleElement().satisfies((entry) -> {
			assertThat(entry.partitionKey()).isEqualTo("42");
			assertThat(entry.explicitHashKey()).isEqualTo("10");
		});
	}

	@Test
	void failsTheFutureOfAMessageWhoseKeyHasNoTextForm() {
		Message<String> message = MessageBuilder.withPayload("x")
			.setHeader(KinesisHeaders.PARTITION_KEY, List.of("key"))
			.build();
		SendFailedException failure = SendTestSupport.failureOf(this.test.template.send("orders", message));
		assertThat(failure.reason()).isEqualTo(Reason.INVALID);
		assertThat(failure).hasMessageContaining(KinesisHeaders.PARTITION_KEY);
		SendAllResult result = this.test.result(this.test.template.sendAll("orders", List.of("x", message)));
		assertThat(result.failures()).extracting(SendAllResult.SendFailure::index).containsExactly(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "arn:aws:kinesis:eu-west-1:12345678901:stream/orders",
			"arn:aws:kinesis:eu-west-1:123456789012:stream/orders\n", "arn:aws:kinesis:eu-west-1:123456789012:orders",
			"arn:aws:kinesis:eu-west-1:123456789012:stream/orders/consumer/me:1", "no stream", "orders/2" })
	void failsTheFutureOfARecordForAnInvalidStream(String stream) {
		SendFailedException failure = SendTestSupport.failureOf(this.test.template.send(stream, "x"));
		assertThat(failure.reason()).isEqualTo(Reason.INVALID);
		assertThat(failure).hasMessageContaining("arn:aws:kinesis:<region>:<account>:stream/<name>");
		assertThat(this.test.template.memory().used()).isZero();
	}

	@Test
	void failsTheFutureOfARecordThatCannotBeConverted() {
		CompletableFuture<SendResult> sent = this.test.template.send("s", new Object());
		assertThat(sent).isCompletedExceptionally();
		assertThat(sent.<Throwable>handle((result, ex) -> ex).join()).isInstanceOf(RecordConversionException.class);
	}

	@Nested
	class Keys {

		private final SendTestSupport test = new SendTestSupport();

		@Test
		void areSpreadEvenlyIfNoneAreGiven() throws Exception {
			byte[] payload = { 1 };
			this.test.result(this.test.template.sendAll("s", Collections.nCopies(8000, payload)));
			int[] shards = new int[8];
			MessageDigest md5 = MessageDigest.getInstance("MD5");
			HashSet<String> keys = new HashSet<>();
			for (PutRecordsRequestEntry entry : this.test.service.stored()) {
				keys.add(entry.partitionKey());
				shards[(md5.digest(entry.partitionKey().getBytes(StandardCharsets.UTF_8))[0] & 0xFF) / 32]++;
			}
			assertThat(keys).hasSize(8000);
			assertThat(Arrays.stream(shards)).allSatisfy((records) -> assertThat(records).isBetween(800, 1200));
		}

		@ParameterizedTest
		@ValueSource(strings = { "0", "340282366920938463463374607431768211455" })
		void mayBeOverriddenByAnExplicitHashKey(String hashKey) {
			this.test.result(this.test.template.send(ProducerRecord.of("s", "x").withExplicitHashKey(hashKey)));
			assertThat(this.test.service.stored()).singleElement()
				.satisfies((entry) -> assertThat(entry.explicitHashKey()).isEqualTo(hashKey));
		}

		@ParameterizedTest
		@ValueSource(strings = { "", " ", "-1", "+1", "ff", "007", "00", "1 ", "\u0661",
				"340282366920938463463374607431768211456", "1000000000000000000000000000000000000000" })
		void areRejectedIfTheExplicitHashKeyIsInvalid(String hashKey) {
			SendFailedException failure = SendTestSupport
				.failureOf(this.test.template.send(ProducerRecord.of("s", "x").withExplicitHashKey(hashKey)));
			assertThat(failure.reason()).isEqualTo(Reason.INVALID);
			assertThat(failure).hasMessageContaining("2^128-1");
		}

		@Test
		void areRejectedIfTheyAreEmptyOrTooLong() {
			assertThat(this.test.template.send("s", "k".repeat(256), "x")).isNotDone();
			for (String key : List.of("", "k".repeat(257))) {
				SendFailedException failure = SendTestSupport.failureOf(this.test.template.send("s", key, "x"));
				assertThat(failure.reason()).isEqualTo(Reason.INVALID);
				assertThat(failure).hasMessageContaining("256");
			}
		}

		@ParameterizedTest
		@ValueSource(strings = { "\ud83d", "name \ud83d", "\ude00", "\ude00\ud83d", "\ud83dx" })
		void areRejectedIfTheyContainHalfACharacter(String key) {
			SendFailedException failure = SendTestSupport.failureOf(this.test.template.send("s", key, "x"));
			assertThat(failure.reason()).isEqualTo(Reason.INVALID);
			assertThat(failure).hasMessageContaining("surrogate");
			assertThat(this.test.template.send("s", "\ud83d\ude00", "x")).isNotDone();
		}

	}

	@Nested
	class ManyRecords {

		private final SendTestSupport test = new SendTestSupport();

		@ParameterizedTest
		@ValueSource(ints = { 0, 1, 500, 750, 10_001 })
		void areSentInRequestsOfUpTo500(int count) {
			List<String> payloads = IntStream.range(0, count).mapToObj(Integer::toString).toList();
			SendAllResult result = this.test.result(this.test.template.sendAll("s", payloads));
			assertThat(result.outcomes()).hasSize(count);
			assertThat(result.allSucceeded()).isTrue();
			assertThat(this.test.service.storedTexts()).containsExactlyInAnyOrderElementsOf(payloads);
			assertThat(this.test.service.sizes()).hasSize((count + 499) / 500);
		}

		@Test
		void haveOneOutcomeEachInTheirOrder() {
			List<Object> payloads = List.of("one", new Object(), new byte[11 * 1024 * 1024],
					ProducerRecord.of("other", "key", "four"), ProducerRecord.of("five"));
			SendAllResult result = this.test.result(this.test.template.sendAll("s", payloads));
			assertThat(result.successes()).extracting(SendResult::stream).containsExactly("s", "other", "s");
			assertThat(result.failures()).extracting(SendAllResult.SendFailure::index).containsExactly(1, 2);
			assertThat(result.allSucceeded()).isFalse();
		}

		@Test
		void mayBeLargerTogetherThanOneRequest() {
			SendAllResult result = this.test
				.result(this.test.template.sendAll("s", Collections.nCopies(23, new byte[1_000_000])));
			assertThat(result.successes()).hasSize(23);
			assertThat(this.test.service.sizes()).containsExactly(5, 5, 5, 5, 3);
		}

		@Test
		void areRejectedOneByOneIfTheyAreLargerThanAnyStreamAccepts() {
			CompletableFuture<SendResult> fits = this.test.template.send("s", "key", new byte[10 * 1024 * 1024 - 3]);
			SendFailedException failure = SendTestSupport
				.failureOf(this.test.template.send("s", "key", new byte[10 * 1024 * 1024 - 2]));
			assertThat(failure.reason()).isEqualTo(Reason.TOO_LARGE);
			assertThat(failure).hasMessageContaining("10 MiB").hasMessageContaining("10485761");
			assertThat(this.test.result(fits).attempts()).isEqualTo(1);
		}

	}

	@Nested
	class Transactions {

		private final SendTestSupport test = new SendTestSupport();

		private final TransactionTemplate transaction = new TransactionTemplate(new NoResource());

		@Test
		void areNotAwaitedIfThereIsNone() {
			CompletableFuture<SendResult> sent = this.test.template.sendAfterCommit("s", "x");
			this.test.roundTrip();
			assertThat(sent).isCompleted();
		}

		@Test
		void sendTheirRecordsWhenTheyCommit() {
			byte[][] payload = { { 1 } };
			CompletableFuture<SendResult> sent = this.transaction.execute((status) -> {
				CompletableFuture<SendResult> future = this.test.template.sendAfterCommit("s", "key", payload[0]);
				this.test.loop.advance(Duration.ofSeconds(1));
				assertThat(this.test.service.requests()).isEmpty();
				return future;
			});
			assertThat(this.test.result(sent).attempts()).isEqualTo(1);
			assertThat(this.test.service.stored()).hasSize(1);
		}

		@Test
		void failTheirRecordsWhenTheyRollBack() {
			CompletableFuture<SendResult> sent = this.transaction.execute((status) -> {
				status.setRollbackOnly();
				return this.test.template.sendAfterCommit("s", "x");
			});
			assertThat(sent).satisfies(SendTestSupport.failedWith(Reason.ROLLED_BACK));
			this.test.loop.advance(Duration.ofSeconds(1));
			assertThat(this.test.service.requests()).isEmpty();
		}

		@Test
		void sendRecordsThatAreAddedAfterTheCommit() {
			KinesisTemplate template = this.test.template;
			CompletableFuture<CompletableFuture<SendResult>> late = new CompletableFuture<>();
			TransactionSynchronization afterwards = new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					late.complete(template.sendAfterCommit("s", "x"));
				}

			};
			this.transaction.executeWithoutResult(
					(status) -> TransactionSynchronizationManager.registerSynchronization(afterwards));
			assertThat(this.test.result(late.join()).attempts()).isEqualTo(1);
			assertThat(this.test.service.stored()).hasSize(1);
		}

	}

	/**
	 * Transactions of nothing.
	 */
	private static final class NoResource extends AbstractPlatformTransactionManager {

		private static final long serialVersionUID = 1L;

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

}
