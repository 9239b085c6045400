package io.kinesisspring.deadletter;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendResult;

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

	private final DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(operations(),
			"orders-dead");

	@Test
	void sendsTheUnchangedRecordAndItsFailureUnderItsOwnKey() {
		CompletableFuture<?> taken = recover("customer-1", new IllegalStateException("never"));
		assertThat(this.sent.stream()).isEqualTo("orders-dead");
		assertThat(this.sent.partitionKey()).isEqualTo("customer-1");
		assertThat(letter()).usingRecursiveComparison()
			.isEqualTo(new DeadLetter("orders", "shard-0", "123", 4, "customer-1",
					Instant.parse("2026-11-23T10:00:00.123Z"), 7, "java.lang.IllegalStateException", "never", DATA));
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
					return this.stored;
				});
	}

}
