package io.kinesisspring.embedded;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.ExpiredNextTokenException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;
import software.amazon.awssdk.services.kinesis.model.ValidationException;

import io.kinesisspring.embedded.conformance.TestSubscription;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.store.Delays;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What this server has beyond what every server has: a clock, delays, limits, faults of
 * subscriptions and a bound on memory.
 */
class EmbeddedKinesisServerTests {

	private static final String FIRST = "shardId-000000000000";

	private final MovableClock clock = MovableClock.standingAt(Instant.parse("2026-11-23T12:00:00Z"));

	private EmbeddedKinesisServer server;

	private KinesisAsyncClient client;

	@BeforeEach
	void start() {
		start(EmbeddedKinesisServer.builder());
	}

	@AfterEach
	void stop() {
		this.client.close();
		this.server.close();
	}

	@Test
	void iteratorsExpire() {
		String iterator = iterator("orders", ShardIteratorType.LATEST);
		this.clock.advance(Duration.ofMinutes(5));
		assertThat(read(iterator).join().records()).isEmpty();
		this.clock.advance(Duration.ofMillis(1));
		assertFails(ExpiredIteratorException.class, read(iterator));
	}

	@Test
	void pagingTokensExpire() {
		this.server.createStream("many", 3);
		String token = this.client.listShards((request) -> request.streamName("many").maxResults(1)).join().nextToken();
		this.clock.advance(Duration.ofSeconds(301));
		assertFails(ExpiredNextTokenException.class, this.client.listShards((request) -> request.nextToken(token)));
	}

	@Test
	void recordsExpireAfterTheRetention() {
		put("orders", 3, 10).join();
		this.clock.advance(Duration.ofHours(23));
		put("orders", 2, 10).join();
		this.clock.advance(Duration.ofHours(2));
		assertThat(read(iterator("orders", ShardIteratorType.TRIM_HORIZON)).join().records()).hasSize(2);
	}

	@Test
	void closedShardsExpireAfterTheRetention() {
		this.server.splitShard("orders", FIRST);
		this.clock.advance(Duration.ofHours(25));
		assertThat(this.client.listShards((request) -> request.streamName("orders")).join().shards())
			.extracting(Shard::shardId)
			.containsExactly("shardId-000000000001", "shardId-000000000002");
	}

	@Test
	void shardsCreatedInTheMillisecondOfTheirStreamAreNotAtItsTrimHorizon() {
		this.server.splitShard("orders", FIRST);
		assertThat(this.client
			.listShards((request) -> request.streamName("orders")
				.shardFilter((filter) -> filter.type(ShardFilterType.AT_TRIM_HORIZON)))
			.join()
			.shards()).extracting(Shard::shardId).containsExactly(FIRST);
	}

	@Test
	void millisBehindLatestIsTheAgeOfTheNextRecord() {
		put("orders", 1, 10).join();
		this.clock.advance(Duration.ofSeconds(7));
		put("orders", 1, 10).join();
		String iterator = iterator("orders", ShardIteratorType.TRIM_HORIZON);
		this.clock.advance(Duration.ofSeconds(2));
		GetRecordsResponse first = this.client.getRecords((request) -> request.shardIterator(iterator).limit(1)).join();
		assertThat(first.millisBehindLatest()).isEqualTo(2000);
	}

	@Test
	void streamsPassThroughTheirStatuses() {
		stop();
		start(EmbeddedKinesisServer.builder().delays(Delays.all(Duration.ofSeconds(10))));
		assertThat(status()).isEqualTo(StreamStatus.CREATING);
		assertFails(ResourceNotFoundException.class, put("orders", 1, 1));
		this.clock.advance(Duration.ofSeconds(10));
		assertThat(status()).isEqualTo(StreamStatus.ACTIVE);
		this.server.splitShard("orders", FIRST);
		assertThat(status()).isEqualTo(StreamStatus.UPDATING);
		assertFails(ResourceInUseException.class,
				this.client.splitShard((request) -> request.streamName("orders")
					.shardToSplit("shardId-000000000001")
					.newStartingHashKey("5")));
		put("orders", 1, 1).join();
		this.clock.advance(Duration.ofSeconds(10));
		assertThat(status()).isEqualTo(StreamStatus.ACTIVE);
		this.client.deleteStream((request) -> request.streamName("orders")).join();
		assertThat(status()).isEqualTo(StreamStatus.DELETING);
		this.clock.advance(Duration.ofSeconds(10));
		assertThat(this.client.listStreams().join().streamNames()).isEmpty();
	}

