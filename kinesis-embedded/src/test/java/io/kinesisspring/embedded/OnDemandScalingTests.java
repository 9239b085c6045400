package io.kinesisspring.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamMode;

import io.kinesisspring.embedded.conformance.TestSubscription;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.store.Delays;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.store.OnDemandScaling;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Streams in on-demand mode that follow what is written to them, over HTTP.
 */
class OnDemandScalingTests {

	private static final String STREAM = "orders";

	private static final String FIRST = "shardId-000000000000";

	private static final Duration DELAY = OnDemandScaling.service().delay();

	private final MovableClock clock = MovableClock.standingAt(Instant.parse("2026-11-23T12:00:00Z"));

	private EmbeddedKinesisServer server;

	private KinesisAsyncClient client;

	@BeforeEach
	void start() {
		start(builder().scaling(OnDemandScaling.service()));
	}

	@AfterEach
	void stop() {
		this.client.close();
		this.server.close();
	}

	@Test
	void aStreamKeepsItsShardsUnlessToldToScale() {
		stop();
		start(builder());
		write(3000);
		this.clock.advance(Duration.ofDays(1));
		assertThat(open()).hasSize(4);
	}

	@Test
	void aStreamDoublesAFewMinutesAfterMoreThanHalfOfItsCapacityIsWritten() {
		write(2001);
		this.clock.advance(DELAY.minusMillis(1));
		assertThat(open()).hasSize(4);
		this.clock.advance(Duration.ofMillis(1));
		List<Shard> open = open();
		assertThat(open).extracting(Shard::parentShardId)
			.containsExactlyInAnyOrder(FIRST, FIRST, "shardId-000000000001", "shardId-000000000001",
					"shardId-000000000002", "shardId-000000000002", "shardId-000000000003", "shardId-000000000003");
		assertThat(listed()).hasSize(12);
		this.clock.advance(Duration.ofHours(3));
		assertThat(open()).hasSameElementsAs(open);
	}

	@Test
	void aStreamKeepsItsShardsWhileHalfOfTheirCapacitySuffices() {
		for (int i = 0; i < 5; i++) {
			write(2000);
			this.clock.advance(Duration.ofSeconds(1));
		}
		this.clock.advance(Duration.ofDays(1));
		assertThat(open()).hasSize(4);
	}

	@Test
	void bytesCountAsWellAsRecords() {
		byte[] half = new byte[512 << 10];
		IntStream.range(0, 5).forEach((i) -> put(i, half));
		this.clock.advance(DELAY);
		assertThat(open()).hasSize(8);
	}

	@Test
	void recordsThatAreThrottledDoNotCount() {
		this.server.limits(STREAM, new StreamLimits(500, 1 << 20, 5, 2 << 20));
		write(4000);
		this.clock.advance(DELAY);
		assertThat(open()).hasSize(4);
	}

	@Test
	void aStreamDoublesAgainUntilItHasCapacityForTwiceThePeak() {
		write(5000);
		this.clock.advance(DELAY);
		assertThat(open()).hasSize(8);
		this.clock.advance(DELAY.minusMillis(1));
		assertThat(open()).hasSize(8);
		this.clock.advance(Duration.ofMillis(1));
		assertThat(open()).hasSize(16);
		this.clock.advance(Duration.ofDays(1));
		assertThat(open()).hasSize(16);
	}

	@Test
	void aStreamGrowsNoFurtherThanAllowed() {
		this.server.scaling(new OnDemandScaling(Duration.ZERO, 6));
		write(2001);
		assertThat(open()).hasSize(6);
		assertThat(open()).hasSize(6);
	}

	@Test
	void aStreamGrowsIntoTheRoomThatTheAccountHas() {
		stop();
		start(builder().shardLimit(5).scaling(OnDemandScaling.after(Duration.ZERO)));
		write(2001);
		assertThat(open()).hasSize(5);
		write(1);
	}

