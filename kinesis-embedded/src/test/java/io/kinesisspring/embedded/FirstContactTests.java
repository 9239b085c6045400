package io.kinesisspring.embedded;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The SDK's own clients, unmodified, over each protocol.
 */
@ParameterizedClass(name = "{0} over {1}")
@CsvSource({ "CBOR, HTTP2", "JSON, HTTP2", "CBOR, HTTP1_1", "JSON, HTTP1_1" })
class FirstContactTests {

	@Parameter(0)
	WireProtocol wire;

	@Parameter(1)
	Protocol http;

	private EmbeddedKinesisServer server;

	private KinesisAsyncClient client;

	@BeforeEach
	void start() {
		this.wire.activate();
		this.server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 4).start();
		this.client = KinesisClients.withoutRetries(this.server.endpoint(), this.http);
	}

	@AfterEach
	void stop() {
		this.client.close();
		this.server.close();
		WireProtocol.reset();
	}

	@Test
	void createsDescribesListsAndDeletesStreams() {
		this.client.createStream((request) -> request.streamName("clicks").shardCount(2)).join();
		assertThat(this.client.listStreams().join().streamNames()).containsExactly("clicks", "orders");
		var description = this.client.describeStream((request) -> request.streamName("clicks"))
			.join()
			.streamDescription();
		assertThat(description.streamStatus()).isEqualTo(StreamStatus.ACTIVE);
		assertThat(description.shards()).hasSize(2);
		assertThat(description.streamCreationTimestamp()).isBetween("2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z");
		var summary = this.client.describeStreamSummary((request) -> request.streamARN(description.streamARN()))
			.join()
			.streamDescriptionSummary();
		assertThat(summary.openShardCount()).isEqualTo(2);
		this.client.deleteStream((request) -> request.streamName("clicks")).join();
		assertThat(this.client.listStreams().join().streamNames()).containsExactly("orders");
	}

	@Test
	void answersTypedErrors() {
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> this.client.describeStream((request) -> request.streamName("missing")).join())
			.withCauseInstanceOf(ResourceNotFoundException.class)
			.withMessageContaining("Stream missing under account");
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> this.client.createStream((request) -> request.streamName("orders").shardCount(1)).join())
			.withCauseInstanceOf(ResourceInUseException.class);
	}

	@Test
	void hashRangesTileTheWholeSpace() {
		List<Shard> shards = this.client.listShards((request) -> request.streamName("orders")).join().shards();
		BigInteger next = BigInteger.ZERO;
		for (Shard shard : shards) {
			assertThat(shard.hashKeyRange().startingHashKey()).isEqualTo(next.toString());
			next = new BigInteger(shard.hashKeyRange().endingHashKey()).add(BigInteger.ONE);
		}
		assertThat(next).isEqualTo(BigInteger.ONE.shiftLeft(128));
	}

	@Test
	void recordsAtABoundaryGoToTheShardThatItBelongsTo() {
		for (Shard shard : this.client.listShards((request) -> request.streamName("orders")).join().shards()) {
			for (String key : List.of(shard.hashKeyRange().startingHashKey(), shard.hashKeyRange().endingHashKey())) {
				PutRecordResponse put = this.client
					.putRecord((request) -> request.streamName("orders")
						.partitionKey("any")
						.explicitHashKey(key)
						.data(SdkBytes.fromUtf8String("boundary")))
					.join();
				assertThat(put.shardId()).isEqualTo(shard.shardId());
			}
		}
	}

	@Test
	void readsWhatWasWrittenInOrder() {
		this.client.createStream((request) -> request.streamName("single").shardCount(1)).join();
		PutRecordsResponse put = putNumbers("single", 0, 500);
		assertThat(put.failedRecordCount()).isZero();
		assertThat(put.records()).hasSize(500).allSatisfy((entry) -> {
			assertThat(entry.sequenceNumber()).hasSize(56).startsWith("49");
			assertThat(entry.shardId()).isEqualTo("shardId-000000000000");
		}).extracting((entry) -> new BigInteger(entry.sequenceNumber())).isSorted();
		List<Record> records = readAll("single", "shardId-000000000000");
		assertThat(records).extracting((record) -> record.data().asUtf8String())
			.containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(Integer::toString).toList());
		assertThat(records).extracting(Record::sequenceNumber)
			.containsExactlyElementsOf(put.records().stream().map((entry) -> entry.sequenceNumber()).toList());
		assertThat(records).allSatisfy((record) -> assertThat(record.approximateArrivalTimestamp())
			.isBetween("2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"));
	}

	@Test
	void eachIteratorTypeStartsWhereItShould() {
		this.client.createStream((request) -> request.streamName("single").shardCount(1)).join();
		PutRecordsResponse put = putNumbers("single", 0, 10);
		String fifth = put.records().get(4).sequenceNumber();
		assertThat(read("single", ShardIteratorType.TRIM_HORIZON, null).records()).hasSize(10);
		assertThat(read("single", ShardIteratorType.LATEST, null).records()).isEmpty();
		assertThat(read("single", ShardIteratorType.AT_SEQUENCE_NUMBER, fifth).records()).hasSize(6);
		assertThat(read("single", ShardIteratorType.AFTER_SEQUENCE_NUMBER, fifth).records()).hasSize(5);
		Record first = read("single", ShardIteratorType.TRIM_HORIZON, null).records().get(0);
		String iterator = this.client
			.getShardIterator((request) -> request.streamName("single")
				.shardId("shardId-000000000000")
				.shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
				.timestamp(first.approximateArrivalTimestamp()))
			.join()
			.shardIterator();
		assertThat(this.client.getRecords((request) -> request.shardIterator(iterator)).join().records()).hasSize(10);
	}

	@Test
	void tellsHowFarBehindAReaderIs() {
		this.client.createStream((request) -> request.streamName("single").shardCount(1)).join();
		putNumbers("single", 0, 10);
		String iterator = iterator("single", "shardId-000000000000");
		GetRecordsResponse part = this.client.getRecords((request) -> request.shardIterator(iterator).limit(3)).join();
		assertThat(part.records()).hasSize(3);
		assertThat(part.millisBehindLatest()).isPositive();
		GetRecordsResponse rest = this.client.getRecords((request) -> request.shardIterator(part.nextShardIterator()))
			.join();
		assertThat(rest.records()).hasSize(7);
		assertThat(rest.millisBehindLatest()).isZero();
		assertThat(rest.nextShardIterator()).isNotNull();
	}

	@Test
	void aSplitShardEndsAndItsChildrenGoOn() {
		this.client.createStream((request) -> request.streamName("single").shardCount(1)).join();
		PutRecordsResponse before = putNumbers("single", 0, 3);
		this.client
			.splitShard((request) -> request.streamName("single")
				.shardToSplit("shardId-000000000000")
				.newStartingHashKey(BigInteger.ONE.shiftLeft(127).toString()))
			.join();
		PutRecordsResponse after = putNumbers("single", 3, 20);
		assertThat(after.records()).extracting((entry) -> entry.shardId())
			.containsOnly("shardId-000000000001", "shardId-000000000002");
		assertThat(after.records()).allSatisfy((entry) -> assertThat(new BigInteger(entry.sequenceNumber()))
			.isGreaterThan(new BigInteger(before.records().get(2).sequenceNumber())));
		String iterator = iterator("single", "shardId-000000000000");
		GetRecordsResponse end = this.client.getRecords((request) -> request.shardIterator(iterator)).join();
		assertThat(end.records()).hasSize(3);
		assertThat(end.nextShardIterator()).isNull();
		assertThat(end.childShards()).extracting((child) -> child.shardId())
			.containsExactly("shardId-000000000001", "shardId-000000000002");
		assertThat(end.childShards())
			.allSatisfy((child) -> assertThat(child.parentShards()).containsExactly("shardId-000000000000"));
		List<Shard> shards = this.client.listShards((request) -> request.streamName("single")).join().shards();
		assertThat(shards.get(0).sequenceNumberRange().endingSequenceNumber()).isNotNull();
		assertThat(shards.get(1).parentShardId()).isEqualTo("shardId-000000000000");
	}

	@Test
	void mergedShardsHaveOneChild() {
		this.client
			.mergeShards((request) -> request.streamName("orders")
				.shardToMerge("shardId-000000000001")
				.adjacentShardToMerge("shardId-000000000002"))
			.join();
		List<Shard> shards = this.client
			.listShards((request) -> request.streamName("orders")
				.shardFilter((filter) -> filter.type(ShardFilterType.AT_LATEST)))
			.join()
			.shards();
		assertThat(shards).extracting(Shard::shardId)
			.containsExactly("shardId-000000000000", "shardId-000000000003", "shardId-000000000004");
		assertThat(shards.get(2).adjacentParentShardId()).isEqualTo("shardId-000000000002");
	}

	@Test
	void listsShardsPageByPage() {
		List<String> ids = new ArrayList<>();
		var page = this.client.listShards((request) -> request.streamName("orders").maxResults(3)).join();
		page.shards().forEach((shard) -> ids.add(shard.shardId()));
		String token = page.nextToken();
		this.client.listShards((request) -> request.nextToken(token))
			.join()
			.shards()
			.forEach((shard) -> ids.add(shard.shardId()));
		assertThat(ids).containsExactly("shardId-000000000000", "shardId-000000000001", "shardId-000000000002",
				"shardId-000000000003");
	}

	private PutRecordsResponse putNumbers(String stream, int from, int count) {
		List<PutRecordsRequestEntry> entries = IntStream.range(from, from + count)
			.mapToObj(Integer::toString)
			.map((number) -> PutRecordsRequestEntry.builder()
				.partitionKey(number)
				.data(SdkBytes.fromString(number, StandardCharsets.UTF_8))
				.build())
			.toList();
		return this.client.putRecords((request) -> request.streamName(stream).records(entries)).join();
	}

	private List<Record> readAll(String stream, String shard) {
		String iterator = iterator(stream, shard);
		return this.client.getRecords((request) -> request.shardIterator(iterator)).join().records();
	}

	private String iterator(String stream, String shard) {
		return this.client
			.getShardIterator((request) -> request.streamName(stream)
				.shardId(shard)
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
	}

	private GetRecordsResponse read(String stream, ShardIteratorType type, String sequenceNumber) {
		String iterator = this.client
			.getShardIterator((request) -> request.streamName(stream)
				.shardId("shardId-000000000000")
				.shardIteratorType(type)
				.startingSequenceNumber(sequenceNumber))
			.join()
			.shardIterator();
		return this.client.getRecords((request) -> request.shardIterator(iterator)).join();
	}

}
