package io.kinesisspring.shard;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import org.springframework.util.function.SingletonSupplier;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisServiceClientConfiguration;
import software.amazon.awssdk.services.kinesis.model.ConsumerDescription;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamConsumerResponse;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.StreamMode;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ShardListing;
import io.kinesisspring.scheduling.Futures;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.wire.FastPath;
import io.kinesisspring.wire.RecordsResponse;

/**
 * The calls of the Kinesis API that a consumer makes. Futures fail with the SDK's
 * exceptions, which {@link KinesisFailures} classifies and explains. Thread-safe. The
 * caller closes the SDK's client.
 *
 * @since 0.1.0
 */
public final class StreamClient {

	/** No stream keeps its records for less than a day. */
	private static final Duration SHORTEST_RETENTION = Duration.ofHours(24);

	private final KinesisAsyncClient client;

	private final FastPath fastPath;

	private final SingletonSupplier<KinesisAsyncClient> subscriptions;

	private final ShardPages shards;

	private final SharedListings listings;

	private final Duration shortestRetention;

	/**
	 * Create a client.
	 * @param client the SDK's client
	 */
	public StreamClient(KinesisAsyncClient client) {
		this(client, () -> client);
	}

	/**
	 * Create a client that uses another SDK client for subscriptions.
	 * @param client the SDK's client for all other calls
	 * @param subscriptions supplies the SDK's client for {@code SubscribeToShard} when it
	 * is needed
	 */
	public StreamClient(KinesisAsyncClient client, Supplier<KinesisAsyncClient> subscriptions) {
		this(client, subscriptions, Scheduler.system().clock(), SHORTEST_RETENTION);
	}

	StreamClient(KinesisAsyncClient client, Clock clock, Duration shortestRetention) {
		this(client, () -> client, clock, shortestRetention);
	}

	private StreamClient(KinesisAsyncClient client, Supplier<KinesisAsyncClient> subscriptions, Clock clock,
			Duration shortestRetention) {
		Assert.notNull(client, "'client' must not be null");
		Assert.notNull(subscriptions, "'subscriptions' must not be null");
		this.client = client;
		this.fastPath = FastPath.of(client);
		this.subscriptions = SingletonSupplier.of(subscriptions);
		this.shards = new ShardPages(client, clock);
		this.listings = new SharedListings(this.shards::list, clock);
		this.shortestRetention = shortestRetention;
	}

	/**
	 * The region that the client calls.
	 * @return the region, {@code null} if the client does not tell it
	 */
	public @Nullable String region() {
		try {
			KinesisServiceClientConfiguration configuration = this.client.serviceClientConfiguration();
			return (configuration != null && configuration.region() != null) ? configuration.region().id() : null;
		}
		catch (UnsupportedOperationException ex) {
			return null;
		}
	}

	/**
	 * How long the service keeps any record at least.
	 */
	Duration shortestRetention() {
		return this.shortestRetention;
	}

	/**
	 * The listings that all users of this client share.
	 */
	SharedListings listings() {
		return this.listings;
	}

	/**
	 * List all shards of a stream that the service still knows. A stream always has
	 * shards, so that a listing without any is a failed call.
	 * @param stream the stream
	 * @return the shards
	 */
	public CompletableFuture<ShardListing> listShards(StreamIdentifier stream) {
		return this.shards.list(stream);
	}

	/**
	 * The sequence number at which a shard was closed. No record may have it.
	 * @return completes with an empty value for a shard that is open or not listed
	 */
	CompletableFuture<Optional<SequenceNumber>> endOf(StreamIdentifier stream, String shardId) {
		return this.shards.endOf(stream, shardId);
	}

	/**
	 * A moment of the service that is certainly later than a listing.
	 * @param asOf when the listing was made, rounded down, or much earlier if the service
	 * did not send its time
	 */
	Instant after(Instant asOf) {
		return this.shards.after(asOf);
	}

	private static <T> T required(@Nullable T value, String action, StreamIdentifier stream, String field) {
		return IncompleteResponseException.required(value, action, location(stream), field);
	}

	private static String location(StreamIdentifier stream) {
		return "stream '" + stream.name() + "'";
	}

	/**
	 * Create a stream, on demand or with a number of shards.
	 * @param stream the name of the stream
	 * @param shards how many shards; {@code null} for an on-demand stream
	 * @return completes when the service has accepted it
	 */
	public CompletableFuture<Void> createStream(StreamIdentifier stream, @Nullable Integer shards) {
		return this.client.createStream((create) -> {
			create.streamName(stream.name());
			if (shards != null) {
				create.shardCount(shards);
			}
			else {
				create.streamModeDetails((mode) -> mode.streamMode(StreamMode.ON_DEMAND));
			}
		}).thenAccept((created) -> {
		});
	}

