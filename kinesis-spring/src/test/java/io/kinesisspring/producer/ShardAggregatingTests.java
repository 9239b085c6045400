package io.kinesisspring.producer;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.observation.KinesisObservations;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of aggregating records of different keys that belong to one shard.
 */
class ShardAggregatingTests {

	private final SimulatedEventLoop loop = new SimulatedEventLoop(5);

	private final ReshardedStream stream = new ReshardedStream(this.loop, new Random(5), 4);

	private final List<CompletableFuture<SendResult>> sent = new ArrayList<>();

	private int misplaced;

	private final KinesisTemplate template = template(ProducerOptions.builder());

	private KinesisTemplate template(ProducerOptions.Builder options) {
		SendObserver observer = new SendObserver() {

			@Override
			public void misplaced(String stream, int records) {
				ShardAggregatingTests.this.misplaced += records;
			}

		};
		return new KinesisTemplate(new SendContext(this.stream, this.loop, Runnable::run), new SimpleRecordConverter(),
				options.aggregation(Aggregation.SHARD).observer(observer).build(), List.of(), KinesisObservations.NONE);
	}

	@Test
	void aggregatesTheRecordsOfEachShard() {
		listShards();
		send(400);
		this.loop.advance(Duration.ofMillis(200));

		List<PutRecordsRequestEntry> aggregates = aggregates();
		assertThat(aggregates).hasSize(4);
		assertThat(aggregates).flatExtracting(ShardAggregatingTests::records).hasSize(400);
		assertThat(aggregates).allSatisfy((entry) -> assertThat(entry.partitionKey()).isEqualTo("a"));
		assertThat(aggregates).extracting(PutRecordsRequestEntry::explicitHashKey)
			.isEqualTo(aggregates.stream().map((entry) -> hashKey(records(entry).get(0)).toString()).toList());
		assertThat(this.sent.subList(1, 401)).allSatisfy((future) -> assertThat(future).isCompleted());
		for (PutRecordsRequestEntry entry : aggregates) {
			Set<BigInteger> quarters = new HashSet<>();
			records(entry).forEach((record) -> quarters.add(hashKey(record).shiftRight(126)));
			assertThat(quarters).hasSize(1);
		}
		SendResult last = this.sent.get(400).join();
		assertThat(last.subSequenceNumber()).isNotNull();
		assertThat(this.template.memory().used()).isZero();
	}

	@Test
	void keepsExplicitHashKeys() {
		listShards();
		for (int i = 0; i < 40; i++) {
			this.sent.add(this.template
				.send(ProducerRecord.of("s", "key-" + i, "record " + i).withExplicitHashKey(Integer.toString(i))));
		}
		this.loop.advance(Duration.ofMillis(200));

		assertThat(aggregates()).singleElement()
			.satisfies((entry) -> assertThat(records(entry)).extracting(UserRecord::explicitHashKey)
				.contains("0", "39")
				.hasSize(40));
	}

	@Test
	void recordsWithoutAKeyShareOne() {
		listShards();
		for (int i = 0; i < 100; i++) {
			this.sent.add(this.template.send("s", "record " + i));
		}
		this.loop.advance(Duration.ofMillis(200));

		assertThat(aggregates()).isNotEmpty()
			.allSatisfy((entry) -> assertThat(records(entry).stream().map(UserRecord::partitionKey).distinct().toList())
				.hasSize(1));
	}

	@Test
	void aggregatesUpToTheMaximumSize() {
		KinesisTemplate small = template(ProducerOptions.builder().aggregationMaxSize(DataSize.ofKilobytes(10)));
		small.send("s", "first", "x");
		this.loop.advance(Duration.ofSeconds(1));
		small.send("s", "first", "x");
		this.loop.advance(Duration.ofSeconds(1));
		for (int i = 0; i < 100; i++) {
			small.send("s", "key-" + i, new byte[1000]);
		}
		small.send("s", "large", new byte[11_000]);
		this.loop.advance(Duration.ofSeconds(2));

		assertThat(this.stream.entries()).extracting((entry) -> entry.data().asByteArrayUnsafe().length)
			.allSatisfy((size) -> assertThat(size).isLessThanOrEqualTo(11_000))
			.anySatisfy((size) -> assertThat(size).isBetween(9_000, 10_240));
		assertThat(this.stream.entries()).filteredOn((entry) -> entry.partitionKey().equals("large")).hasSize(1);
	}

	@Test
	void recordsThatLingerWaitForTheFirstListing() {
		send(4000);
		this.loop.advance(Duration.ofSeconds(2));

		assertThat(aggregates()).flatExtracting(ShardAggregatingTests::records).hasSize(4000);
		assertThat(this.stream.entries()).hasSameSizeAs(aggregates());
	}

