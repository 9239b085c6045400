package io.kinesisspring.embedded.conformance;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the conformance tests share: one server and one client for a class, streams for
 * each test. A subclass says which server, which client and which protocol.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ConformanceTests {

	static final String FIRST_SHARD = "shardId-000000000000";

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final AtomicInteger streams = new AtomicInteger();

	private TestServer server;

	private KinesisAsyncClient client;

	abstract TestServer startServer();

	abstract WireProtocol wire();

	abstract Protocol http();

	@BeforeAll
	void connect() {
		this.server = startServer();
		this.client = newClient(this.server.endpoint());
	}

	KinesisAsyncClient newClient(URI endpoint) {
		return KinesisClients.retryingClosedConnections(endpoint, wire(), http());
	}

	@AfterAll
	void disconnect() {
		if (this.server != null) {
			this.client.close();
			this.server.stop().run();
		}
	}

	KinesisAsyncClient client() {
		return this.client;
	}

	void needs(Feature feature) {
		Assumptions.assumeFalse(this.server.missing().contains(feature), () -> "This server lacks " + feature);
	}

	String newName() {
		return "stream-" + this.streams.incrementAndGet();
	}

	String newStream(int shards) {
		String name = newName();
		this.client.createStream((request) -> request.streamName(name).shardCount(shards)).join();
		awaitActive(name);
		return name;
	}

	void awaitActive(String stream) {
		Awaitility.await()
			.atMost(TIMEOUT)
			.pollInterval(Duration.ofMillis(5))
			.until(() -> this.client.describeStreamSummary((request) -> request.streamName(stream))
				.join()
				.streamDescriptionSummary()
				.streamStatus() == StreamStatus.ACTIVE);
	}

	List<Shard> shards(String stream) {
		return this.client.listShards((request) -> request.streamName(stream)).join().shards();
	}

	PutRecordsResponse put(String stream, int from, int count) {
		List<PutRecordsRequestEntry> entries = IntStream.range(from, from + count)
			.mapToObj(Integer::toString)
			.map((number) -> PutRecordsRequestEntry.builder()
				.partitionKey(number)
				.data(SdkBytes.fromString(number, StandardCharsets.UTF_8))
				.build())
			.toList();
		return this.client.putRecords((request) -> request.streamName(stream).records(entries)).join();
	}

	String iterator(String stream, String shard) {
		return iterator(stream, shard, ShardIteratorType.TRIM_HORIZON, null);
	}

	String iterator(String stream, String shard, ShardIteratorType type, String sequenceNumber) {
		return this.client
			.getShardIterator((request) -> request.streamName(stream)
				.shardId(shard)
				.shardIteratorType(type)
				.startingSequenceNumber(sequenceNumber))
			.join()
			.shardIterator();
	}

	GetRecordsResponse read(String iterator) {
		return this.client.getRecords((request) -> request.shardIterator(iterator)).join();
	}

	List<String> readPayloads(String stream, String shard) {
		List<String> payloads = new ArrayList<>();
		read(iterator(stream, shard)).records().forEach((record) -> payloads.add(record.data().asUtf8String()));
		return payloads;
	}

	static void assertRejected(Class<? extends KinesisException> type, CompletableFuture<?> call) {
		assertThatExceptionOfType(CompletionException.class).isThrownBy(call::join).havingCause().isInstanceOf(type);
	}

}