	@Test
	void limitsTheRecordsPerSecondOfAShard() {
		this.server.limits("orders", StreamLimits.service());
		assertThat(put("orders", 500, 10).join().failedRecordCount()).isZero();
		PutRecordsResponse second = put("orders", 500, 10).join();
		assertThat(second.failedRecordCount()).isZero();
		PutRecordsResponse third = put("orders", 500, 10).join();
		assertThat(third.failedRecordCount()).isEqualTo(500);
		assertThat(third.records().get(0).errorCode()).isEqualTo("ProvisionedThroughputExceededException");
		assertThat(third.records().get(0).errorMessage()).contains(FIRST);
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(put("orders", 500, 10).join().failedRecordCount()).isZero();
	}

	@Test
	void limitsTheBytesPerSecondOfAShard() {
		this.server.limits("orders", StreamLimits.service());
		assertThat(put("orders", 11, 100_000).join().failedRecordCount()).isEqualTo(1);
	}

	@Test
	void limitsTheReadsPerSecondOfAShard() {
		this.server.limits("orders", StreamLimits.service());
		String iterator = iterator("orders", ShardIteratorType.TRIM_HORIZON);
		IntStream.range(0, 5).forEach((i) -> read(iterator).join());
		assertFails(ProvisionedThroughputExceededException.class, read(iterator));
		this.clock.advance(Duration.ofMillis(200));
		read(iterator).join();
	}

	@Test
	void aLargeResponseDelaysTheNextRead() {
		IntStream.range(0, 10).forEach((i) -> put("orders", 10, 100_000).join());
		this.server.limits("orders", StreamLimits.service());
		String iterator = iterator("orders", ShardIteratorType.TRIM_HORIZON);
		assertThat(read(iterator).join().records()).hasSize(100);
		this.clock.advance(Duration.ofSeconds(3));
		assertFails(ProvisionedThroughputExceededException.class, read(iterator));
		this.clock.advance(Duration.ofSeconds(2));
		read(iterator).join();
	}

	@Test
	void aResponseHasAtMostTenMebibytes() {
		IntStream.range(0, 3).forEach((i) -> put("orders", 5, 1_000_000).join());
		GetRecordsResponse page = read(iterator("orders", ShardIteratorType.TRIM_HORIZON)).join();
		assertThat(page.records()).hasSize(10);
		assertThat(read(page.nextShardIterator()).join().records()).hasSize(5);
	}

	@Test
	void rejectsRecordsAboveTheMaximumSizeOfTheStream() {
		assertFails(ValidationException.class, putOne((1 << 20) + 1));
		assertFails(InvalidArgumentException.class, putOne(1 << 20));
		putOne((1 << 20) - 1).join();
		String arn = this.client.describeStreamSummary((request) -> request.streamName("orders"))
			.join()
			.streamDescriptionSummary()
			.streamARN();
		this.client.updateMaxRecordSize((request) -> request.streamARN(arn).maxRecordSizeInKiB(10240)).join();
		putOne((10 << 20) - 1).join();
		assertThat(read(iterator("orders", ShardIteratorType.TRIM_HORIZON)).join().records()).hasSize(1);
	}