	@Test
	void noRecordWaitsForTheFirstListingLongerThanASecond() {
		this.stream.listsNever();
		send(4000);
		this.loop.advance(Duration.ofMillis(999));
		assertThat(this.stream.entries()).isEmpty();
		this.loop.advance(Duration.ofMillis(600));
		assertThat(this.stream.entries()).hasSize(4000);
	}

	@Test
	void noRecordWaitsForALaterListingLongerThanItLingers() {
		listShards();
		this.loop.advance(OpenShards.QUIET.plusSeconds(1));
		this.stream.listsNever();
		int before = this.stream.entries().size();
		send(4000);
		this.loop.advance(Duration.ofMillis(49));
		assertThat(this.stream.entries()).hasSize(before);
		this.loop.advance(Duration.ofMillis(600));
		assertThat(this.stream.entries()).hasSize(before + 4000);
	}

	@Test
	void theFirstRecordGoesAsSoonAsTheAnswersAreThere() {
		ProducerOptions.Builder options = ProducerOptions.builder().linger(Duration.ZERO);
		this.sent.add(template(options).send("s", "key", "record 0"));
		this.loop.advance(Duration.ofMillis(100));
		assertThat(this.sent.get(0)).isCompleted();
	}

	@Test
	void sendersWaitWhileTheFirstAnswersAreAwaited() {
		this.stream.listsNever();
		Load load = new Load(this.template);
		load.run(Duration.ofMillis(990), (number) -> "key-" + number);
		assertThat(load.number).isBetween(1000, 1100);
		assertThat(load.waits).isPositive();
		load.run(Duration.ofSeconds(1), (number) -> "key-" + number);
		assertThat(load.number).isGreaterThan(2000);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(load.elapsed).hasSize(load.number);
	}

