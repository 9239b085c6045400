package io.kinesisspring.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

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
		List<Record> records = new ArrayList<>();
		forEach(stream, records::add);
		return records;
	}

	public void forEach(String stream, Consumer<Record> action) {
		List<Shard> shards = this.client.listShards((request) -> request.streamName(stream)).join().shards();
		shards.forEach((shard) -> forEach(stream, shard.shardId(), action));
	}

	public List<Record> records(String stream, String shardId) {
		List<Record> records = new ArrayList<>();
		forEach(stream, shardId, records::add);
		return records;
	}

	private void forEach(String stream, String shardId, Consumer<Record> action) {
		String iterator = this.client
			.getShardIterator((request) -> request.streamName(stream)
				.shardId(shardId)
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		while (iterator != null) {
			String next = iterator;
			GetRecordsResponse response = this.client.getRecords((request) -> request.shardIterator(next)).join();
			response.records().forEach(action);
			boolean caughtUp = response.records().isEmpty() && response.millisBehindLatest() == 0;
			iterator = caughtUp ? null : response.nextShardIterator();
		}
	}

	public List<String> texts(String stream) {
		return records(stream).stream().map((record) -> record.data().asString(StandardCharsets.UTF_8)).toList();
	}

}
