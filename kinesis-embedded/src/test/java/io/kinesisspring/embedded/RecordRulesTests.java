package io.kinesisspring.embedded;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry.Builder;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.ValidationException;

import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the service says of keys and sizes, and of large reads.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordRulesTests {

	private static final String FIRST = "shardId-000000000000";

	/** One character, two of Java's, four bytes. */
	private static final String SMILE = "\uD83D\uDE00";

	private final MovableClock clock = MovableClock.standingAt(Instant.parse("2026-11-23T12:00:00Z"));

	private final EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
		.dynamoDb(false)
		.clock(this.clock)
		.stream("orders", 1)
		.stream("large", 1)
		.stream("small", 1)
		.start();

	private final KinesisAsyncClient client = KinesisClients.withoutRetries(this.server.endpoint(), WireProtocol.CBOR,
			Protocol.HTTP2);

	@AfterAll
	void stop() {
		this.client.close();
		this.server.close();
	}

	@Test
	void keysHaveUpTo256CodePoints() {
		put((entry) -> entry.partitionKey(SMILE.repeat(256)), 1).join();
		put((entry) -> entry.partitionKey("a".repeat(256)), 1).join();
		assertFails(ValidationException.class, put((entry) -> entry.partitionKey(SMILE.repeat(257)), 1))
			.withMessageContaining("'records.1.member.partitionKey'")
			.withMessageContaining("less than or equal to 256");
		assertFails(ValidationException.class, put((entry) -> entry.partitionKey("a".repeat(257)), 1));
	}

	@Test
	void sizesCountKeysInBytes() {
		int maxData = (1 << 20) - 4;
		put((entry) -> entry.partitionKey(SMILE), maxData).join();
		assertFails(InvalidArgumentException.class, put((entry) -> entry.partitionKey(SMILE), maxData + 1));
		put((entry) -> entry.partitionKey("abcd"), maxData).join();
		assertFails(InvalidArgumentException.class, put((entry) -> entry.partitionKey("abcd"), maxData + 1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "-1", "01", "1.5", " 1", "", "1234567890123456789012345678901234567890" })
	void rejectsAHashKeyThatIsNotANumber(String key) {
		assertFails(ValidationException.class, put((entry) -> entry.partitionKey("a").explicitHashKey(key), 1))
			.withMessageContaining(
					"'records.1.member.explicitHashKey' failed to satisfy constraint: Member must satisfy"
							+ " regular expression pattern: 0|([1-9]\\d{0,38})");
		assertFails(ValidationException.class,
				this.client.putRecord((request) -> request.streamName("orders")
					.partitionKey("a")
					.explicitHashKey(key)
					.data(SdkBytes.fromUtf8String("x"))))
			.withMessageContaining("'explicitHashKey'");
		assertFails(ValidationException.class,
				this.client
					.splitShard((request) -> request.streamName("orders").shardToSplit(FIRST).newStartingHashKey(key)))
			.withMessageContaining("'newStartingHashKey'");
	}

	@Test
	void rejectsAHashKeyAboveTheMaximum() {
		String last = "340282366920938463463374607431768211455";
		String beyond = "340282366920938463463374607431768211456";
		put((entry) -> entry.partitionKey("a").explicitHashKey(last), 1).join();
		assertFails(InvalidArgumentException.class, put((entry) -> entry.partitionKey("a").explicitHashKey(beyond), 1))
			.withMessageContaining("ExplicitHashKey must be in the range: [0, 2^128-1]");
		assertFails(InvalidArgumentException.class, this.client
			.splitShard((request) -> request.streamName("orders").shardToSplit(FIRST).newStartingHashKey(beyond)));
	}

	@Test
	void tenMebibytesBlockReadsForFiveSeconds() {
		IntStream.range(0, 20)
			.forEach((i) -> putInto("large", (entry) -> entry.partitionKey("a"), (1 << 19) - 1).join());
		this.server.limits("large", StreamLimits.service());
		String iterator = this.client
			.getShardIterator((request) -> request.streamName("large")
				.shardId(FIRST)
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		GetRecordsResponse read = read(iterator).join();
		assertThat(read.records()).hasSize(20);
		this.clock.advance(Duration.ofMillis(4_999));
		assertFails(ProvisionedThroughputExceededException.class, read(iterator));
		this.clock.advance(Duration.ofMillis(1));
		assertThat(read(iterator).join().records()).hasSize(20);
	}

	@Test
	void onlyTheNumberOfSmallReadsIsLimited() {
		IntStream.range(0, 4).forEach((i) -> putInto("small", (entry) -> entry.partitionKey("a"), 100_000).join());
		this.server.limits("small", StreamLimits.service());
		String iterator = this.client
			.getShardIterator((request) -> request.streamName("small")
				.shardId(FIRST)
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		IntStream.range(0, 5).forEach((i) -> read(iterator).join());
		assertFails(ProvisionedThroughputExceededException.class, read(iterator));
	}

	private CompletableFuture<?> put(Consumer<Builder> key, int size) {
		return putInto("orders", key, size);
	}

	private CompletableFuture<?> putInto(String stream, Consumer<Builder> key, int size) {
		Builder entry = PutRecordsRequestEntry.builder().data(SdkBytes.fromByteArray(new byte[size]));
		key.accept(entry);
		return this.client.putRecords((request) -> request.streamName(stream).records(entry.build()));
	}

	private CompletableFuture<GetRecordsResponse> read(String iterator) {
		return this.client.getRecords((request) -> request.shardIterator(iterator));
	}

	private static ThrowableAssertAlternative<CompletionException> assertFails(Class<? extends Throwable> type,
			CompletableFuture<?> call) {
		return assertThatExceptionOfType(CompletionException.class).isThrownBy(call::join).withCauseInstanceOf(type);
	}

}
