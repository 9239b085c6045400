package io.kinesisspring.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.Tag;

import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes with {@code --persist} that end as by {@code kill -9} while they are written
 * to, and on a disk that is full. {@code -Dkinesis.test.seeds} and
 * {@code -Dkinesis.test.first-seed} choose other moments.
 */
@Timeout(600)
class KilledProcessTests {

	private static final String ORDERS = "orders";

	private static final int LIVES = 3;

	private static final int IN_FLIGHT = 6;

	/** So that there are many segments. */
	private static final String SEGMENT = "-Dkinesis.embedded.segment-bytes=30000";

	/**
	 * What was acknowledged or read: sequence numbers by the partition key, which is
	 * unique.
	 */
	private final Map<String, String> known = new ConcurrentHashMap<>();

	private final Set<String> shards = ConcurrentHashMap.newKeySet();

	private final AtomicInteger sent = new AtomicInteger();

	private volatile int tag;

	@TempDir
	private Path directory;

	static IntStream seeds() {
		int first = Integer.getInteger("kinesis.test.first-seed", 1);
		return IntStream.range(first, first + Integer.getInteger("kinesis.test.seeds", 1));
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void nothingThatWasAcknowledgedIsLost(int seed) {
		Random random = new Random(seed);
		for (int life = 0; life < LIVES; life++) {
			try (ServerProcess process = start(); KinesisAsyncClient client = client(process)) {
				verify(client);
				CompletableFuture<Void> control = CompletableFuture
					.runAsync(() -> change(client, new Random(random.nextInt())));
				write(client, random, 1 + random.nextInt(40));
				process.kill();
				control.join();
			}
		}
		try (ServerProcess process = start(); KinesisAsyncClient client = client(process)) {
			verify(client);
		}
		assertThat(this.known).hasSizeGreaterThan(LIVES);
	}

	private ServerProcess start(String... java) {
		List<String> options = new ArrayList<>(List.of(java));
		options.addAll(
				List.of(SEGMENT, "-cp", System.getProperty("java.class.path"), EmbeddedKinesisMain.class.getName()));
		return ServerProcess.startWith(options, "--port", "0", "--persist", this.directory.toString(), "--stream",
				ORDERS + ":2");
	}

	private static KinesisAsyncClient client(ServerProcess process) {
		return KinesisClients.withoutRetries(process.endpoint(), WireProtocol.CBOR, Protocol.HTTP1_1);
	}

	/**
	 * Write until enough requests are acknowledged, and leave others on their way.
	 */
	private void write(KinesisAsyncClient client, Random random, int requests) {
		Semaphore permits = new Semaphore(IN_FLIGHT);
		AtomicInteger acknowledged = new AtomicInteger();
		AtomicInteger failed = new AtomicInteger();
		while (acknowledged.get() < requests) {
			assertThat(failed).hasValue(0);
			permits.acquireUninterruptibly();
			List<PutRecordsRequestEntry> entries = new ArrayList<>();
			for (int i = random.nextInt(20); i >= 0; i--) {
				entries.add(PutRecordsRequestEntry.builder()
					.partitionKey(Integer.toString(this.sent.incrementAndGet()))
					.data(SdkBytes.fromByteArray(new byte[random.nextInt(2000)]))
					.build());
			}
			client.putRecords((request) -> request.streamName(ORDERS).records(entries)).whenComplete((response, ex) -> {
				if (response != null) {
					acknowledge(entries, response);
					acknowledged.incrementAndGet();
				}
				else if (acknowledged.get() < requests) {
					failed.incrementAndGet();
				}
				permits.release();
			});
		}
	}

	private void acknowledge(List<PutRecordsRequestEntry> entries, PutRecordsResponse response) {
		for (int i = 0; i < entries.size(); i++) {
			String number = response.records().get(i).sequenceNumber();
			if (number != null) {
				this.known.put(entries.get(i).partitionKey(), number);
			}
		}
	}

	/**
	 * Change shards and tags and read, until the process is killed.
	 */
	private void change(KinesisAsyncClient client, Random random) {
		try {
			while (true) {
				int next = this.tag + 1;
				client
					.addTagsToStream((request) -> request.streamName(ORDERS).tags(Map.of("n", Integer.toString(next))))
					.join();
				this.tag = next;
				int count = 1 + random.nextInt(4);
				try {
					client
						.updateShardCount((request) -> request.streamName(ORDERS)
							.targetShardCount(count)
							.scalingType("UNIFORM_SCALING"))
						.join();
				}
				catch (CompletionException ex) {
					if (!isAnswer(ex)) {
						throw ex;
					}
				}
				listShards(client).forEach((shard) -> this.shards.add(shard.shardId()));
				read(client).forEach((record) -> this.known.put(record.partitionKey(), record.sequenceNumber()));
			}
		}
		catch (CompletionException ex) {
			if (isAnswer(ex)) {
				throw ex;
			}
		}
	}

	/**
	 * More than doubling the shards is refused, for example.
	 */
	private static boolean isAnswer(CompletionException ex) {
		return ex.getCause() instanceof KinesisException;
	}

	private void verify(KinesisAsyncClient client) {
		List<Record> records = read(client);
		Map<String, String> found = new HashMap<>();
		Set<String> numbers = new HashSet<>();
		for (Record record : records) {
			assertThat(found.put(record.partitionKey(), record.sequenceNumber())).isNull();
			assertThat(numbers.add(record.sequenceNumber())).isTrue();
		}
		assertThat(found).containsAllEntriesOf(this.known);
		this.known.putAll(found);
		assertThat(listShards(client)).extracting(Shard::shardId).containsAll(this.shards);
		List<Tag> tags = client.listTagsForStream((request) -> request.streamName(ORDERS)).join().tags();
		int kept = tags.isEmpty() ? 0 : Integer.parseInt(tags.get(0).value());
		assertThat(kept).isBetween(this.tag, this.tag + 1);
		this.tag = kept;
	}

	private static List<Shard> listShards(KinesisAsyncClient client) {
		return client.listShards((request) -> request.streamName(ORDERS)).join().shards();
	}

	private static List<Record> read(KinesisAsyncClient client) {
		List<Record> records = new ArrayList<>();
		for (Shard shard : listShards(client)) {
			String iterator = client
				.getShardIterator((request) -> request.streamName(ORDERS)
					.shardId(shard.shardId())
					.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
				.join()
				.shardIterator();
			while (iterator != null) {
				String current = iterator;
				GetRecordsResponse response = client.getRecords((request) -> request.shardIterator(current)).join();
				records.addAll(response.records());
				iterator = response.records().isEmpty() ? null : response.nextShardIterator();
			}
		}
		return records;
	}

	/**
	 * The limit on the size of files has the kernel fail writes after a part of them, as
	 * on a full disk.
	 */
	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void whatDoesNotFitOnTheDiskIsRefused() {
		try (ServerProcess process = ServerProcess.startLimited(100,
				List.of("-cp", System.getProperty("java.class.path"), EmbeddedKinesisMain.class.getName()), "--port",
				"0", "--persist", this.directory.toString(), "--stream", ORDERS + ":1");
				KinesisAsyncClient client = client(process)) {
			assertThat(write(client, 20, 900)).isGreaterThan(20);
			assertThat(client.putRecord((request) -> request.streamName(ORDERS).partitionKey("one").data(bytes(1000)))
				.handle((response, ex) -> ex)
				.join()).hasMessageContaining("Nothing was stored");
			int before = this.known.size();
			assertThat(before).isGreaterThan(20);
			// Smaller ones go where a part of a larger one was
			assertThat(write(client, 1, 1)).isZero();
			assertThat(this.known).hasSize(before + 10);
			assertThat(read(client)).extracting(Record::partitionKey)
				.containsExactlyInAnyOrderElementsOf(this.known.keySet());
			process.kill();
		}
		try (ServerProcess process = start(); KinesisAsyncClient client = client(process)) {
			Set<String> before = Set.copyOf(this.known.keySet());
			verify(client);
			assertThat(this.known.keySet()).isEqualTo(before);
			client.putRecord((request) -> request.streamName(ORDERS).partitionKey("one").data(bytes(1000))).join();
			assertThat(read(client)).hasSize(before.size() + 1);
		}
	}

	private static SdkBytes bytes(int size) {
		byte[] bytes = new byte[size];
		Arrays.fill(bytes, (byte) 7);
		return SdkBytes.fromByteArray(bytes);
	}

	/**
	 * Write ten records with each request.
	 * @return how many records were refused
	 */
	private int write(KinesisAsyncClient client, int requests, int size) {
		int refused = 0;
		for (int i = 0; i < requests; i++) {
			List<PutRecordsRequestEntry> entries = IntStream.range(0, 10)
				.mapToObj((number) -> PutRecordsRequestEntry.builder()
					.partitionKey(Integer.toString(this.sent.incrementAndGet()))
					.data(bytes(size))
					.build())
				.toList();
			PutRecordsResponse response = client.putRecords((request) -> request.streamName(ORDERS).records(entries))
				.join();
			acknowledge(entries, response);
			refused += response.failedRecordCount();
			response.records()
				.stream()
				.filter((entry) -> entry.errorCode() != null)
				.forEach((entry) -> assertThat(entry.errorMessage()).contains("Nothing was stored", "disk space"));
		}
		return refused;
	}

	@Test
	void anotherProcessDoesNotUseTheSameDirectory() throws Exception {
		try (ServerProcess process = start()) {
			assertThat(process.endpoint()).isNotNull();
			try (ServerProcess second = start()) {
				assertThat(second.exitCode()).isEqualTo(1);
				assertThat(second.errors()).singleElement()
					.asString()
					.contains(this.directory + "' is in use by another server");
			}
		}
	}

}