	@Test
	void sendsOneByOneWhileTheShardsAreUnknown() {
		this.stream.listsNothing(true);
		send(50);
		this.loop.advance(Duration.ofSeconds(5));

		assertThat(aggregates()).isEmpty();
		assertThat(this.stream.entries()).hasSize(50);
		this.stream.listsNothing(false);
		send(1);
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.stream.listed()).isLessThan(8);
	}

	@Test
	void listsTheShardsOnceAndAfterAQuietTime() {
		listShards();
		int before = this.stream.listed();
		for (int i = 0; i < 200; i++) {
			send(20);
			this.loop.advance(Duration.ofSeconds(5));
		}
		assertThat(this.stream.listed()).isEqualTo(before);
		this.loop.advance(OpenShards.QUIET.plusSeconds(1));
		send(20);
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.stream.listed()).isBetween(before + 1, before + 2);
	}

	@Test
	void sendsAgainWhatTheClientLibraryWouldDrop() {
		listShards();
		this.stream.split();
		send(400);
		this.loop.advance(Duration.ofSeconds(2));

		assertThat(this.misplaced).isPositive();
		assertThat(this.sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(this.stream.readByTheClientLibrary()).containsAll(texts());
		assertThat(texts().stream().filter((text) -> this.stream.copies(text) > 1)).hasSize(this.misplaced);

		this.misplaced = 0;
		send(400);
		this.loop.advance(Duration.ofSeconds(2));
		assertThat(this.misplaced).isZero();
		assertThat(texts().stream().filter((text) -> this.stream.copies(text) > 2)).isEmpty();
	}

	@Test
	void lingersForFiftyMillisecondsByDefault() {
		assertThat(ProducerOptions.builder().aggregation(Aggregation.SHARD).build().linger())
			.isEqualTo(Duration.ofMillis(50));
		assertThat(ProducerOptions.builder().aggregation(Aggregation.SHARD).linger(Duration.ZERO).build().linger())
			.isEqualTo(Duration.ZERO);
		assertThat(ProducerOptions.defaults().linger()).isEqualTo(Duration.ZERO);
	}

	/**
	 * The stream accepts 4 MiB a second, and senders have 10 MB.
	 */
	@Test
	void sendersWaitWhileEachShardHasEnoughAndTheStreamStoresAsMuch() {
		ProducerOptions.Builder options = ProducerOptions.builder().bufferMemory(DataSize.ofMegabytes(256));
		Load limited = new Load(template(options));
		Load unlimited = new Load(template(options.targetDelay(Duration.ZERO)));
		limited.run(Duration.ofSeconds(10), (number) -> "key-" + number);
		unlimited.run(Duration.ofSeconds(10), (number) -> "key-" + number);

		assertThat(limited.waits).isPositive();
		assertThat(unlimited.waits).isZero();
		assertThat((double) limited.elapsed.size()).isGreaterThan(0.98 * unlimited.elapsed.size());
		assertThat(limited.percentile(50)).isLessThan(Duration.ofMillis(300));
		assertThat(limited.percentile(99)).isLessThan(Duration.ofMillis(900));
		assertThat(unlimited.percentile(50)).isGreaterThan(Duration.ofSeconds(1));
	}

	@Test
	void aHotShardMakesNobodyWaitForTheOthers() {
		Load load = new Load(this.template);
		listShards();
		// All of one key, which belongs to one of four shards
		load.run(Duration.ofSeconds(3), (number) -> (number % 100 == 0) ? "key-" + number : "hot");
		assertThat(load.waits).isZero();
	}

	@Test
	void aBurstIsTakenAtOnce() {
		listShards();
		for (int i = 0; i < 1000; i++) {
			this.template.send("s", "key-" + i, new byte[1000]);
			assertThat(this.template.memory().gate().isOpen("s")).isTrue();
			this.loop.runUntilIdle();
		}
	}

	@Test
	void rejectsListingsWithGapsAndOverlaps() {
		BigInteger half = BigInteger.ONE.shiftLeft(127);
		BigInteger end = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);
		ShardTable.ShardRange low = new ShardTable.ShardRange("0", BigInteger.ZERO, half.subtract(BigInteger.ONE),
				null);
		ShardTable.ShardRange high = new ShardTable.ShardRange("1", half, end, null);
		ShardTable.ShardRange all = new ShardTable.ShardRange("2", BigInteger.ZERO, end, null);
		assertThat(ShardTable.of(List.of(high, low)).ranges()).containsExactly(low, high);
		for (List<ShardTable.ShardRange> wrong : List.of(List.<ShardTable.ShardRange>of(), List.of(low), List.of(high),
				List.of(low, high, all))) {
			assertThatIllegalArgumentException().isThrownBy(() -> ShardTable.of(wrong));
		}
	}

	@Test
	void findsTheShardOfEachHashKey() {
		BigInteger end = BigInteger.ONE.shiftLeft(128);
		List<ShardTable.ShardRange> ranges = new ArrayList<>();
		for (int i = 0; i < 7; i++) {
			ranges.add(new ShardTable.ShardRange("shard-" + i,
					end.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(7)),
					end.multiply(BigInteger.valueOf(i + 1)).divide(BigInteger.valueOf(7)).subtract(BigInteger.ONE),
					null));
		}
		ShardTable table = ShardTable.of(ranges);
		for (ShardTable.ShardRange range : ranges) {
			assertThat(table.rangeAt(range.low())).isEqualTo(range);
			assertThat(table.rangeAt(range.high())).isEqualTo(range);
		}
	}

	/**
	 * The first records go one by one.
	 */
	private void listShards() {
		send(1);
		this.loop.advance(Duration.ofSeconds(1));
		this.template.send("s", "second", "x");
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.stream.listed()).isPositive();
	}

	private void send(int count) {
		for (int i = 0; i < count; i++) {
			int number = this.sent.size();
			this.sent.add(this.template.send("s", "key-" + number, "record " + number));
		}
	}

	private List<String> texts() {
		List<String> texts = new ArrayList<>();
		for (int i = 0; i < this.sent.size(); i++) {
			texts.add("record " + i);
		}
		return texts;
	}

	private List<PutRecordsRequestEntry> aggregates() {
		return this.stream.entries()
			.stream()
			.filter((entry) -> AggregatedRecords.open(entry.data().asByteArray()).isPresent())
			.toList();
	}

	private static List<UserRecord> records(PutRecordsRequestEntry entry) {
		return AggregatedRecords.open(entry.data().asByteArray()).orElseThrow();
	}

	private static BigInteger hashKey(UserRecord record) {
		assertThat(new String(record.data(), StandardCharsets.UTF_8)).startsWith("record ");
		return Objects.requireNonNull(HashKeys.find()).of(record.explicitHashKey(), record.partitionKey());
	}

	/**
	 * Sends all that is accepted without waiting, up to 40 records in a millisecond.
	 */
	private final class Load {

		private final KinesisTemplate sender;

		private final List<Duration> elapsed = new ArrayList<>();

		private int number;

		private int waits;

		Load(KinesisTemplate sender) {
			this.sender = sender;
		}

		void run(Duration time, IntFunction<String> keys) {
			for (int millis = 0; millis < time.toMillis(); millis++) {
				for (int i = 0; i < 40; i++) {
					if (!this.sender.memory().gate().isOpen("s")) {
						this.waits++;
						break;
					}
					this.sender.send("s", keys.apply(this.number++), new byte[240])
						.thenAccept((result) -> this.elapsed.add(result.elapsed()));
				}
				ShardAggregatingTests.this.loop.advance(Duration.ofMillis(1));
			}
		}

		Duration percentile(int percent) {
			return this.elapsed.stream().sorted().toList().get(this.elapsed.size() * percent / 100);
		}

	}

}
