package io.kinesisspring.testing;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClientBuilder;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

import io.kinesisspring.aggregation.AggregatedRecordBuilder;
import io.kinesisspring.embedded.dynamodb.DynamoDbLocal;
import io.kinesisspring.wire.KeepAliveHttpClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A Kinesis server and DynamoDB Local over real HTTP, for the tests of a class. All that
 * is done to streams is done by the Kinesis API, so that every server understands it.
 */
public final class BackEnds implements BeforeAllCallback, AfterAllCallback {

	private static final StaticCredentialsProvider CREDENTIALS = StaticCredentialsProvider
		.create(AwsBasicCredentials.create("test", "test"));

	private final Supplier<KinesisServer> starter;

	private KinesisServer server;

	private DynamoDbLocal dynamoDbLocal;

	private DynamoDbAsyncClient dynamoDb;

	/**
	 * Create back ends.
	 * @param starter starts the Kinesis server
	 */
	public BackEnds(Supplier<KinesisServer> starter) {
		this.starter = starter;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		this.dynamoDbLocal = DynamoDbLocal.start(0);
		this.dynamoDb = dynamoDb((builder) -> {
		});
		this.server = this.starter.get();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		this.dynamoDb.close();
		this.dynamoDbLocal.close();
		if (this.server != null) {
			this.server.close();
		}
	}

	public KinesisAsyncClient kinesis() {
		return this.server.client();
	}

	public DynamoDbAsyncClient dynamoDb() {
		return this.dynamoDb;
	}

	/**
	 * Another client of the same DynamoDB, which is the caller's to close.
	 */
	public DynamoDbAsyncClient dynamoDb(Consumer<DynamoDbAsyncClientBuilder> customizer) {
		DynamoDbAsyncClientBuilder builder = DynamoDbAsyncClient.builder()
			.endpointOverride(this.dynamoDbLocal.endpoint())
			.region(Region.US_EAST_1)
			.credentialsProvider(CREDENTIALS)
			.httpClientBuilder(KeepAliveHttpClient.builder(NettyNioAsyncHttpClient.builder()));
		customizer.accept(builder);
		return builder.build();
	}

	public void createStream(String stream, int shards) {
		kinesis().createStream((create) -> create.streamName(stream).shardCount(shards)).join();
		awaitActive(stream);
	}

	/**
	 * The shards that take records, by the keys that they take.
	 */
	public List<Shard> openShards(String stream) {
		return kinesis().listShards((list) -> list.streamName(stream))
			.join()
			.shards()
			.stream()
			.filter((shard) -> shard.sequenceNumberRange().endingSequenceNumber() == null)
			.sorted(Comparator.comparing((shard) -> new BigInteger(shard.hashKeyRange().startingHashKey())))
			.toList();
	}

	/**
	 * Split an open shard in two equal halves.
	 */
	public void split(String stream, int index) {
		Shard shard = openShards(stream).get(index);
		BigInteger start = new BigInteger(shard.hashKeyRange().startingHashKey());
		BigInteger end = new BigInteger(shard.hashKeyRange().endingHashKey());
		kinesis()
			.splitShard((split) -> split.streamName(stream)
				.shardToSplit(shard.shardId())
				.newStartingHashKey(start.add(end).add(BigInteger.ONE).shiftRight(1).toString()))
			.join();
		awaitActive(stream);
	}

	/**
	 * Merge an open shard with the one behind it.
	 */
	public void merge(String stream, int index) {
		List<Shard> open = openShards(stream);
		kinesis()
			.mergeShards((merge) -> merge.streamName(stream)
				.shardToMerge(open.get(index).shardId())
				.adjacentShardToMerge(open.get(index + 1).shardId()))
			.join();
		awaitActive(stream);
	}

	public void updateShardCount(String stream, int shards) {
		kinesis()
			.updateShardCount(
					(update) -> update.streamName(stream).targetShardCount(shards).scalingType("UNIFORM_SCALING"))
			.join();
		awaitActive(stream);
	}

	private void awaitActive(String stream) {
		await().pollInterval(Duration.ofMillis(10))
			.until(() -> kinesis().describeStreamSummary((describe) -> describe.streamName(stream))
				.join()
				.streamDescriptionSummary()
				.streamStatus() == StreamStatus.ACTIVE);
	}

	/**
	 * Put numbered records, {@code from} to {@code to - 1}, each under its number as key.
	 */
	public void put(String stream, int from, int to) {
		put(stream, from, to, (number) -> "key-" + number);
	}

	/**
	 * Put numbered records, {@code from} to {@code to - 1}, in one request.
	 */
	public void put(String stream, int from, int to, IntFunction<String> key) {
		List<PutRecordsRequestEntry> entries = new ArrayList<>();
		for (int i = from; i < to; i++) {
			entries.add(PutRecordsRequestEntry.builder()
				.partitionKey(key.apply(i))
				.data(SdkBytes.fromUtf8String(String.valueOf(i)))
				.build());
		}
		PutRecordsResponse response = kinesis().putRecords((put) -> put.streamName(stream).records(entries)).join();
		assertThat(response.failedRecordCount()).isZero();
	}

	/**
	 * Put numbered records, {@code from} to {@code to - 1}, put together in one record
	 * that is stored under its first one's key.
	 */
	public void putAggregated(String stream, int from, int to, IntFunction<String> key) {
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		for (int i = from; i < to; i++) {
			builder.add(key.apply(i), null, String.valueOf(i).getBytes(StandardCharsets.UTF_8));
		}
		kinesis()
			.putRecord((put) -> put.streamName(stream)
				.partitionKey(key.apply(from))
				.data(SdkBytes.fromByteArray(builder.build())))
			.join();
	}

}
