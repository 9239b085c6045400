package io.kinesisspring.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * Reads all that a stream holds: parents before their children, each shard in its order.
 */
public final class StreamReader {

	private final KinesisAsyncClient client;

	public StreamReader(KinesisAsyncClient client) {
		this.client = client;
	}

	public List<Record> records(String stream) {
		List<Shard> shards = this.client.listShards((request) -> request.streamName(stream)).join().shards();
		List<Record> records = new ArrayList<>();
		shards.forEach((shard) -> records.addAll(records(stream, shard.shardId())));
		return records;
	}

	public List<Record> records(String stream, String shardId) {
		String iterator = this.client
			.getShardIterator((request) -> request.streamName(stream)
				.shardId(shardId)
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		List<Record> records = new ArrayList<>();
		while (iterator != null) {
			String next = iterator;
			GetRecordsResponse response = this.client.getRecords((request) -> request.shardIterator(next)).join();
			records.addAll(response.records());
			boolean caughtUp = response.records().isEmpty() && response.millisBehindLatest() == 0;
			iterator = caughtUp ? null : response.nextShardIterator();
		}
		return records;
	}

	public List<String> texts(String stream) {
		return records(stream).stream().map((record) -> record.data().asString(StandardCharsets.UTF_8)).toList();
	}

}
