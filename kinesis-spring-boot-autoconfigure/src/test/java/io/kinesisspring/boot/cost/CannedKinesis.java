package io.kinesisspring.boot.cost;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * A service whose answers are ready, so that what is measured is ours and not the SDK's.
 * Stores nothing; each shard has the same records, over and over, up to a number.
 */
final class CannedKinesis implements KinesisAsyncClient {

	static final int RECORD_BYTES = 200;

	private static final int CANNED = 10_000;

	private static final PutRecordsResultEntry STORED = PutRecordsResultEntry.builder()
		.shardId("shardId-000000000000")
		.sequenceNumber("49680488824016101353639967371332634282133139044809310210")
		.build();

	private final List<Shard> shards = new ArrayList<>();

	private final List<Record> records = new ArrayList<>();

	private final int recordsAShard;

	final AtomicLong puts = new AtomicLong();

	final AtomicLong entries = new AtomicLong();

	final AtomicLong gets = new AtomicLong();

	CannedKinesis(int shards, int recordsAShard) {
		this.recordsAShard = recordsAShard;
		for (int i = 0; i < shards; i++) {
			String id = String.format("shardId-%012d", i);
			this.shards.add(Shard.builder()
				.shardId(id)
				.hashKeyRange((range) -> range.startingHashKey("0").endingHashKey("1"))
				.sequenceNumberRange((range) -> range.startingSequenceNumber("0"))
				.build());
		}
		byte[] data = "x".repeat(RECORD_BYTES).getBytes(StandardCharsets.UTF_8);
		for (int i = 0; i < Math.max(CANNED, recordsAShard); i++) {
			this.records.add(Record.builder()
				.partitionKey("key-" + i)
				.sequenceNumber(String.format("4968048882401610135363996737133263428213313904480%07d", i))
				.approximateArrivalTimestamp(Instant.EPOCH)
				.data(SdkBytes.fromByteArrayUnsafe(data))
				.build());
		}
	}

	@Override
	public CompletableFuture<PutRecordsResponse> putRecords(PutRecordsRequest request) {
		this.puts.incrementAndGet();
		this.entries.addAndGet(request.records().size());
		return CompletableFuture.completedFuture(PutRecordsResponse.builder()
			.failedRecordCount(0)
			.records(Collections.nCopies(request.records().size(), STORED))
			.build());
	}

	@Override
	public CompletableFuture<ListShardsResponse> listShards(ListShardsRequest request) {
		ListShardsResponse.Builder response = ListShardsResponse.builder().shards(this.shards);
		response.sdkHttpResponse(SdkHttpResponse.builder().statusCode(200).build());
		return CompletableFuture.completedFuture(response.build());
	}

	@Override
	public CompletableFuture<GetShardIteratorResponse> getShardIterator(GetShardIteratorRequest request) {
		return CompletableFuture.completedFuture(GetShardIteratorResponse.builder().shardIterator("0").build());
	}

	@Override
	public CompletableFuture<GetRecordsResponse> getRecords(GetRecordsRequest request) {
		this.gets.incrementAndGet();
		int from = Integer.parseInt(request.shardIterator());
		int most = Math.min((request.limit() != null) ? request.limit() : CANNED, this.recordsAShard - from);
		int next = from + Math.min(most, CANNED);
		return CompletableFuture.completedFuture(GetRecordsResponse.builder()
			.records(this.records.subList(from, next))
			.nextShardIterator(Integer.toString(next))
			.millisBehindLatest((next < this.recordsAShard) ? 1000L : 0L)
			.build());
	}

	@Override
	public String serviceName() {
		return SERVICE_NAME;
	}

	@Override
	public void close() {
	}

}
