package io.kinesisspring.boot.autoconfigure.preflight;

import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamConsumerRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.shard.FanOutOptions;

/**
 * Checks the actions on streams, without an effect on them. Reads, puts and subscriptions
 * are dry runs.
 * <p>
 * An older server or emulator may ignore that a call is a dry run. So the record to put
 * belongs into no shard, and the shard to subscribe to does not exist, until a dry run
 * has shown that the server supports them. Polling is checked first for this reason.
 */
final class StreamPermissions {

	/** More than the largest hash key: such a record belongs into no shard. */
	private static final String NO_HASH_KEY = "9".repeat(39);

	private static final String NO_SHARD = "shardId-999999999999";

	private final Set<String> checked = new HashSet<>();

	private final Map<String, CompletableFuture<Boolean>> sending = new TreeMap<>();

	private final KinesisAsyncClient client;

	private final PermissionChecks checks;

	private final DryRuns dryRuns;

	private CompletableFuture<?> polled = CompletableFuture.completedFuture(null);

	StreamPermissions(KinesisAsyncClient client, PermissionChecks checks, DryRuns dryRuns) {
		this.client = client;
		this.checks = checks;
		this.dryRuns = dryRuns;
	}

	/**
	 * Checks what polling needs. Call this for all streams before the other methods.
	 */
	void checkPolling(StreamIdentifier stream) {
		if (!this.checked.add(stream.value())) {
			return;
		}
		CompletableFuture<?> checking = firstShard(stream)
			.thenCompose((shardId) -> iterator(stream, (shardId != null) ? shardId : "shardId-000000000000"))
			.thenCompose((answer) -> records(stream,
					(answer != null) ? String.valueOf(answer.shardIterator()) : "preflight"));
		this.polled = CompletableFuture.allOf(this.polled, checking);
		this.checks.await(checking);
	}

	/**
	 * Checks what fan-out needs. The consumer may not exist yet.
	 */
	void checkFanOut(StreamIdentifier stream, FanOutOptions options) {
		String consumer = Objects.requireNonNullElse(options.consumerArn(), String.valueOf(options.consumerName()));
		if (!this.checked.add(stream.value() + ' ' + consumer)) {
			return;
		}
		CompletableFuture<@Nullable String> shardId = firstShard(stream);
		CompletableFuture<@Nullable String> consumerArn = arn(stream)
			.thenCompose((streamArn) -> consumer(stream, streamArn, options));
		this.checks.await(CompletableFuture.allOf(this.polled, shardId, consumerArn)
			.thenCompose((done) -> subscribe(consumerArn.join(), resource(stream, options), shardId.join())));
	}

	private CompletableFuture<@Nullable String> firstShard(StreamIdentifier stream) {
		return this.checks.check("kinesis:ListShards", resource(stream), list(stream))
			.thenApply((listed) -> (listed != null && listed.hasShards() && !listed.shards().isEmpty())
					? listed.shards().get(0).shardId() : null);
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
			.thenApply((answer) -> (answer != null) ? answer.streamDescriptionSummary().streamARN() : null);
	}

	/**
	 * Describes the consumer.
	 * @return its ARN; the ARN of a consumer that does not exist if the description
	 * fails, or {@code null} if not even the ARN of the stream is known
	 */
	private CompletableFuture<@Nullable String> consumer(StreamIdentifier stream, @Nullable String streamArn,
			FanOutOptions options) {
		String consumerArn = options.consumerArn();
		if (consumerArn == null && streamArn == null) {
			return CompletableFuture.completedFuture(null);
		}
		DescribeStreamConsumerRequest.Builder request = DescribeStreamConsumerRequest.builder();
		if (consumerArn != null) {
			request.consumerARN(consumerArn);
		}
		else {
			request.streamARN(streamArn).consumerName(options.consumerName());
		}
		String unknown = (consumerArn != null) ? consumerArn : streamArn + "/consumer/" + options.consumerName() + ":1";
		return this.checks
			.check("kinesis:DescribeStreamConsumer", resource(stream, options),
					this.client.describeStreamConsumer(request.build()))
			.thenApply((answer) -> (answer != null) ? answer.consumerDescription().consumerARN() : unknown);
	}

