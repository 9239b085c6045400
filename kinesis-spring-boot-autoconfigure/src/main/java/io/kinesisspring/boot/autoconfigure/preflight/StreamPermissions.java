package io.kinesisspring.boot.autoconfigure.preflight;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.shard.FanOutOptions;

/**
 * Checks the actions on a stream, without an effect on it.
 */
final class StreamPermissions {

	/** More than the largest hash key: such a record belongs into no shard. */
	private static final String NO_HASH_KEY = "9".repeat(39);

	private final KinesisAsyncClient client;

	private final PermissionChecks checks;

	StreamPermissions(KinesisAsyncClient client, PermissionChecks checks) {
		this.client = client;
		this.checks = checks;
	}

	/**
	 * Reads from the tip of the shard, where there is usually nothing.
	 */
	void checkPolling(StreamIdentifier stream) {
		this.checks.await(shards(stream)
			.thenApply((listed) -> (listed != null && listed.hasShards() && !listed.shards().isEmpty())
					? listed.shards().get(0).shardId() : "shardId-000000000000")
			.thenCompose((shardId) -> iterator(stream, shardId))
			.thenCompose((response) -> records(stream,
					(response != null) ? String.valueOf(response.shardIterator()) : "preflight")));
	}

	/**
	 * Describes the consumer, which may not exist yet.
	 */
	void checkFanOut(StreamIdentifier stream, FanOutOptions options) {
		shards(stream);
		this.checks.await(arn(stream).thenCompose(
				(arn) -> (arn != null) ? consumer(stream, arn, options) : CompletableFuture.completedFuture(null)));
	}

	private CompletableFuture<@Nullable ListShardsResponse> shards(StreamIdentifier stream) {
		return this.checks.check("kinesis:ListShards", resource(stream), list(stream));
	}

	private CompletableFuture<ListShardsResponse> list(StreamIdentifier stream) {
		return this.client.listShards((list) -> {
			list.maxResults(1);
			if (stream.isArn()) {
				list.streamARN(stream.value());
			}
			else {
				list.streamName(stream.name());
			}
		});
	}

	private CompletableFuture<@Nullable String> arn(StreamIdentifier stream) {
		if (stream.isArn()) {
			return CompletableFuture.completedFuture(stream.value());
		}
		return this.checks
			.check("kinesis:DescribeStreamSummary", resource(stream),
					this.client.describeStreamSummary((describe) -> describe.streamName(stream.name())))
			.thenApply((response) -> (response != null) ? response.streamDescriptionSummary().streamARN() : null);
	}

	private CompletableFuture<?> consumer(StreamIdentifier stream, String arn, FanOutOptions options) {
		String consumerArn = options.consumerArn();
		if (consumerArn != null) {
			return this.checks.check("kinesis:DescribeStreamConsumer", consumerArn,
					this.client.describeStreamConsumer((describe) -> describe.consumerARN(consumerArn)));
		}
		return this.checks.check("kinesis:DescribeStreamConsumer",
				resource(stream) + "/consumer/" + options.consumerName() + ":*", this.client.describeStreamConsumer(
						(describe) -> describe.streamARN(arn).consumerName(options.consumerName())));
	}

	private CompletableFuture<@Nullable GetShardIteratorResponse> iterator(StreamIdentifier stream, String shardId) {
		return this.checks.check("kinesis:GetShardIterator", resource(stream), this.client.getShardIterator((get) -> {
			get.shardId(shardId).shardIteratorType(ShardIteratorType.LATEST);
			if (stream.isArn()) {
				get.streamARN(stream.value());
			}
			else {
				get.streamName(stream.name());
			}
		}));
	}

	private CompletableFuture<?> records(StreamIdentifier stream, String iterator) {
		return this.checks.check("kinesis:GetRecords", resource(stream), this.client.getRecords((get) -> {
			get.shardIterator(iterator).limit(1);
			if (stream.isArn()) {
				get.streamARN(stream.value());
			}
		}));
	}

	/**
	 * Sends a record that no shard accepts.
	 * @return whether the stream exists, as far as the response shows
	 */
	CompletableFuture<Boolean> checkSending(StreamIdentifier stream) {
		PutRecordsRequestEntry entry = PutRecordsRequestEntry.builder()
			.partitionKey("preflight")
			.explicitHashKey(NO_HASH_KEY)
			.data(SdkBytes.fromUtf8String("preflight"))
			.build();
		CompletableFuture<PutRecordsResponse> response = this.client.putRecords((put) -> {
			put.records(entry);
			if (stream.isArn()) {
				put.streamARN(stream.value());
			}
			else {
				put.streamName(stream.name());
			}
		});
		this.checks.check("kinesis:PutRecords", resource(stream), response);
		return exists(response).thenCombine(exists(list(stream)), (here, listed) -> here && listed);
	}

	/**
	 * A producer does not need ListShards, so a denial proves nothing.
	 */
	private static CompletableFuture<Boolean> exists(CompletableFuture<?> response) {
		return response.handle((done, ex) -> !(ex instanceof ResourceNotFoundException)
				&& (ex == null || !(ex.getCause() instanceof ResourceNotFoundException)));
	}

	private static String resource(StreamIdentifier stream) {
		return stream.isArn() ? stream.value() : "stream/" + stream.name();
	}

}
