package io.kinesisspring.deadletter;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendFailedException;
import io.kinesisspring.producer.SendResult;
import io.kinesisspring.testing.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link DeadLetterPublishingRecoverer} and what it sends.
 */
class DeadLetterPublishingRecovererTests {

	private static final byte[] DATA = { 0, '"', -1, '{', 127 };

	private final CompletableFuture<SendResult> stored = new CompletableFuture<>();

	private @Nullable ProducerRecord<?> sent;

	/** Sizes that the stream does not take, for the next sends; 0 if it takes all. */
	private final Queue<Integer> limits = new ArrayDeque<>();

	private final DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(operations(),
			"orders-dead");

	@Test
	void sendsTheUnchangedRecordAndItsFailureUnderItsOwnKey() {
		CompletableFuture<?> taken = recover("customer-1", new IllegalStateException("never"));
		assertThat(this.sent.stream()).isEqualTo("orders-dead");
		assertThat(this.sent.partitionKey()).isEqualTo("customer-1");
		assertThat(letter()).usingRecursiveComparison()
			.ignoringFields("stackTrace")
			.isEqualTo(new DeadLetter("orders", "shard-0", "123", 4, "customer-1",
					Instant.parse("2026-11-23T10:00:00.123Z"), 7, "java.lang.IllegalStateException", "never", null,
					null, null, DATA));
		assertThat(letter().stackTrace()).contains("\tat " + getClass().getName());
		assertThat(taken).isNotDone();
		this.stored.complete(null);
		assertThat(taken).isCompleted();
	}

	@Test
	void failsWhenItCannotBeStored() {
		CompletableFuture<?> taken = recover("customer-1", new IllegalStateException("never"));
		this.stored.completeExceptionally(new IllegalStateException("full"));
		assertThat(taken).isCompletedExceptionally();
	}

	@Test
	void sendsRecordsWithoutKeyAndFailuresWithoutMessage() {
		recover(null, new StackOverflowError());
		assertThat(this.sent.partitionKey()).isNull();
		assertThat(letter().partitionKey()).isNull();
		assertThat(letter().message()).isNull();
		assertThat(letter().exception()).isEqualTo("java.lang.StackOverflowError");
	}

	@Test
	void sendsAnyFailureMessage() {
		String message = "a \"quote\", a \\, a\nline,\u0000 \u20ac \uD83D\uDE00 and half of one: \uD83D";
		recover("k\u00ebY\t", new IllegalStateException(message));
		assertThat(letter().message()).isEqualTo(message);
		assertThat(letter().partitionKey()).isEqualTo("k\u00ebY\t");
	}

	@Test
	void doesNotShowPayloads() {
		recover("customer-1", new IllegalStateException("never"));
		assertThat(letter()).hasToString("DeadLetter[stream 'orders', shard 'shard-0', sequence number 123]");
	}

	@Test
	void rejectsAStreamAsItsOwnDeadLetterStream() {
		DeadLetterPublishingRecoverer circle = new DeadLetterPublishingRecoverer(operations(), "orders");
		assertThatIllegalStateException().isThrownBy(() -> circle.recover(failure("key", new Exception())))
			.withMessage("The stream 'orders' cannot be its own dead-letter stream");
	}

	@Test
	void tellsTheRootCause() {
		recover("customer-1", new IllegalStateException("failed", new ArithmeticException("by zero")));
		assertThat(letter().rootCause()).isEqualTo("java.lang.ArithmeticException");
		assertThat(letter().rootCauseMessage()).isEqualTo("by zero");
	}

