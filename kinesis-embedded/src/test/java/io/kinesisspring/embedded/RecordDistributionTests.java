package io.kinesisspring.embedded;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.RecordDistributionStrategy;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamMode;
import software.amazon.awssdk.services.kinesis.model.ValidationException;

import io.kinesisspring.embedded.conformance.TestSubscription;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Streams that distribute their records by themselves.
 */
class RecordDistributionTests {

	private static final String FIRST = "shardId-000000000000";

	private final MovableClock clock = MovableClock.standingAt(Instant.parse("2026-11-28T12:00:00Z"));

	private final EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
		.dynamoDb(false)
		.clock(this.clock)
		.stream("orders:4:auto")
		.stream("keyed:4:on-demand")
		.stream("provisioned:4:provisioned")
		.start();

	private final KinesisAsyncClient client = client(WireProtocol.CBOR);

	@AfterEach
	void stop() {
		this.client.close();
		this.server.close();
	}

	@Test
	void theSummaryShowsTheStrategy() {
		assertThat(summary("orders").recordDistributionStrategy()).isEqualTo(RecordDistributionStrategy.AUTO);
		assertThat(summary("orders").streamModeDetails().streamMode()).isEqualTo(StreamMode.ON_DEMAND);
		assertThat(summary("keyed").recordDistributionStrategy())
			.isEqualTo(RecordDistributionStrategy.USER_PARTITION_KEY);
		assertThat(summary("keyed").streamModeDetails().streamMode()).isEqualTo(StreamMode.ON_DEMAND);
		assertThat(summary("provisioned").streamModeDetails().streamMode()).isEqualTo(StreamMode.PROVISIONED);
	}

	@Test
	void streamsCanBeCreatedWithTheStrategy() {
		this.client
			.createStream((create) -> create.streamName("new")
				.streamModeDetails((mode) -> mode.streamMode(StreamMode.ON_DEMAND))
				.recordDistributionStrategy(RecordDistributionStrategy.AUTO))
			.join();
		assertThat(summary("new").recordDistributionStrategy()).isEqualTo(RecordDistributionStrategy.AUTO);
		assertFails(ValidationException.class,
				this.client.createStream((create) -> create.streamName("newer")
					.streamModeDetails((mode) -> mode.streamMode(StreamMode.ON_DEMAND))
					.recordDistributionStrategy("RANDOM")));
	}

	@Test
	void onlyStreamsInOnDemandModeCanHaveIt() {
		assertFails(InvalidArgumentException.class,
				this.client.createStream((create) -> create.streamName("new")
					.shardCount(1)
					.recordDistributionStrategy(RecordDistributionStrategy.AUTO)));
		assertFails(InvalidArgumentException.class, update("provisioned", RecordDistributionStrategy.AUTO));
		assertFails(InvalidArgumentException.class,
				this.client.updateStreamMode((update) -> update.streamARN(summary("orders").streamARN())
					.streamModeDetails((mode) -> mode.streamMode(StreamMode.PROVISIONED))))
			.withMessageContaining("USER_PARTITION_KEY");
		assertThat(summary("orders").streamModeDetails().streamMode()).isEqualTo(StreamMode.ON_DEMAND);
		update("orders", RecordDistributionStrategy.USER_PARTITION_KEY).join();
		this.client
			.updateStreamMode((update) -> update.streamARN(summary("orders").streamARN())
				.streamModeDetails((mode) -> mode.streamMode(StreamMode.PROVISIONED)))
			.join();
	}

	@ParameterizedTest
	@EnumSource(WireProtocol.class)
	void recordsWithoutKeyAreSpreadEvenlyAndReadWithoutKey(WireProtocol wire) {
		try (KinesisAsyncClient wired = client(wire)) {
			List<PutRecordsRequestEntry> entries = IntStream.range(0, 400).mapToObj((i) -> entry(i, null)).toList();
			PutRecordsResponse put = wired.putRecords((request) -> request.streamName("orders").records(entries))
				.join();
			assertThat(put.failedRecordCount()).isZero();
			assertThat(byShard(put)).hasSize(4).allSatisfy((shard, count) -> assertThat(count).isEqualTo(100));
			List<Record> read = this.server.openShards("orders")
				.stream()
				.flatMap((shard) -> read(wired, "orders", shard).stream())
				.toList();
			assertThat(read).allSatisfy((record) -> assertThat(record.partitionKey()).isNull())
				.extracting((record) -> record.data().asUtf8String())
				.containsExactlyInAnyOrderElementsOf(IntStream.range(0, 400).mapToObj(Integer::toString).toList());
		}
	}

