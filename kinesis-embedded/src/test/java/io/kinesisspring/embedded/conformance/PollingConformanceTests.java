package io.kinesisspring.embedded.conformance;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.DryRunOperationException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamDescription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Streams, shards, writing and polling.
 */
abstract class PollingConformanceTests extends ConformanceTests {

	private static final String HALF = BigInteger.ONE.shiftLeft(127).toString();

	@Test
	void createsDescribesListsAndDeletesStreams() {
		String name = newStream(2);
		assertThat(client().listStreams().join().streamNames()).contains(name);
		StreamDescription description = client().describeStream((request) -> request.streamName(name))
			.join()
			.streamDescription();
		assertThat(description.shards()).hasSize(2);
		assertThat(description.retentionPeriodHours()).isEqualTo(24);
		assertThat(description.streamCreationTimestamp()).isBetween("2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z");
		client().deleteStream((request) -> request.streamName(name)).join();
	}

	@Test
	void acceptsTheArnInPlaceOfTheName() {
		needs(Feature.STREAM_ARN);
		String name = newStream(1);
		String arn = client().describeStreamSummary((request) -> request.streamName(name))
			.join()
			.streamDescriptionSummary()
			.streamARN();
		assertThat(arn).matches("arn:aws:kinesis:us-east-1:\\d{12}:stream/" + name);
		client()
			.putRecord((request) -> request.streamARN(arn).partitionKey("a").data(SdkBytes.fromUtf8String("payload")))
			.join();
		String iterator = client()
			.getShardIterator((request) -> request.streamARN(arn)
				.shardId(FIRST_SHARD)
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		assertThat(client().getRecords((request) -> request.streamARN(arn).shardIterator(iterator)).join().records())
			.hasSize(1);
	}

	@Test
	void returnsTypedErrors() {
		String name = newStream(1);
		assertRejected(ResourceNotFoundException.class,
				client().describeStream((request) -> request.streamName("missing")));
		assertRejected(ResourceInUseException.class,
				client().createStream((request) -> request.streamName(name).shardCount(1)));
		assertRejected(ResourceNotFoundException.class,
				client().getShardIterator((request) -> request.streamName(name)
					.shardId("shardId-000000000009")
					.shardIteratorType(ShardIteratorType.LATEST)));
		assertRejected(KinesisException.class,
				client().createStream((request) -> request.streamName("not a name").shardCount(1)));
	}

	@Test
	void rejectsMalformedRequests() {
		needs(Feature.CLIENT_ERRORS);
		String name = newStream(1);
		assertRejected(InvalidArgumentException.class,
				client().getRecords((request) -> request.shardIterator("garbage")));
		assertRejected(InvalidArgumentException.class,
				client().putRecord((request) -> request.streamName(name)
					.partitionKey("a")
					.explicitHashKey(BigInteger.ONE.shiftLeft(128).toString())
					.data(SdkBytes.fromUtf8String("payload"))));
	}

	@Test
	void rejectsTooManyAndTooFewRecords() {
		needs(Feature.PUT_LIMITS);
		String name = newStream(1);
		assertThat(put(name, 0, 500).failedRecordCount()).isZero();
		assertThatException().isThrownBy(() -> put(name, 0, 501));
		assertThatException().isThrownBy(() -> put(name, 0, 0));
	}

	@Test
	void hashRangesCoverEachKeyOnce() {
		BigInteger next = BigInteger.ZERO;
		for (Shard shard : shards(newStream(3))) {
			assertThat(shard.hashKeyRange().startingHashKey()).isEqualTo(next.toString());
			next = new BigInteger(shard.hashKeyRange().endingHashKey()).add(BigInteger.ONE);
		}
		assertThat(next).isEqualTo(BigInteger.ONE.shiftLeft(128));
	}

	@Test
	void storesRecordsAtABoundaryInTheShardThatContainsIt() {
		String name = newStream(3);
		for (Shard shard : shards(name)) {
			for (String key : List.of(shard.hashKeyRange().startingHashKey(), shard.hashKeyRange().endingHashKey())) {
				PutRecordResponse put = client()
					.putRecord((request) -> request.streamName(name)
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
		String name = newStream(1);
		PutRecordsResponse put = put(name, 0, 500);
		assertThat(put.failedRecordCount()).isZero();
		assertThat(put.records()).hasSize(500).allSatisfy((entry) -> {
			assertThat(entry.sequenceNumber()).hasSize(56).startsWith("49");
			assertThat(entry.shardId()).isEqualTo(FIRST_SHARD);
		}).extracting((entry) -> new BigInteger(entry.sequenceNumber())).isSorted();
		List<Record> records = read(iterator(name, FIRST_SHARD)).records();
		assertThat(records).extracting((record) -> record.data().asUtf8String())
			.containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(Integer::toString).toList());
		assertThat(records).extracting(Record::sequenceNumber)
			.containsExactlyElementsOf(put.records().stream().map(PutRecordsResultEntry::sequenceNumber).toList());
		assertThat(records).allSatisfy((record) -> {
			assertThat(record.approximateArrivalTimestamp()).isBetween("2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z");
			assertThat(record.partitionKey()).isEqualTo(record.data().asUtf8String());
		});
	}

	@Test
	void eachIteratorTypeStartsWhereItShould() {
		String name = newStream(1);
		String fifth = put(name, 0, 10).records().get(4).sequenceNumber();
		assertThat(read(iterator(name, FIRST_SHARD)).records()).hasSize(10);
		assertThat(read(iterator(name, FIRST_SHARD, ShardIteratorType.LATEST, null)).records()).isEmpty();
		assertThat(read(iterator(name, FIRST_SHARD, ShardIteratorType.AT_SEQUENCE_NUMBER, fifth)).records()).hasSize(6);
		assertThat(read(iterator(name, FIRST_SHARD, ShardIteratorType.AFTER_SEQUENCE_NUMBER, fifth)).records())
			.hasSize(5);
		Record first = read(iterator(name, FIRST_SHARD)).records().get(0);
		String atTimestamp = client()
			.getShardIterator((request) -> request.streamName(name)
				.shardId(FIRST_SHARD)
				.shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
				.timestamp(first.approximateArrivalTimestamp()))
			.join()
			.shardIterator();
		assertThat(read(atTimestamp).records()).hasSize(10);
	}

	@Test
	void aLatestIteratorReadsOnlyLaterRecords() {
		String name = newStream(1);
		put(name, 0, 3);
		String latest = iterator(name, FIRST_SHARD, ShardIteratorType.LATEST, null);
		put(name, 3, 2);
		assertThat(read(latest).records()).extracting((record) -> record.data().asUtf8String())
			.containsExactly("3", "4");
	}

	@Test
	void returnsMillisBehindLatest() {
		needs(Feature.MILLIS_BEHIND);
		String name = newStream(1);
		put(name, 0, 10);
		String iterator = iterator(name, FIRST_SHARD);
		GetRecordsResponse part = client().getRecords((request) -> request.shardIterator(iterator).limit(3)).join();
		assertThat(part.records()).hasSize(3);
		assertThat(part.millisBehindLatest()).isPositive();
		GetRecordsResponse rest = read(part.nextShardIterator());
		assertThat(rest.records()).hasSize(7);
		assertThat(rest.millisBehindLatest()).isZero();
		assertThat(rest.nextShardIterator()).isNotNull();
	}

	@Test
	void aSplitClosesTheParentAndOpensItsChildren() {
		String name = newStream(1);
		PutRecordsResponse before = put(name, 0, 3);
		split(name);
		PutRecordsResponse after = put(name, 3, 20);
		assertThat(after.records()).extracting(PutRecordsResultEntry::shardId)
			.containsOnly("shardId-000000000001", "shardId-000000000002");
		assertThat(after.records()).allSatisfy((entry) -> assertThat(new BigInteger(entry.sequenceNumber()))
			.isGreaterThan(new BigInteger(before.records().get(2).sequenceNumber())));
		List<Shard> shards = shards(name);
		assertThat(shards.get(0).sequenceNumberRange().endingSequenceNumber()).isNotNull();
		assertThat(shards.get(1).parentShardId()).isEqualTo(FIRST_SHARD);
		assertThat(readPayloads(name, FIRST_SHARD)).containsExactly("0", "1", "2");
	}

	@Test
	void theEndOfAShardNamesItsChildren() {
		needs(Feature.CHILD_SHARDS);
		String name = newStream(1);
		put(name, 0, 3);
		split(name);
		GetRecordsResponse end = read(iterator(name, FIRST_SHARD));
		assertThat(end.nextShardIterator()).isNull();
		assertThat(end.childShards()).extracting(ChildShard::shardId)
			.containsExactlyInAnyOrder("shardId-000000000001", "shardId-000000000002");
		assertThat(end.childShards())
			.allSatisfy((child) -> assertThat(child.parentShards()).containsExactly(FIRST_SHARD));
	}

	@Test
	void aClosedShardReadToItsEndHasNoNextIterator() {
		needs(Feature.END_OF_SHARD);
		String name = newStream(1);
		String last = put(name, 0, 3).records().get(2).sequenceNumber();
		split(name);
		GetRecordsResponse end = read(iterator(name, FIRST_SHARD, ShardIteratorType.AFTER_SEQUENCE_NUMBER, last));
		assertThat(end.records()).isEmpty();
		assertThat(end.nextShardIterator()).isNull();
	}

	@Test
	void mergedShardsHaveOneChild() {
		String name = newStream(2);
		client()
			.mergeShards((request) -> request.streamName(name)
				.shardToMerge(FIRST_SHARD)
				.adjacentShardToMerge("shardId-000000000001"))
			.join();
		awaitActive(name);
		Shard child = shards(name).get(2);
		assertThat(child.parentShardId()).isEqualTo(FIRST_SHARD);
		assertThat(child.adjacentParentShardId()).isEqualTo("shardId-000000000001");
		assertThat(put(name, 0, 5).records()).extracting(PutRecordsResultEntry::shardId).containsOnly(child.shardId());
	}

	@Test
	void aDryRunOfPutRecordsStoresNothing() {
		needs(Feature.DRY_RUN);
		String name = newStream(1);
		PutRecordsRequestEntry entry = PutRecordsRequestEntry.builder()
			.partitionKey("any")
			.data(SdkBytes.fromUtf8String("dry"))
			.build();
		assertRejected(DryRunOperationException.class,
				client().putRecords((request) -> request.streamName(name).records(entry).dryRun(true)));
		assertThat(readPayloads(name, FIRST_SHARD)).isEmpty();
	}

	@Test
	void aDryRunOfGetRecordsReturnsNothing() {
		needs(Feature.DRY_RUN);
		String name = newStream(1);
		String iterator = iterator(name, FIRST_SHARD);
		assertRejected(DryRunOperationException.class,
				client().getRecords((request) -> request.shardIterator(iterator).dryRun(true)));
	}

	@Test
	void listsShardsPageByPage() {
		needs(Feature.SHARD_LISTS);
		String name = newStream(4);
		List<String> ids = new ArrayList<>();
		ListShardsResponse page = client().listShards((request) -> request.streamName(name).maxResults(3)).join();
		page.shards().forEach((shard) -> ids.add(shard.shardId()));
		client().listShards((request) -> request.nextToken(page.nextToken()))
			.join()
			.shards()
			.forEach((shard) -> ids.add(shard.shardId()));
		assertThat(ids).containsExactly("shardId-000000000000", "shardId-000000000001", "shardId-000000000002",
				"shardId-000000000003");
	}

	@Test
	void listsTheShardsThatMatchAFilter() {
		needs(Feature.SHARD_LISTS);
		String name = newStream(1);
		split(name);
		assertThat(listed(name, ShardFilterType.AT_LATEST)).containsExactly("shardId-000000000001",
				"shardId-000000000002");
		assertThat(listed(name, ShardFilterType.FROM_TRIM_HORIZON)).containsExactly(FIRST_SHARD, "shardId-000000000001",
				"shardId-000000000002");
	}

	@Test
	void shardsCreatedLaterAreNotAtTheTrimHorizon() {
		needs(Feature.SHARD_LISTS);
		needs(Feature.AT_TRIM_HORIZON);
		String name = newStream(1);
		split(name);
		assertThat(listed(name, ShardFilterType.AT_TRIM_HORIZON)).containsExactly(FIRST_SHARD);
	}

	@Test
	void changesTheNumberOfShards() {
		needs(Feature.UPDATE_SHARD_COUNT);
		String name = newStream(2);
		client()
			.updateShardCount((request) -> request.streamName(name).targetShardCount(3).scalingType("UNIFORM_SCALING"))
			.join();
		awaitActive(name);
		List<Shard> open = shards(name).stream()
			.filter((shard) -> shard.sequenceNumberRange().endingSequenceNumber() == null)
			.toList();
		assertThat(open).hasSize(3);
	}

	void split(String stream) {
		client().splitShard((request) -> request.streamName(stream).shardToSplit(FIRST_SHARD).newStartingHashKey(HALF))
			.join();
		awaitActive(stream);
	}

	private List<String> listed(String stream, ShardFilterType filter) {
		return client().listShards((request) -> request.streamName(stream).shardFilter((shards) -> shards.type(filter)))
			.join()
			.shards()
			.stream()
			.map(Shard::shardId)
			.toList();
	}

}