	@Test
	void rejectsSequenceNumbersOfOtherShards() {
		this.server.createStream("other", 1);
		String foreign = putOne(1).thenCompose((any) -> this.client.putRecord(
				(request) -> request.streamName("orders").partitionKey("a").data(SdkBytes.fromUtf8String("payload"))))
			.join()
			.sequenceNumber();
		this.clock.advance(Duration.ofSeconds(5));
		this.server.createStream("younger", 1);
		assertFails(InvalidArgumentException.class,
				this.client.getShardIterator((request) -> request.streamName("younger")
					.shardId(FIRST)
					.shardIteratorType(ShardIteratorType.AT_SEQUENCE_NUMBER)
					.startingSequenceNumber(foreign)));
	}

	@Test
	void validationNamesTheMemberAndTheConstraint() {
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(
					() -> this.client.createStream((request) -> request.streamName("not a name").shardCount(0)).join())
			.withCauseInstanceOf(ValidationException.class)
			.withMessageContaining("2 validation errors detected: Value 'not a name' at 'streamName' failed to satisfy "
					+ "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '0' at "
					+ "'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1");
	}

	@Test
	void removesTheOldestRecordsWhenMemoryIsFull() {
		stop();
		start(EmbeddedKinesisServer.builder().memoryLimit(4 << 20).stream("audit", 1));
		this.client
			.putRecord((request) -> request.streamName("audit").partitionKey("a").data(SdkBytes.fromUtf8String("x")))
			.join();
		this.clock.advance(Duration.ofSeconds(1));
		IntStream.range(0, 100).forEach((i) -> {
			put("orders", 500, 500).join();
			this.clock.advance(Duration.ofMillis(1));
		});
		GetRecordsResponse page = read(iterator("orders", ShardIteratorType.TRIM_HORIZON)).join();
		assertThat(page.records()).hasSizeBetween(3000, 8000);
		assertThat(page.millisBehindLatest()).isZero();
		assertThat(read(iterator("audit", ShardIteratorType.TRIM_HORIZON)).join().records()).isEmpty();
	}

	@Test
	void subscriptionsEndAfterFiveMinutes() {
		TestSubscription subscription = subscribe();
		subscription.responded().join();
		assertThat(subscription.ended()).isNotDone();
		this.clock.advance(Duration.ofMinutes(5));
		assertThat(subscription.ended()).succeedsWithin(Duration.ofSeconds(5));
	}

	@Test
	void aLaterSubscriptionReplacesAnEarlierOne() {
		String consumer = registerConsumer();
		TestSubscription first = subscribe(consumer);
		first.responded().join();
		this.clock.advance(Duration.ofSeconds(5));
		TestSubscription second = subscribe(consumer);
		second.responded().join();
		assertThat(first.ended()).failsWithin(Duration.ofSeconds(5))
			.withThrowableOfType(Exception.class)
			.withCauseInstanceOf(ResourceInUseException.class);
		assertThat(second.ended()).isNotDone();
		second.cancel();
	}

	@Test
	void subscriptionsSendEventsWithoutRecords() {
		TestSubscription subscription = subscribe();
		await().until(() -> !subscription.events().isEmpty());
		assertThat(subscription.events().get(0).records()).isEmpty();
		assertThat(subscription.events().get(0).continuationSequenceNumber()).hasSize(56);
		subscription.cancel();
	}

	@Test
	void aFaultEndsASubscription() {
		this.server.faults().add(FaultRule.endSubscription().stream("orders").skip(1));
		TestSubscription subscription = subscribe();
		subscription.responded().join();
		put("orders", 1, 1).join();
		await().until(() -> subscription.payloads().size() == 1);
		put("orders", 1, 1).join();
		assertThat(subscription.ended()).succeedsWithin(Duration.ofSeconds(5));
		assertThat(subscription.payloads()).hasSize(1);
	}

	@Test
	void aFaultSilencesASubscription() {
		var fault = this.server.faults().add(FaultRule.silenceSubscription());
		TestSubscription subscription = subscribe();
		put("orders", 1, 1).join();
		await().until(() -> fault.hits() == 1);
		assertThat(subscription.events()).isEmpty();
		assertThat(subscription.ended()).isNotDone();
		subscription.cancel();
	}

