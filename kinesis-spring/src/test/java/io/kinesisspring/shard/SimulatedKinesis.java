package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.SequenceNumberRange;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

import io.kinesisspring.scheduling.EventLoop;

/**
 * One stream in simulated time, as far as a consumer sees it: answers take their time,
 * and calls are throttled, fail, or find their iterator expired.
 */
public final class SimulatedKinesis implements KinesisAsyncClient {

	private final Map<String, SimulatedShard> shards = new LinkedHashMap<>();

	private final EventLoop network;

	private final Random random;

	private final DoubleSupplier failures;

	private long sequence = 10;

	/**
	 * Create a stream.
	 * @param shards how many shards it begins with
	 * @param network carries the answers
	 * @param random decides what goes wrong
	 * @param failures how likely a call is to fail
	 */
	public SimulatedKinesis(int shards, EventLoop network, Random random, DoubleSupplier failures) {
		this.network = network;
		this.random = random;
		this.failures = failures;
		for (int i = 0; i < shards; i++) {
			open(List.of());
		}
	}

	private SimulatedShard open(List<String> parents) {
		SimulatedShard shard = new SimulatedShard("shard-" + this.shards.size(), parents);
		this.shards.put(shard.id, shard);
		return shard;
	}

	/**
	 * The shards that take records.
	 * @return their ids
	 */
	public List<String> openShards() {
		return this.shards.values().stream().filter((shard) -> !shard.closed).map((shard) -> shard.id).toList();
	}

	/**
	 * The shards that a shard came from.
	 * @param shardId the shard
	 * @return their ids
	 */
	public List<String> parentsOf(String shardId) {
		return this.shards.get(shardId).parents;
	}

	/**
	 * The sequence numbers of a shard's records.
	 * @param shardId the shard
	 * @return the numbers in order
	 */
	public List<String> recordsOf(String shardId) {
		return this.shards.get(shardId).records;
	}

	/**
	 * All shards that there ever were.
	 * @return their ids
	 */
	public List<String> allShards() {
		return List.copyOf(this.shards.keySet());
	}

	/**
	 * Add a record.
	 * @param shardId the shard
	 */
	public void put(String shardId) {
		this.sequence += 1 + this.random.nextInt(5);
		this.shards.get(shardId).records.add(String.valueOf(this.sequence));
	}

	/**
	 * Split a shard in two.
	 * @param shardId the shard
	 */
	public void split(String shardId) {
		this.shards.get(shardId).closed = true;
		open(List.of(shardId));
		open(List.of(shardId));
	}

	/**
	 * Make one shard of two.
	 * @param one a shard
	 * @param other another
	 */
	public void merge(String one, String other) {
		this.shards.get(one).closed = true;
		this.shards.get(other).closed = true;
		open(List.of(one, other));
	}

	@Override
	public CompletableFuture<ListShardsResponse> listShards(ListShardsRequest request) {
		return call(() -> {
			ListShardsResponse.Builder response = ListShardsResponse.builder()
				.shards(this.shards.values().stream().map(SimulatedShard::describe).toList());
			response.sdkHttpResponse(SdkHttpFullResponse.builder().statusCode(200).build());
			return response.build();
		});
	}

	@Override
	public CompletableFuture<GetShardIteratorResponse> getShardIterator(GetShardIteratorRequest request) {
		return call(() -> {
			SimulatedShard shard = this.shards.get(request.shardId());
			int next = 0;
			if (request.shardIteratorType() == ShardIteratorType.AFTER_SEQUENCE_NUMBER) {
				next = shard.records.indexOf(request.startingSequenceNumber()) + 1;
			}
			return GetShardIteratorResponse.builder().shardIterator(shard.id + ":" + next).build();
		});
	}

	@Override
	public CompletableFuture<GetRecordsResponse> getRecords(GetRecordsRequest request) {
		String[] iterator = request.shardIterator().split(":");
		return call(() -> {
			SimulatedShard shard = this.shards.get(iterator[0]);
			int from = Integer.parseInt(iterator[1]);
			int to = Math.min(shard.records.size(), from + 1 + this.random.nextInt(request.limit()));
			boolean over = shard.closed && to == shard.records.size();
			return GetRecordsResponse.builder()
				.records(shard.records.subList(from, to).stream().map(SimulatedKinesis::record).toList())
				.nextShardIterator(over ? null : shard.id + ":" + to)
				.millisBehindLatest((to < shard.records.size()) ? 1_000L : 0L)
				.build();
		});
	}

	/**
	 * The partition key of a record: one out of five.
	 * @param sequenceNumber the record
	 * @return its key
	 */
	public static String keyOf(String sequenceNumber) {
		return "key-" + Long.parseLong(sequenceNumber) % 5;
	}

	private static Record record(String sequenceNumber) {
		return Record.builder()
			.sequenceNumber(sequenceNumber)
			.partitionKey(keyOf(sequenceNumber))
			.approximateArrivalTimestamp(Instant.EPOCH)
			.data(SdkBytes.fromUtf8String(sequenceNumber))
			.build();
	}

	private <T> CompletableFuture<T> call(Supplier<T> action) {
		CompletableFuture<T> answer = new CompletableFuture<>();
		this.network.schedule(latency(), () -> {
			if (this.random.nextDouble() < this.failures.getAsDouble()) {
				RuntimeException failure = failure();
				this.network.schedule(latency(), () -> answer.completeExceptionally(failure));
				return;
			}
			T result = action.get();
			this.network.schedule(latency(), () -> answer.complete(result));
		});
		return answer;
	}

	private RuntimeException failure() {
		return switch (this.random.nextInt(3)) {
			case 0 -> ProvisionedThroughputExceededException.builder().message("throttled").build();
			case 1 -> ExpiredIteratorException.builder().message("expired").build();
			default -> SdkClientException.create("broken");
		};
	}

	private Duration latency() {
		return Duration.ofMillis(1 + this.random.nextInt(30));
	}

	@Override
	public String serviceName() {
		return "kinesis";
	}

	@Override
	public void close() {
	}

	/**
	 * A shard and its records.
	 */
	private static final class SimulatedShard {

		private final String id;

		private final List<String> parents;

		private final List<String> records = new ArrayList<>();

		private boolean closed;

		private SimulatedShard(String id, List<String> parents) {
			this.id = id;
			this.parents = parents;
		}

		private Shard describe() {
			return Shard.builder()
				.shardId(this.id)
				.parentShardId(this.parents.isEmpty() ? null : this.parents.get(0))
				.adjacentParentShardId((this.parents.size() > 1) ? this.parents.get(1) : null)
				.sequenceNumberRange(SequenceNumberRange.builder()
					.startingSequenceNumber("1")
					.endingSequenceNumber(this.closed ? "2" : null)
					.build())
				.build();
		}

	}

}