	@Test
	void sendsToTheStreamsNameWithASuffixByDefault() {
		DeadLetterPublishingRecoverer byDefault = new DeadLetterPublishingRecoverer(operations());
		byDefault.recover(failure("key", new Exception()));
		assertThat(this.sent.stream()).isEqualTo("orders-dlt");
		byDefault.checkSource(StreamIdentifier.of("orders-dlt"));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> byDefault.checkSource(StreamIdentifier.of("o".repeat(125))));
	}

	@Test
	void sendsWhereTheResolverDecides() {
		DeadLetterPublishingRecoverer resolving = DeadLetterPublishingRecoverer.builder(operations())
			.destination((record, ex) -> (ex instanceof ArithmeticException) ? record.stream() + "-numbers" : null)
			.build();
		resolving.recover(failure("key", new ArithmeticException()));
		assertThat(this.sent.stream()).isEqualTo("orders-numbers");
		resolving.recover(failure("key", new Exception()));
		assertThat(this.sent.stream()).isEqualTo("orders-dlt");
	}

	@Test
	void failsWhenTheResolverNamesTheStreamItself() {
		DeadLetterPublishingRecoverer circle = DeadLetterPublishingRecoverer.builder(operations())
			.destination((record, ex) -> record.stream())
			.build();
		circle.checkSource(StreamIdentifier.of("orders"));
		assertThatIllegalStateException().isThrownBy(() -> circle.recover(failure("key", new Exception())))
			.withMessage("The stream 'orders' cannot be its own dead-letter stream");
		assertThat(this.sent).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders", "arn:aws:kinesis:eu-central-1:123456789012:stream/orders" })
	void rejectsASourceThatItWouldRejectAtRunTime(String source) {
		for (String stream : List.of("orders", "arn:aws:kinesis:eu-central-1:210987654321:stream/orders")) {
			DeadLetterPublishingRecoverer circle = new DeadLetterPublishingRecoverer(operations(), stream);
			assertThatIllegalArgumentException().isThrownBy(() -> circle.checkSource(StreamIdentifier.of(source)))
				.withMessageContaining("cannot be its own dead-letter stream");
		}
	}

	@Test
	void cutsMessagesAndStackTraceAndThenAllButTheDataUntilItFits() {
		this.limits.addAll(List.of(800, 0));
		CompletableFuture<?> taken = recover("customer-1",
				new IllegalStateException("never", new ArithmeticException()));
		assertThat(taken).isCompletedWithValue(null);
		assertThat(letter()).usingRecursiveComparison()
			.isEqualTo(new DeadLetter("orders", "shard-0", "123", 4, "customer-1",
					Instant.parse("2026-11-23T10:00:00.123Z"), 7, "java.lang.IllegalStateException", null,
					"java.lang.ArithmeticException", null, null, DATA));
		this.limits.addAll(List.of(800, 100, 0));
		try (CapturedLog log = CapturedLog.of(DeadLetterPublishingRecoverer.class)) {
			assertThat(recover("customer-1", new IllegalStateException("secret"))).isCompletedWithValue(null);
			assertThat(this.sent.payload()).isEqualTo(DATA);
			assertThat(this.sent.partitionKey()).isEqualTo("customer-1");
			assertThat(log.messages()).singleElement()
				.asString()
				.contains("'orders-dead'", "sequence number 123/4", "java.lang.IllegalStateException",
						"MaxRecordSizeInKiB")
				.doesNotContain("secret");
		}
		this.limits.addAll(List.of(800, 100, 4));
		assertThat(recover("customer-1", new Exception())).isCompletedExceptionally();
	}

	@Test
	void rejectsAnInvalidStreamName() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new DeadLetterPublishingRecoverer(operations(), "no stream"));
	}

	private CompletableFuture<?> recover(@Nullable String key, Throwable ex) {
		return this.recoverer.recover(failure(key, ex)).toCompletableFuture();
	}

	private static DeliveryFailure failure(@Nullable String key, Throwable ex) {
		KinesisRecord<byte[]> record = new KinesisRecord<>("orders", "shard-0", key, SequenceNumber.of("123"), 4,
				Instant.parse("2026-11-23T10:00:00.123Z"), DATA);
		return new DeliveryFailure(record, 1, 7, ex);
	}

	private DeadLetter letter() {
		String json = new String((byte[]) this.sent.payload(), StandardCharsets.UTF_8);
		return JsonMapper.builder().build().readValue(json, DeadLetter.class);
	}

	private KinesisOperations operations() {
		return (KinesisOperations) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { KinesisOperations.class }, (proxy, method, arguments) -> {
					this.sent = (ProducerRecord<?>) arguments[0];
					Integer limit = this.limits.poll();
					if (limit == null) {
						return this.stored;
					}
					return (limit == 0) ? CompletableFuture.completedFuture(null)
							: CompletableFuture.failedFuture(tooLarge(((byte[]) this.sent.payload()).length, limit));
				});
	}

	private static SendFailedException tooLarge(int size, int limit) {
		assertThat(size).isGreaterThan(limit);
		return new SendFailedException(SendFailedException.Reason.TOO_LARGE, "orders-dead", "too large", null);
	}

}
