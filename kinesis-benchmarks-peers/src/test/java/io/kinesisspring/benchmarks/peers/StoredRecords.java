package io.kinesisspring.benchmarks.peers;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.HashKeyRange;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.EmbeddedRecord;

/**
 * What a stream holds, as the deaggregation of the KCL sees it.
 *
 * @param kept the payloads that the KCL delivers, in no order
 * @param dropped how many records the KCL drops
 * @param outOfRange how many of those are in the wrong shard
 */
record StoredRecords(Set<Long> kept, int dropped, int outOfRange) {

	private static final BigInteger HIGHEST = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

	static StoredRecords of(EmbeddedKinesisServer server, KinesisAsyncClient client, String stream) {
		Map<String, HashKeyRange> ranges = new HashMap<>();
		for (Shard shard : client.listShards((list) -> list.streamName(stream)).join().shards()) {
			ranges.put(shard.shardId(), shard.hashKeyRange());
		}
		AggregatorUtil deaggregation = new AggregatorUtil();
		Set<Long> kept = new HashSet<>();
		int dropped = 0;
		int outOfRange = 0;
		for (EmbeddedRecord record : server.records(stream)) {
			BigInteger first = new BigInteger(ranges.get(record.shardId()).startingHashKey());
			BigInteger last = new BigInteger(ranges.get(record.shardId()).endingHashKey());
			List<KinesisClientRecord> all = new ArrayList<>(
					deaggregation.deaggregate(List.of(convert(record)), BigInteger.ZERO, HIGHEST));
			List<KinesisClientRecord> delivered = deaggregation.deaggregate(List.of(convert(record)), first, last);
			delivered.forEach((each) -> kept.add(each.data().getLong(each.data().position())));
			dropped += all.size() - delivered.size();
			outOfRange += (int) all.stream()
				.filter(KinesisClientRecord::aggregated)
				.map(StoredRecords::hashKey)
				.filter((hashKey) -> hashKey.compareTo(first) < 0 || hashKey.compareTo(last) > 0)
				.count();
		}
		return new StoredRecords(kept, dropped, outOfRange);
	}

	private static KinesisClientRecord convert(EmbeddedRecord record) {
		return KinesisClientRecord.builder()
			.sequenceNumber(record.sequenceNumber())
			.partitionKey(record.partitionKey())
			.approximateArrivalTimestamp(record.arrivedAt())
			.data(ByteBuffer.wrap(record.data()))
			.build();
	}

	private static BigInteger hashKey(KinesisClientRecord record) {
		return (record.explicitHashKey() != null) ? new BigInteger(record.explicitHashKey())
				: HashKeys.of(record.partitionKey());
	}

}