	@Test
	void aProvisionedStreamKeepsItsShards() {
		this.server.createStream("fixed", 4);
		IntStream.range(0, 5).forEach((i) -> write("fixed", 500));
		this.clock.advance(DELAY);
		assertThat(this.server.openShards("fixed")).hasSize(4);
		String arn = "arn:aws:kinesis:us-east-1:000000000000:stream/fixed";
		this.client.updateStreamMode(
				(mode) -> mode.streamARN(arn).streamModeDetails((details) -> details.streamMode(StreamMode.ON_DEMAND)))
			.join();
		assertThat(this.server.openShards("fixed")).hasSize(8);
	}

	@Test
	void shardsThatNobodyNeededFor30DaysAreMerged() {
		this.server.createStream("large:16:on-demand");
		write("large", 500);
		this.clock.advance(Duration.ofDays(30).minusMillis(1));
		assertThat(this.server.openShards("large")).hasSize(16);
		this.clock.advance(Duration.ofMillis(1));
		assertThat(this.server.openShards("large")).hasSize(8);
		List<Shard> merged = this.client.listShards((list) -> list.streamName("large"))
			.join()
			.shards()
			.stream()
			.filter(OnDemandScalingTests::isOpen)
			.toList();
		assertThat(merged).hasSize(8).allMatch((shard) -> shard.adjacentParentShardId() != null);
		this.clock.advance(Duration.ofHours(1));
		assertThat(this.server.openShards("large")).hasSize(4);
		this.clock.advance(Duration.ofDays(60));
		assertThat(this.server.openShards("large")).hasSize(4);
	}

	@Test
	void aPeakOfTheLast30DaysKeepsTheShards() {
		write(2001);
		this.clock.advance(DELAY);
		assertThat(open()).hasSize(8);
		this.clock.advance(Duration.ofDays(20));
		write(2050);
		this.clock.advance(Duration.ofDays(20));
		assertThat(open()).hasSize(8);
		this.clock.advance(Duration.ofDays(11));
		assertThat(open()).hasSize(4);
	}

	@Test
	void aStreamThatIsUpdatedScalesAfterwards() {
		stop();
		start(builder().delays(new Delays(Duration.ZERO, Duration.ofMinutes(1), Duration.ZERO))
			.scaling(OnDemandScaling.service()));
		write(2001);
		this.clock.advance(DELAY.minusSeconds(1));
		this.client.increaseStreamRetentionPeriod((retention) -> retention.streamName(STREAM).retentionPeriodHours(48))
			.join();
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(open()).hasSize(4);
		this.clock.advance(Duration.ofMinutes(1));
		assertThat(open()).hasSize(8);
	}