	/**
	 * Get an iterator that starts at a checkpoint.
	 * @param inclusive whether to read the checkpoint's own record once more
	 */
	CompletableFuture<String> iterator(StreamIdentifier stream, String shardId, Checkpoint from, boolean inclusive) {
		GetShardIteratorRequest.Builder request = GetShardIteratorRequest.builder().shardId(shardId);
		if (stream.isArn()) {
			request.streamARN(stream.value());
		}
		else {
			request.streamName(stream.name());
		}
		StartingPosition position = StartingPositions.of(from, inclusive);
		request.shardIteratorType(position.type())
			.startingSequenceNumber(position.sequenceNumber())
			.timestamp(position.timestamp());
		return this.client.getShardIterator(request.build())
			.thenApply((response) -> required(response.shardIterator(), "GetShardIterator", stream, "ShardIterator"));
	}

	/**
	 * Check with the service whether a shard can be read after a record.
	 * @param stream the stream
	 * @param shardId the shard
	 * @param position the record
	 * @return completes if it can, exceptionally with an {@link IllegalArgumentException}
	 * if there is no such shard, or the record is not in it
	 */
	public CompletableFuture<Void> check(StreamIdentifier stream, String shardId, Checkpoint.After position) {
		return iterator(stream, shardId, position, false).handle((iterator, ex) -> {
			if (ex == null) {
				return null;
			}
			if (KinesisFailures.isInvalidArgument(ex) || KinesisFailures.isNotFound(ex)) {
				throw new IllegalArgumentException("Shard '" + shardId + "' of stream '" + stream + "' cannot be read "
						+ position + ": " + Futures.cause(ex).getMessage());
			}
			throw KinesisFailures.explain(ex, "GetShardIterator", stream);
		});
	}

	/**
	 * Whether the service still knows a shard. A listing may omit one for a moment.
	 * @param stream the stream
	 * @param shardId the shard
	 * @return completes with {@code false} only if the service says that there is no such
	 * shard or stream; exceptionally if the call failed
	 */
	public CompletableFuture<Boolean> exists(StreamIdentifier stream, String shardId) {
		return iterator(stream, shardId, Checkpoint.TRIM_HORIZON, true).thenApply((iterator) -> true)
			.exceptionallyCompose((ex) -> KinesisFailures.isNotFound(ex) ? CompletableFuture.completedFuture(false)
					: CompletableFuture.failedFuture(Futures.cause(ex)));
	}

	CompletableFuture<RecordsResponse> records(StreamIdentifier stream, String iterator, int limit) {
		GetRecordsRequest request = GetRecordsRequest.builder()
			.shardIterator(iterator)
			.limit(limit)
			.streamARN(stream.isArn() ? stream.value() : null)
			.build();
		return this.fastPath.getRecords(request).thenApply((response) -> {
			required(response.records(), "GetRecords", stream, "Records");
			return response;
		});
	}

	/**
	 * The ARN of a stream, which all calls for consumers need.
	 */
	CompletableFuture<String> arn(StreamIdentifier stream) {
		if (stream.isArn()) {
			return CompletableFuture.completedFuture(stream.value());
		}
		return this.client.describeStreamSummary((describe) -> describe.streamName(stream.name()))
			.thenApply((response) -> required(response.streamDescriptionSummary(), "DescribeStreamSummary", stream,
					"StreamDescriptionSummary"))
			.thenApply((summary) -> required(summary.streamARN(), "DescribeStreamSummary", stream, "StreamARN"));
	}

	CompletableFuture<ConsumerDescription> consumer(String streamArn, String name) {
		return this.client.describeStreamConsumer((describe) -> describe.streamARN(streamArn).consumerName(name))
			.thenApply((response) -> requireFields(response, name));
	}

	CompletableFuture<ConsumerDescription> consumer(String consumerArn) {
		return this.client.describeStreamConsumer((describe) -> describe.consumerARN(consumerArn))
			.thenApply((response) -> requireFields(response, consumerArn));
	}

	private static ConsumerDescription requireFields(DescribeStreamConsumerResponse response, String consumer) {
		String action = "DescribeStreamConsumer";
		String location = "consumer '" + consumer + "'";
		ConsumerDescription description = IncompleteResponseException.required(response.consumerDescription(), action,
				location, "ConsumerDescription");
		IncompleteResponseException.required(description.consumerARN(), action, location, "ConsumerARN");
		IncompleteResponseException.required(description.consumerStatusAsString(), action, location, "ConsumerStatus");
		return description;
	}

	CompletableFuture<Void> registerConsumer(String streamArn, String name) {
		return this.client.registerStreamConsumer((register) -> register.streamARN(streamArn).consumerName(name))
			.thenAccept((response) -> {
			});
	}

	CompletableFuture<Void> deregisterConsumer(String consumerArn) {
		return this.client.deregisterStreamConsumer((deregister) -> deregister.consumerARN(consumerArn))
			.thenAccept((response) -> {
			});
	}

	/**
	 * Create the client for subscriptions if there is none yet. That takes some time.
	 */
	void prepareSubscriptions() {
		this.subscriptions.obtain();
	}

	/**
	 * Subscribe to a shard. One event may arrive at once.
	 * @param from where to start
	 * @param sink receives the events
	 */
	ShardSubscription subscribe(String consumerArn, String shardId, StartingPosition from,
			ShardSubscription.Sink sink) {
		ShardSubscription subscription = new ShardSubscription(sink);
		subscription.begin(this.subscriptions::obtain, consumerArn, shardId, from);
		return subscription;
	}

}
