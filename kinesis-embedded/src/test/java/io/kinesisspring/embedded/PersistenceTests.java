package io.kinesisspring.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Consumer;
import software.amazon.awssdk.services.kinesis.model.EncryptionType;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.MetricsName;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentInputStatus;
import software.amazon.awssdk.services.kinesis.model.MinimumThroughputBillingCommitmentOutputStatus;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamMode;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

import io.kinesisspring.embedded.EmbeddedKinesisServer.Builder;
import io.kinesisspring.embedded.store.Delays;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * {@link EmbeddedKinesisServer.Builder#persistTo}: what is there after a restart.
 */
@Timeout(120)
class PersistenceTests {

	private static final String ORDERS = "orders";

	private static final int RECORD = 10_000;

	/** Closing those of a client takes two seconds. */
	private static final SdkEventLoopGroup THREADS = SdkEventLoopGroup.builder().numberOfThreads(1).build();

	@TempDir
	private Path directory;

	private MovableClock clock = MovableClock.system();

	private @Nullable EmbeddedKinesisServer server;

	private @Nullable KinesisAsyncClient client;

	@AfterAll
	static void stopThreads() {
		THREADS.eventLoopGroup().shutdownGracefully();
	}

	@BeforeEach
	void start() {
		restart(Function.identity());
	}

	@AfterEach
	void stop() {
		if (this.client != null) {
			this.client.close();
		}
		if (this.server != null) {
			this.server.close();
		}
	}

	private void restart(Function<Builder, Builder> settings) {
		stop();
		this.server = settings
			.apply(EmbeddedKinesisServer.builder().dynamoDb(false).clock(this.clock).persistTo(this.directory))
			.start();
		this.client = KinesisClients.withoutRetries(server().endpoint(), WireProtocol.CBOR,
				NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1).eventLoopGroup(THREADS));
	}

	private void restart() {
		restart(Function.identity());
	}

	private EmbeddedKinesisServer server() {
		assertThat(this.server).isNotNull();
		return this.server;
	}

	private KinesisAsyncClient client() {
		assertThat(this.client).isNotNull();
		return this.client;
	}

	@Test
	void recordsAndTheirSequenceNumbersAreKept() {
		server().createStream(ORDERS, 2);
		List<String> numbers = put(ORDERS, 0, 300);
		List<Record> before = read(ORDERS);
		restart();
		assertThat(read(ORDERS)).isEqualTo(before).hasSize(300);
		assertThat(before).extracting(Record::sequenceNumber).containsExactlyInAnyOrderElementsOf(numbers);
		assertThat(server().memoryUsed()).isPositive();
		List<String> more = put(ORDERS, 300, 10);
		restart();
		List<Record> after = read(ORDERS);
		assertThat(after).hasSize(310).doesNotHaveDuplicates().containsAll(before);
		assertThat(after).extracting(Record::sequenceNumber).containsAll(more).doesNotHaveDuplicates();
	}

	@Test
	void settingsTagsAndConsumersAreKept() {
		client()
			.createStream((request) -> request.streamName(ORDERS)
				.streamModeDetails((mode) -> mode.streamMode(StreamMode.ON_DEMAND))
				.maxRecordSizeInKiB(2048)
				.tags(Map.of("team", "billing", "old", "yes")))
			.join();
		String arn = describe(ORDERS).streamARN();
		client().increaseStreamRetentionPeriod((request) -> request.streamName(ORDERS).retentionPeriodHours(48)).join();
		client()
			.startStreamEncryption(
					(request) -> request.streamName(ORDERS).encryptionType(EncryptionType.KMS).keyId("alias/orders"))
			.join();
		client().removeTagsFromStream((request) -> request.streamName(ORDERS).tagKeys("old")).join();
		client().addTagsToStream((request) -> request.streamName(ORDERS).tags(Map.of("cost", "12"))).join();
		Consumer consumer = client()
			.registerStreamConsumer(
					(request) -> request.streamARN(arn).consumerName("invoices").tags(Map.of("tier", "1")))
			.join()
			.consumer();
		client().registerStreamConsumer((request) -> request.streamARN(arn).consumerName("gone")).join();
		client().deregisterStreamConsumer((request) -> request.streamARN(arn).consumerName("gone")).join();
		StreamDescriptionSummary before = describe(ORDERS);
		restart();
		assertThat(describe(ORDERS)).isEqualTo(before);
		assertThat(before.retentionPeriodHours()).isEqualTo(48);
		assertThat(tags(arn)).isEqualTo(Map.of("team", "billing", "cost", "12"));
		assertThat(client().listStreamConsumers((request) -> request.streamARN(arn)).join().consumers())
			.containsExactly(consumer);
		assertThat(tags(consumer.consumerARN())).isEqualTo(Map.of("tier", "1"));
	}

	@Test
	void metricsAndPoliciesAreKept() {
		server().createStream(ORDERS, 1);
		String arn = describe(ORDERS).streamARN();
		client()
			.enableEnhancedMonitoring(
					(request) -> request.streamName(ORDERS).shardLevelMetrics(MetricsName.INCOMING_BYTES))
			.join();
		client().putResourcePolicy((request) -> request.resourceARN(arn).policy("{}")).join();
		String consumerArn = client()
			.registerStreamConsumer((request) -> request.streamARN(arn).consumerName("invoices"))
			.join()
			.consumer()
			.consumerARN();
		client().putResourcePolicy((request) -> request.resourceARN(consumerArn).policy("{\"Id\":\"c\"}")).join();
		restart();
		assertThat(describe(ORDERS).enhancedMonitoring().get(0).shardLevelMetrics())
			.containsExactly(MetricsName.INCOMING_BYTES);
		assertThat(client().getResourcePolicy((request) -> request.resourceARN(arn)).join().policy()).isEqualTo("{}");
		assertThat(client().getResourcePolicy((request) -> request.resourceARN(consumerArn)).join().policy())
			.isEqualTo("{\"Id\":\"c\"}");
	}

	@Test
	void recordsWithoutPartitionKeysAreKept() {
		server().createStream("clicks:2:auto");
		List<PutRecordsRequestEntry> entries = Stream.of("a", "b")
			.map((data) -> PutRecordsRequestEntry.builder().data(SdkBytes.fromUtf8String(data)).build())
			.toList();
		client().putRecords((request) -> request.streamName("clicks").records(entries)).join();
		List<Record> records = read("clicks");
		StreamDescriptionSummary before = describe("clicks");
		restart();
		assertThat(read("clicks")).isEqualTo(records).hasSize(2);
		assertThat(records).extracting(Record::partitionKey).containsOnlyNulls();
		assertThat(describe("clicks")).isEqualTo(before);
	}

	@Test
	void theCommitmentOfTheAccountIsKept() {
		assertThat(commitment()).isEqualTo(MinimumThroughputBillingCommitmentOutputStatus.DISABLED);
		client().updateAccountSettings((request) -> request.minimumThroughputBillingCommitment(
				(input) -> input.status(MinimumThroughputBillingCommitmentInputStatus.ENABLED)))
			.join();
		restart();
		assertThat(commitment()).isEqualTo(MinimumThroughputBillingCommitmentOutputStatus.ENABLED);
	}

	private MinimumThroughputBillingCommitmentOutputStatus commitment() {
		return client().describeAccountSettings((request) -> {
		}).join().minimumThroughputBillingCommitment().status();
	}

	private Map<String, String> tags(String arn) {
		Map<String, String> tags = new TreeMap<>();
		client().listTagsForResource((request) -> request.resourceARN(arn))
			.join()
			.tags()
			.forEach((tag) -> tags.put(tag.key(), tag.value()));
		return tags;
	}

	@Test
	void splitsAndMergesAreKept() {
		server().createStream(ORDERS, 2);
		put(ORDERS, 0, 50);
		server().splitShard(ORDERS, "shardId-000000000000");
		put(ORDERS, 50, 50);
		restart();
		server().mergeShards(ORDERS, "shardId-000000000001", "shardId-000000000003");
		put(ORDERS, 100, 50);
		server().updateShardCount(ORDERS, 5);
		put(ORDERS, 150, 50);
		List<Shard> shards = shards(ORDERS);
		List<Record> records = read(ORDERS);
		restart();
		assertThat(shards(ORDERS)).isEqualTo(shards).hasSizeGreaterThan(8);
		assertThat(server().openShards(ORDERS)).hasSize(5);
		assertThat(read(ORDERS)).isEqualTo(records).hasSize(200);
		server().splitShard(ORDERS, server().openShards(ORDERS).get(0));
		assertThat(shards(ORDERS)).extracting(Shard::shardId).doesNotHaveDuplicates().hasSize(shards.size() + 2);
	}

	@Test
	void iteratorsGoOn() {
		server().createStream(ORDERS, 1);
		put(ORDERS, 0, 10);
		String start = iterator(ORDERS, "shardId-000000000000");
		String middle = client().getRecords((request) -> request.shardIterator(start).limit(4))
			.join()
			.nextShardIterator();
		restart();
		put(ORDERS, 10, 1);
		assertThat(client().getRecords((request) -> request.shardIterator(middle)).join().records()).hasSize(7);
	}

	@Test
	void aDeletedStreamStaysDeletedAndItsNumbersAreNotUsedAgain() {
		server().createStream(ORDERS, 1);
		String last = put(ORDERS, 0, 10).get(9);
		String iterator = iterator(ORDERS, "shardId-000000000000");
		server().deleteStream(ORDERS);
		assertThat(files()).noneMatch((file) -> file.toString().contains(ORDERS));
		restart();
		assertThat(client().listStreams().join().streamNames()).isEmpty();
		server().createStream(ORDERS, 1);
		restart();
		assertThat(
				client().getRecords((request) -> request.shardIterator(iterator)).handle((response, ex) -> ex).join())
			.hasMessageContaining("deleted");
		assertThat(new BigInteger(put(ORDERS, 0, 1).get(0))).isGreaterThan(new BigInteger(last));
	}

	@Test
	void streamsThatAreCreatedAndDeletedSlowlyGoOn() {
		this.clock = MovableClock.standingAt(Instant.parse("2026-11-28T12:00:00Z"));
		restart((builder) -> builder.delays(Delays.all(Duration.ofSeconds(10))));
		server().createStream(ORDERS, 1);
		restart((builder) -> builder.delays(Delays.all(Duration.ofSeconds(10))));
		assertThat(describe(ORDERS).streamStatus()).isEqualTo(StreamStatus.CREATING);
		this.clock.advance(Duration.ofSeconds(10));
		assertThat(describe(ORDERS).streamStatus()).isEqualTo(StreamStatus.ACTIVE);
		server().deleteStream(ORDERS);
		restart();
		assertThat(describe(ORDERS).streamStatus()).isEqualTo(StreamStatus.DELETING);
		this.clock.advance(Duration.ofSeconds(10));
		restart();
		assertThat(client().listStreams().join().streamNames()).isEmpty();
		assertThat(files()).noneMatch((file) -> file.toString().contains(ORDERS));
	}

	@Test
	void aStreamThatIsThereIsNotCreatedAgain() {
		restart((builder) -> builder.stream(ORDERS, 2));
		put(ORDERS, 0, 5);
		server().splitShard(ORDERS, "shardId-000000000000");
		restart((builder) -> builder.stream(ORDERS, 2).stream("audit", 1));
		assertThat(server().openShards(ORDERS)).hasSize(3);
		assertThat(read(ORDERS)).hasSize(5);
		assertThat(server().openShards("audit")).hasSize(1);
		assertThatIllegalStateException().isThrownBy(() -> server().createStream(ORDERS, 2))
			.withMessageContaining("already exists");
	}

	@Test
	void namesThatAFileSystemTakesForTheSameAreDifferent() {
		for (String name : List.of("orders", "Orders", ".", "..", "orders.")) {
			server().createStream(name, 1);
			put(name, name.length() * 10, 1);
		}
		restart();
		for (String name : List.of("orders", "Orders", ".", "..", "orders.")) {
			assertThat(read(name)).extracting(Record::partitionKey).containsExactly("key-" + name.length() * 10);
		}
	}

	@Test
	void whatRetentionDropsIsDeleted() {
		server().createStream(ORDERS, 2);
		put(ORDERS, 0, 100);
		server().mergeShards(ORDERS, "shardId-000000000000", "shardId-000000000001");
		put(ORDERS, 100, 100);
		assertThat(bytes()).isGreaterThan(200 * RECORD);
		this.clock.advance(Duration.ofHours(25));
		put(ORDERS, 200, 1);
		assertThat(read(ORDERS)).hasSize(1);
		assertThat(shards(ORDERS)).hasSize(1);
		assertThat(server().memoryUsed()).isLessThan(2 * RECORD);
		assertThat(bytes()).isLessThan(120 * RECORD);
		this.clock.advance(Duration.ofHours(25));
		assertThat(read(ORDERS)).isEmpty();
		assertThat(server().memoryUsed()).isZero();
		assertThat(bytes()).isLessThan(RECORD);
		List<Shard> shards = shards(ORDERS);
		restart();
		assertThat(shards(ORDERS)).isEqualTo(shards);
		assertThat(read(ORDERS)).isEmpty();
		put(ORDERS, 201, 1);
		assertThat(read(ORDERS)).hasSize(1);
	}

	@Test
	void theMemoryLimitCountsAndBoundsTheDirectory() {
		long limit = 3000L * RECORD;
		restart((builder) -> builder.memoryLimit(limit).stream(ORDERS, 1));
		for (int i = 0; i < 50; i++) {
			put(ORDERS, i * 100, 100);
		}
		assertThat(last(read(ORDERS)).partitionKey()).isEqualTo("key-4999");
		assertThat(bytes()).isBetween(limit / 2, limit + (17 << 20));
		restart((builder) -> builder.memoryLimit(limit / 2));
		assertThat(server().memoryUsed()).isBetween(limit / 8, limit / 2);
		assertThat(last(read(ORDERS)).partitionKey()).isEqualTo("key-4999");
	}

	/**
	 * What cannot be written is refused, and has no effect on shards and records.
	 */
	@Test
	void aChangeThatCannotBeKeptIsRejected() throws IOException {
		server().createStream(ORDERS, 1);
		Path obstacle = files().stream()
			.filter((file) -> file.endsWith("stream.json"))
			.findFirst()
			.orElseThrow()
			.resolveSibling("stream.json.new/obstacle");
		Files.createDirectories(obstacle);
		assertThat(client().splitShard(
				(request) -> request.streamName(ORDERS).shardToSplit("shardId-000000000000").newStartingHashKey("1000"))
			.handle((response, ex) -> ex)
			.join()).hasMessageContaining("Nothing was stored").hasMessageContaining("500");
		assertThat(client().addTagsToStream((request) -> request.streamName(ORDERS).tags(Map.of("a", "b")))
			.handle((response, ex) -> ex)
			.join()).hasMessageContaining("could not write");
		assertThat(client().deleteStream((request) -> request.streamName(ORDERS)).handle((response, ex) -> ex).join())
			.hasMessageContaining("could not write");
		assertThat(server().openShards(ORDERS)).containsExactly("shardId-000000000000");
		put(ORDERS, 0, 10);
		Files.delete(obstacle);
		Files.delete(obstacle.getParent());
		server().splitShard(ORDERS, "shardId-000000000000");
		put(ORDERS, 10, 10);
		restart();
		assertThat(server().openShards(ORDERS)).hasSize(2);
		assertThat(read(ORDERS)).hasSize(20);
	}

	@Test
	void aDirectoryHasOneServer() {
		assertThatIllegalStateException()
			.isThrownBy(() -> EmbeddedKinesisServer.builder().dynamoDb(false).persistTo(this.directory).start())
			.withMessageContaining("in use by another server");
	}

	@Test
	void nothingIsLeftOpenIfTheStartFails() {
		server().createStream(ORDERS, 1);
		try (EmbeddedKinesisServer other = EmbeddedKinesisServer.builder().dynamoDb(false).start()) {
			assertThatIllegalStateException().isThrownBy(() -> restart((builder) -> builder.port(other.port())))
				.withMessageContaining("Could not listen");
		}
		restart();
		assertThat(server().openShards(ORDERS)).hasSize(1);
	}

	@Test
	void aDamagedRecordIsNamedAndNothingIsChanged() throws IOException {
		server().createStream(ORDERS, 1);
		put(ORDERS, 0, 10);
		stop();
		Path file = files().stream().filter((path) -> path.toString().endsWith(".records")).findFirst().orElseThrow();
		byte[] whole = Files.readAllBytes(file);
		byte[] damaged = whole.clone();
		damaged[RECORD] ^= 1;
		Files.write(file, damaged);
		assertThatIllegalStateException().isThrownBy(this::restart)
			.withMessageContaining("The file '" + file + "' is damaged at byte");
		assertThat(file).hasBinaryContent(damaged);
		Files.write(file, whole);
		restart();
		assertThat(read(ORDERS)).hasSize(10);
	}

	private StreamDescriptionSummary describe(String stream) {
		return client().describeStreamSummary((request) -> request.streamName(stream))
			.join()
			.streamDescriptionSummary();
	}

	private List<Shard> shards(String stream) {
		return client().listShards((request) -> request.streamName(stream)).join().shards();
	}

	private List<String> put(String stream, int first, int count) {
		List<PutRecordsRequestEntry> entries = IntStream.range(first, first + count)
			.mapToObj((i) -> PutRecordsRequestEntry.builder()
				.partitionKey("key-" + i)
				.data(SdkBytes.fromByteArray(new byte[RECORD]))
				.build())
			.toList();
		return client().putRecords((request) -> request.streamName(stream).records(entries))
			.join()
			.records()
			.stream()
			.map(PutRecordsResultEntry::sequenceNumber)
			.toList();
	}

	private List<Record> read(String stream) {
		List<Record> records = new ArrayList<>();
		for (Shard shard : shards(stream)) {
			String iterator = iterator(stream, shard.shardId());
			while (iterator != null) {
				String current = iterator;
				GetRecordsResponse response = client().getRecords((request) -> request.shardIterator(current)).join();
				records.addAll(response.records());
				iterator = response.records().isEmpty() ? null : response.nextShardIterator();
			}
		}
		return records;
	}

	private static Record last(List<Record> records) {
		return records.stream()
			.max(Comparator.comparing((record) -> new BigInteger(record.sequenceNumber())))
			.orElseThrow();
	}

	private String iterator(String stream, String shard) {
		return client()
			.getShardIterator((request) -> request.streamName(stream)
				.shardId(shard)
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
	}

	private List<Path> files() {
		try (Stream<Path> files = Files.walk(this.directory)) {
			return files.filter(Files::isRegularFile).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private long bytes() {
		return files().stream().mapToLong((file) -> file.toFile().length()).sum();
	}

}