	@Test
	void shardsCanBeChangedInJava() {
		this.server.updateShardCount("orders", 5);
		assertThat(this.server.openShards("orders")).hasSize(5);
		List<String> open = this.server.openShards("orders");
		this.server.mergeShards("orders", open.get(0), open.get(1));
		assertThat(this.server.openShards("orders")).hasSize(4);
		this.server.deleteStream("orders");
		assertThat(this.client.listStreams().join().streamNames()).isEmpty();
	}

	@Test
	void scalingLeavesNoGapBetweenHashRanges() {
		for (int count : new int[] { 7, 3, 16, 1 }) {
			this.server.updateShardCount("orders", count);
			BigInteger next = BigInteger.ZERO;
			List<Shard> open = this.client.listShards((request) -> request.streamName("orders"))
				.join()
				.shards()
				.stream()
				.filter((shard) -> shard.sequenceNumberRange().endingSequenceNumber() == null)
				.sorted((a, b) -> new BigInteger(a.hashKeyRange().startingHashKey())
					.compareTo(new BigInteger(b.hashKeyRange().startingHashKey())))
				.toList();
			assertThat(open).hasSize(count);
			for (Shard shard : open) {
				assertThat(shard.hashKeyRange().startingHashKey()).isEqualTo(next.toString());
				next = new BigInteger(shard.hashKeyRange().endingHashKey()).add(BigInteger.ONE);
			}
			assertThat(next).isEqualTo(BigInteger.ONE.shiftLeft(128));
		}
	}

	@Test
	void summarizesStreams() {
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisServer.builder().stream("orders:many"))
			.withMessage("'orders:many' must be of the form 'name:shards' or 'name:shards:mode'");
	}

	private void start(EmbeddedKinesisServer.Builder builder) {
		this.server = builder.dynamoDb(false).clock(this.clock).stream("orders:1").start();
		this.client = KinesisClients.withoutRetries(this.server.endpoint(), WireProtocol.CBOR, Protocol.HTTP2);
	}

	private StreamStatus status() {
		return this.client.describeStreamSummary((request) -> request.streamName("orders"))
			.join()
			.streamDescriptionSummary()
			.streamStatus();
	}

	private CompletableFuture<?> putOne(int size) {
		return this.client.putRecord((request) -> request.streamName("orders")
			.partitionKey("a")
			.data(SdkBytes.fromByteArray(new byte[size])));
	}

	private CompletableFuture<PutRecordsResponse> put(String stream, int count, int size) {
		List<PutRecordsRequestEntry> entries = IntStream.range(0, count)
			.mapToObj((i) -> PutRecordsRequestEntry.builder()
				.partitionKey("key-" + i)
				.data(SdkBytes.fromByteArray(new byte[size]))
				.build())
			.toList();
		return this.client.putRecords((request) -> request.streamName(stream).records(entries));
	}

	private String iterator(String stream, ShardIteratorType type) {
		return this.client
			.getShardIterator((request) -> request.streamName(stream).shardId(FIRST).shardIteratorType(type))
			.join()
			.shardIterator();
	}

	private CompletableFuture<GetRecordsResponse> read(String iterator) {
		return this.client.getRecords((request) -> request.shardIterator(iterator));
	}

	private TestSubscription subscribe() {
		return subscribe(registerConsumer());
	}

	private TestSubscription subscribe(String consumer) {
		return new TestSubscription(this.client, consumer, FIRST,
				(position) -> position.type(ShardIteratorType.LATEST));
	}

	private String registerConsumer() {
		return this.client
			.registerStreamConsumer(
					(request) -> request.streamARN("arn:aws:kinesis:us-east-1:000000000000:stream/orders")
						.consumerName("reports"))
			.join()
			.consumer()
			.consumerARN();
	}

	private static void assertFails(Class<? extends Throwable> type, CompletableFuture<?> call) {
		assertThatExceptionOfType(CompletionException.class).isThrownBy(call::join).withCauseInstanceOf(type);
	}

}