	@Test
	void singleRecordsAreSpread() {
		List<String> shards = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			shards.add(this.client.putRecord((put) -> put.streamName("orders").data(SdkBytes.fromUtf8String("payload")))
				.join()
				.shardId());
		}
		assertThat(shards.subList(0, 4)).doesNotHaveDuplicates();
		assertThat(shards.subList(4, 8)).isEqualTo(shards.subList(0, 4));
	}

	@Test
	void storesKeysButIgnoresThemForTheDistribution() {
		PutRecordsResponse put = put("orders", 40, (entry) -> entry.partitionKey("one").explicitHashKey("0"));
		assertThat(byShard(put)).hasSize(4).allSatisfy((shard, count) -> assertThat(count).isEqualTo(10));
		assertThat(read(this.client, "orders", FIRST)).hasSize(10)
			.allSatisfy((record) -> assertThat(record.partitionKey()).isEqualTo("one"));
		assertThat(put("orders", 1, (entry) -> entry.explicitHashKey("9".repeat(39))).failedRecordCount()).isZero();
	}

	@Test
	void subscriptionsPushRecordsWithoutKey() {
		String arn = this.client
			.registerStreamConsumer(
					(register) -> register.streamARN(summary("orders").streamARN()).consumerName("billing"))
			.join()
			.consumer()
			.consumerARN();
		put("orders", 4, (entry) -> {
		});
		TestSubscription subscription = new TestSubscription(this.client, arn, FIRST,
				(position) -> position.type(ShardIteratorType.TRIM_HORIZON));
		await().until(() -> subscription.payloads().size() == 1);
		assertThat(subscription.events().get(0).records().get(0).partitionKey()).isNull();
		subscription.cancel();
	}

	@Test
	void rejectsAnOrder() {
		String sequenceNumber = put("orders", 1, (entry) -> {
		}).records().get(0).sequenceNumber();
		assertFails(InvalidArgumentException.class,
				this.client.putRecord((put) -> put.streamName("orders")
					.data(SdkBytes.fromUtf8String("payload"))
					.sequenceNumberForOrdering(sequenceNumber)))
			.withMessageContaining("SequenceNumberForOrdering must not be provided");
	}

	@Test
	void otherStreamsNeedAKey() {
		for (String stream : List.of("keyed", "provisioned")) {
			assertFails(ValidationException.class,
					this.client.putRecords((put) -> put.streamName(stream).records(entry(0, "a"), entry(1, null))))
				.withMessageContaining("'records.2.member.partitionKey'");
			assertFails(ValidationException.class,
					this.client.putRecord((put) -> put.streamName(stream).data(SdkBytes.fromUtf8String("payload"))))
				.withMessageContaining("'partitionKey'");
			assertThat(read(this.client, stream, FIRST)).isEmpty();
		}
		assertFails(ValidationException.class,
				this.client.putRecords((put) -> put.streamName("orders").records(entry(0, ""))));
	}

	@Test
	void theStrategyMayChangeAtAnyTime() {
		String sameShard = put("keyed", 1, (entry) -> entry.partitionKey("a")).records().get(0).shardId();
		update("keyed", RecordDistributionStrategy.AUTO).join();
		assertThat(summary("keyed").streamStatusAsString()).isEqualTo("ACTIVE");
		assertThat(byShard(put("keyed", 8, (entry) -> entry.partitionKey("a")))).hasSize(4);
		update("keyed", RecordDistributionStrategy.USER_PARTITION_KEY).join();
		assertThat(byShard(put("keyed", 8, (entry) -> entry.partitionKey("a")))).containsOnlyKeys(sameShard);
	}

	@Test
	void usesNoShardThatIsAtItsLimit() {
		this.server.limits("keyed", new StreamLimits(10, 1 << 20, 5, 2 << 20));
		put("keyed", 10, (entry) -> entry.partitionKey("a").explicitHashKey("0"));
		update("keyed", RecordDistributionStrategy.AUTO).join();
		PutRecordsResponse put = put("keyed", 30, (entry) -> {
		});
		assertThat(put.failedRecordCount()).isZero();
		assertThat(byShard(put)).hasSize(3).doesNotContainKey(FIRST);
		assertThat(put("keyed", 1, (entry) -> {
		}).records().get(0).errorCode()).isEqualTo("ProvisionedThroughputExceededException");
		assertFails(ProvisionedThroughputExceededException.class,
				this.client.putRecord((one) -> one.streamName("keyed").data(SdkBytes.fromUtf8String("payload"))));
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(byShard(put("keyed", 40, (entry) -> {
		}))).hasSize(4).allSatisfy((shard, count) -> assertThat(count).isEqualTo(10));
	}

	@Test
	void aFaultOfAShardAffectsTheRecordsOfThatShard() {
		this.server.faults().add(FaultRule.partialFailure(1).shard(FIRST));
		PutRecordsResponse put = put("orders", 40, (entry) -> {
		});
		assertThat(put.failedRecordCount()).isEqualTo(10);
		assertThat(read(this.client, "orders", FIRST)).isEmpty();
	}

	@Test
	void distributesRecordsToTheOpenShards() {
		put("orders", 4, (entry) -> {
		});
		this.server.splitShard("orders", FIRST);
		assertThat(byShard(put("orders", 50, (entry) -> {
		}))).containsOnlyKeys(this.server.openShards("orders")).hasSize(5);
	}

	@Test
	void aDefinitionNamesTheMode() {
		this.server.createStream("new:2:auto");
		assertThat(summary("new").recordDistributionStrategy()).isEqualTo(RecordDistributionStrategy.AUTO);
		assertThat(summary("new").openShardCount()).isEqualTo(2);
		assertThatIllegalArgumentException().isThrownBy(() -> this.server.createStream("new:2:automatic"))
			.withMessage("'new:2:automatic' has the mode 'automatic' but must have one of provisioned, on-demand and "
					+ "auto");
		assertThatIllegalArgumentException().isThrownBy(() -> this.server.createStream("new:auto"))
			.withMessage("'new:auto' must be of the form 'name:shards' or 'name:shards:mode'");
	}

	private KinesisAsyncClient client(WireProtocol wire) {
		return KinesisClients.withoutRetries(this.server.endpoint(), wire, Protocol.HTTP2);
	}

	private StreamDescriptionSummary summary(String stream) {
		return this.client.describeStreamSummary((describe) -> describe.streamName(stream))
			.join()
			.streamDescriptionSummary();
	}

	private CompletableFuture<?> update(String stream, RecordDistributionStrategy strategy) {
		return this.client.updateStreamRecordDistributionStrategy(
				(update) -> update.streamARN(summary(stream).streamARN()).recordDistributionStrategy(strategy));
	}

	private PutRecordsResponse put(String stream, int count, Consumer<PutRecordsRequestEntry.Builder> keys) {
		List<PutRecordsRequestEntry> entries = IntStream.range(0, count)
			.mapToObj((i) -> entry(i, null).copy(keys))
			.toList();
		return this.client.putRecords((put) -> put.streamName(stream).records(entries)).join();
	}

	private static PutRecordsRequestEntry entry(int number, String key) {
		return PutRecordsRequestEntry.builder()
			.data(SdkBytes.fromUtf8String(Integer.toString(number)))
			.partitionKey(key)
			.build();
	}

	private static Map<String, Long> byShard(PutRecordsResponse put) {
		return put.records()
			.stream()
			.collect(Collectors.groupingBy(PutRecordsResultEntry::shardId, Collectors.counting()));
	}

	private static List<Record> read(KinesisAsyncClient client, String stream, String shard) {
		String iterator = client
			.getShardIterator(
					(get) -> get.streamName(stream).shardId(shard).shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		return client.getRecords((get) -> get.shardIterator(iterator)).join().records();
	}

	private static ThrowableAssertAlternative<CompletionException> assertFails(Class<? extends Throwable> type,
			CompletableFuture<?> call) {
		return assertThatExceptionOfType(CompletionException.class).isThrownBy(call::join).withCauseInstanceOf(type);
	}

}
