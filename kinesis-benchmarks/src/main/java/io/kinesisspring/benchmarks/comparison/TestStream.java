package io.kinesisspring.benchmarks.comparison;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

import io.kinesisspring.benchmarks.driver.Payload;

/**
 * A stream that exists for one measurement.
 */
final class TestStream implements AutoCloseable {

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	/** What the service charges by: 25 KB, that is 25 * 1024 bytes. */
	private static final int UNIT = 25 * 1024;

	private static final int PUT_MILLIS = 5;

	private static final int GET_MILLIS = 10;

	private static final int BATCH = 500;

	private static final int IN_FLIGHT = 4;

	private final URI endpoint;

	private final String name = "benchmark-" + NUMBERS.incrementAndGet();

	private final KinesisAsyncClient client;

	private final int shards;

	/**
	 * Create a stream.
	 * @param endpoint where
	 * @param shards how many shards it has
	 * @param cbor whether the server knows CBOR
	 */
	TestStream(URI endpoint, int shards, boolean cbor) {
		System.setProperty("aws.cborEnabled", Boolean.toString(cbor));
		this.endpoint = endpoint;
		this.shards = shards;
		this.client = KinesisAsyncClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
			.build();
		this.client.createStream((request) -> request.streamName(this.name).shardCount(shards)).join();
		StreamStatus status;
		do {
			status = this.client.describeStream((request) -> request.streamName(this.name))
				.join()
				.streamDescription()
				.streamStatus();
		}
		while (status != StreamStatus.ACTIVE);
	}

	String name() {
		return this.name;
	}

	int shards() {
		return this.shards;
	}

	/**
	 * Apply the service's limits to the stream.
	 */
	void limit() {
		control("limits/" + this.name, "{}");
	}

	/**
	 * Let answers take as long as those of a service in another data center: 5 ms for
	 * PutRecords and 10 ms for GetRecords. Both are counted.
	 */
	void delay() {
		delay("GetRecords", GET_MILLIS);
		delay("PutRecords", PUT_MILLIS);
	}

	/**
	 * Answer without delay again.
	 */
	void endDelay() {
		send(HttpRequest.newBuilder(this.endpoint.resolve("/_embedded/faults")).DELETE().build());
	}

	/**
	 * Start to count requests of an action that the client cannot count.
	 */
	void count(String action) {
		delay(action, 0);
	}

	private void delay(String action, int millis) {
		control("faults", "{\"kind\":\"LATENCY\",\"delayMillis\":%d,\"stream\":\"%s\",\"action\":\"%s\"}"
			.formatted(millis, this.name, action));
	}

	/**
	 * Return the count, and stop counting.
	 */
	double counted() {
		String faults = send(HttpRequest.newBuilder(this.endpoint.resolve("/_embedded/faults")).build());
		send(HttpRequest.newBuilder(this.endpoint.resolve("/_embedded/faults")).DELETE().build());
		return Double.parseDouble(faults.replaceAll("(?s).*\"hits\":\\s*(\\d+).*", "$1"));
	}

	/**
	 * Read what is stored, without limits.
	 * @return how many Kinesis records there are, and for how many units of 25 KB the
	 * service would charge
	 */
	Stored stored() {
		send(HttpRequest.newBuilder(this.endpoint.resolve("/_embedded/limits/" + this.name)).DELETE().build());
		long records = 0;
		long units = 0;
		for (Shard shard : this.client.listShards((request) -> request.streamName(this.name)).join().shards()) {
			String iterator = this.client
				.getShardIterator((request) -> request.streamName(this.name)
					.shardId(shard.shardId())
					.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
				.join()
				.shardIterator();
			GetRecordsResponse response;
			do {
				String next = iterator;
				response = this.client.getRecords((request) -> request.shardIterator(next)).join();
				for (Record record : response.records()) {
					records++;
					int bytes = record.data().asByteArrayUnsafe().length + record.partitionKey().length();
					units += (bytes + UNIT - 1) / UNIT;
				}
				iterator = response.nextShardIterator();
			}
			while (iterator != null && response.millisBehindLatest() > 0);
		}
		return new Stored(records, units);
	}

	private void control(String path, String body) {
		send(HttpRequest.newBuilder(this.endpoint.resolve("/_embedded/" + path))
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build());
	}

	private static String send(HttpRequest request) {
		try {
			HttpResponse<String> response = HttpClient.newHttpClient()
				.send(request, HttpResponse.BodyHandlers.ofString());
			if (response.statusCode() != 200) {
				throw new IllegalStateException(request.uri() + " says " + response.body());
			}
			return response.body();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Fill the stream.
	 * @param records how many records to put
	 * @param bytes how long they are
	 * @param keys how many keys they have
	 */
	void fill(int records, int bytes, int keys) {
		Semaphore permits = new Semaphore(IN_FLIGHT);
		List<PutRecordsRequestEntry> batch = new ArrayList<>();
		int most = Math.min(BATCH, (4 << 20) / bytes);
		for (int i = 0; i < records; i++) {
			batch.add(entry(i, bytes, 0).partitionKey("customer-" + i % keys).build());
			if (batch.size() == most || i == records - 1) {
				List<PutRecordsRequestEntry> entries = batch;
				batch = new ArrayList<>();
				permits.acquireUninterruptibly();
				put(entries).whenComplete((answer, ex) -> permits.release());
			}
		}
		permits.acquireUninterruptibly(IN_FLIGHT);
	}

	/**
	 * Put records into the shards in turn.
	 * @param first the index of the first
	 * @param count how many
	 * @param bytes how long they are
	 */
	CompletableFuture<PutRecordsResponse> put(long first, int count, int bytes) {
		List<PutRecordsRequestEntry> entries = new ArrayList<>(count);
		long due = Payload.micros();
		for (long i = first; i < first + count; i++) {
			entries.add(entry(i, bytes, due).partitionKey("customer-" + i).explicitHashKey(hashKey(shard(i))).build());
		}
		return put(entries);
	}

	/**
	 * The shard of a record that was put in turn.
	 */
	int shard(long index) {
		return (int) (index % this.shards);
	}

	private String hashKey(int shard) {
		return BigInteger.ONE.shiftLeft(128)
			.multiply(BigInteger.valueOf(2L * shard + 1))
			.divide(BigInteger.valueOf(2L * this.shards))
			.toString();
	}

	private static PutRecordsRequestEntry.Builder entry(long index, int bytes, long due) {
		return PutRecordsRequestEntry.builder().data(SdkBytes.fromByteArrayUnsafe(Payload.of(index, bytes, due)));
	}

	private CompletableFuture<PutRecordsResponse> put(List<PutRecordsRequestEntry> entries) {
		return this.client.putRecords((request) -> request.streamName(this.name).records(entries))
			.whenComplete(TestStream::check);
	}

	private static void check(@Nullable PutRecordsResponse answer, @Nullable Throwable ex) {
		if (ex != null || answer == null || answer.failedRecordCount() > 0) {
			System.err.println("Records could not be put: " + ((ex != null) ? ex : answer));
		}
	}

	@Override
	public void close() {
		this.client.deleteStream((request) -> request.streamName(this.name)).join();
		this.client.close();
	}

	/**
	 * What a stream holds.
	 *
	 * @param records how many Kinesis records
	 * @param units how many units of 25 KB
	 */
	record Stored(long records, long units) {
	}

}