	@Test
	void readersMeetTheEndOfTheParentsAndTheirChildren() {
		write(2001);
		this.clock.advance(DELAY.minusSeconds(1));
		String iterator = this.client
			.getShardIterator(
					(get) -> get.streamName(STREAM).shardId(FIRST).shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		GetRecordsResponse page = this.client.getRecords((get) -> get.shardIterator(iterator)).join();
		assertThat(page.records()).isNotEmpty();
		assertThat(page.childShards()).isEmpty();
		this.clock.advance(Duration.ofSeconds(1));
		GetRecordsResponse end = this.client.getRecords((get) -> get.shardIterator(page.nextShardIterator())).join();
		assertThat(end.nextShardIterator()).isNull();
		assertThat(end.childShards()).hasSize(2).extracting(ChildShard::parentShards).containsOnly(List.of(FIRST));
	}

	@Test
	void aSubscriptionNoticesThatItsShardIsSplit() {
		write(2001);
		String arn = "arn:aws:kinesis:us-east-1:000000000000:stream/" + STREAM;
		String consumer = this.client
			.registerStreamConsumer((register) -> register.streamARN(arn).consumerName("reports"))
			.join()
			.consumer()
			.consumerARN();
		this.clock.advance(DELAY.minusSeconds(1));
		TestSubscription subscription = new TestSubscription(this.client, consumer, FIRST,
				(position) -> position.type(ShardIteratorType.LATEST));
		subscription.responded().join();
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(subscription.ended()).succeedsWithin(Duration.ofSeconds(10));
		assertThat(subscription.events()).last()
			.satisfies((event) -> assertThat(event.childShards()).hasSize(2)
				.extracting(ChildShard::parentShards)
				.containsOnly(List.of(FIRST)));
	}

	@Test
	void writersThatMeetTheSplitLoseNothing() {
		this.server.scaling(OnDemandScaling.after(Duration.ZERO));
		IntStream.range(0, 40).parallel().forEach((i) -> write(500));
		await().until(() -> open().size() == 64);
		assertThat(readAll()).hasSize(20_000);
	}

	@Test
	void shardsAreKeptOverARestart(@TempDir Path directory) {
		stop();
		start(builder().persistTo(directory).scaling(OnDemandScaling.after(Duration.ZERO)));
		write(2001);
		List<Shard> open = open();
		assertThat(open).hasSize(8);
		stop();
		start(builder().persistTo(directory).scaling(OnDemandScaling.after(Duration.ZERO)));
		assertThat(open()).isEqualTo(open);
		assertThat(readAll()).hasSize(2001);
	}

	@Test
	void aDelayAndANumberOfShardsHaveToMakeSense() {
		assertThatIllegalArgumentException().isThrownBy(() -> OnDemandScaling.after(Duration.ofMillis(-1)))
			.withMessage("'delay' must be from 0 to 30 days but is PT-0.001S");
		assertThatIllegalArgumentException().isThrownBy(() -> OnDemandScaling.after(Duration.ofDays(31)))
			.withMessageStartingWith("'delay' must be");
		assertThatIllegalArgumentException().isThrownBy(() -> new OnDemandScaling(DELAY, 0))
			.withMessage("'maxShards' must be at least 1 but is 0");
	}

	private static EmbeddedKinesisServer.Builder builder() {
		return EmbeddedKinesisServer.builder().stream(STREAM + ":4:on-demand");
	}

	private void start(EmbeddedKinesisServer.Builder builder) {
		this.server = builder.dynamoDb(false).clock(this.clock).start();
		this.client = KinesisClients.withoutRetries(this.server.endpoint(), WireProtocol.CBOR, Protocol.HTTP2);
	}

	/** Write records within one second of the clock, which stands still. */
	private void write(int records) {
		for (int left = records; left > 0; left -= 500) {
			write(STREAM, Math.min(500, left));
		}
	}

	private void write(String stream, int records) {
		List<PutRecordsRequestEntry> entries = IntStream.range(0, records)
			.mapToObj((i) -> PutRecordsRequestEntry.builder()
				.partitionKey("key-" + i)
				.data(SdkBytes.fromUtf8String("x"))
				.build())
			.toList();
		this.client.putRecords((put) -> put.streamName(stream).records(entries)).join();
	}

	private void put(int key, byte[] data) {
		this.client
			.putRecord((put) -> put.streamName(STREAM).partitionKey("key-" + key).data(SdkBytes.fromByteArray(data)))
			.join();
	}

	private List<Shard> listed() {
		return this.client.listShards((list) -> list.streamName(STREAM)).join().shards();
	}

	private List<Shard> open() {
		return listed().stream().filter(OnDemandScalingTests::isOpen).toList();
	}

	private static boolean isOpen(Shard shard) {
		return shard.sequenceNumberRange().endingSequenceNumber() == null;
	}

	private List<String> readAll() {
		List<String> sequenceNumbers = new ArrayList<>();
		for (Shard shard : listed()) {
			String iterator = this.client
				.getShardIterator((get) -> get.streamName(STREAM)
					.shardId(shard.shardId())
					.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
				.join()
				.shardIterator();
			String position = iterator;
			GetRecordsResponse page;
			do {
				String from = position;
				page = this.client.getRecords((get) -> get.shardIterator(from)).join();
				page.records().forEach((record) -> sequenceNumbers.add(record.sequenceNumber()));
				position = page.nextShardIterator();
			}
			while (position != null && !page.records().isEmpty());
		}
		return sequenceNumbers;
	}

}