	private CompletableFuture<@Nullable Boolean> subscribe(@Nullable String consumerArn, String resource,
			@Nullable String shardId) {
		if (consumerArn == null) {
			return CompletableFuture.completedFuture(null);
		}
		String shard = (shardId != null && this.dryRuns.areSupported()) ? shardId : NO_SHARD;
		SubscribeToShardResponseHandler handler = SubscribeToShardResponseHandler.builder().subscriber((event) -> {
		}).build();
		return this.checks.check("kinesis:SubscribeToShard", resource,
				this.dryRuns.run("kinesis:SubscribeToShard", resource,
						() -> this.client.subscribeToShard((subscribe) -> subscribe.consumerARN(consumerArn)
							.shardId(shard)
							.startingPosition((position) -> position.type(ShardIteratorType.LATEST))
							.dryRun(true), handler).thenApply((ended) -> Boolean.TRUE)));
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

	/**
	 * A server without dry runs reads at most one record, from the tip of the shard,
	 * where there is usually none.
	 */
	private CompletableFuture<@Nullable GetRecordsResponse> records(StreamIdentifier stream, String iterator) {
		return this.checks.check("kinesis:GetRecords", resource(stream),
				this.dryRuns.run("kinesis:GetRecords", resource(stream), () -> this.client.getRecords((get) -> {
					get.shardIterator(iterator).limit(1).dryRun(true);
					if (stream.isArn()) {
						get.streamARN(stream.value());
					}
				})));
	}

	/**
	 * Checks what sending needs.
	 * @return whether the stream exists, as far as the response shows
	 */
	CompletableFuture<Boolean> checkSending(StreamIdentifier stream) {
		return this.sending.computeIfAbsent(stream.value(), (value) -> {
			CompletableFuture<PutRecordsResponse> answer = this.polled
				.thenCompose((done) -> this.dryRuns.run("kinesis:PutRecords", resource(stream), () -> put(stream)));
			this.checks.check("kinesis:PutRecords", resource(stream), answer);
			return exists(answer).thenCombine(exists(list(stream)), (here, listed) -> here && listed);
		});
	}

	/**
	 * Checks what aggregating records by shard needs.
	 */
	void checkAggregation(StreamIdentifier stream) {
		this.checks.check("kinesis:ListShards", resource(stream), list(stream));
	}

	private CompletableFuture<PutRecordsResponse> put(StreamIdentifier stream) {
		PutRecordsRequestEntry entry = PutRecordsRequestEntry.builder()
			.partitionKey("preflight")
			.explicitHashKey(this.dryRuns.areSupported() ? null : NO_HASH_KEY)
			.data(SdkBytes.fromUtf8String("preflight"))
			.build();
		return this.client.putRecords((put) -> {
			put.records(entry).dryRun(true);
			if (stream.isArn()) {
				put.streamARN(stream.value());
			}
			else {
				put.streamName(stream.name());
			}
		});
	}

	/**
	 * A producer does not need ListShards, so a denial proves nothing.
	 */
	private static CompletableFuture<Boolean> exists(CompletableFuture<?> answer) {
		return answer.handle((done, ex) -> !(ex instanceof ResourceNotFoundException)
				&& (ex == null || !(ex.getCause() instanceof ResourceNotFoundException)));
	}

	private static String resource(StreamIdentifier stream) {
		return stream.isArn() ? stream.value() : "stream/" + stream.name();
	}

	private static String resource(StreamIdentifier stream, FanOutOptions options) {
		String consumerArn = options.consumerArn();
		return (consumerArn != null) ? consumerArn : resource(stream) + "/consumer/" + options.consumerName() + ":*";
	}

}
