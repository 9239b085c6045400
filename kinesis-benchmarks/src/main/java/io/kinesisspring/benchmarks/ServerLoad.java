package io.kinesisspring.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * Measures how many records a second an unmodified SDK client writes to the embedded
 * server and reads from it, and how long its process takes to start. Arguments are
 * endpoints of servers to compare with. Records have 200 bytes, requests 500 records and
 * responses up to 10,000. One client uses HTTP/1.1, with one request at a time and with
 * four.
 */
public final class ServerLoad {

	private static final int RECORDS = Integer.getInteger("records", 200_000);

	private static final int ROUNDS = Integer.getInteger("rounds", 2);

	private static final int STARTS = 5;

	private static final int BATCH = 500;

	private static final int SHARDS = 4;

	private static final int PAYLOAD = 200;

	private final String name;

	private final KinesisAsyncClient client;

	private int streams;

	private ServerLoad(String name, URI endpoint) {
		this.name = name;
		this.client = KinesisAsyncClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
			.build();
	}

	/**
	 * Measure.
	 * @param args the endpoints of more servers
	 * @throws IOException if the embedded server does not start
	 */
	public static void main(String[] args) throws IOException {
		long[] starts = new long[STARTS];
		for (int i = 0; i < STARTS; i++) {
			try (ServerProcess server = ServerProcess.start()) {
				starts[i] = server.startMillis();
			}
		}
		System.out.printf("From the start of the JVM to listening: median %d ms of %s%n",
				LongStream.of(starts).sorted().skip(STARTS / 2).findFirst().orElseThrow(), Arrays.toString(starts));
		try (ServerProcess server = ServerProcess.start()) {
			List<ServerLoad> loads = new ArrayList<>();
			loads.add(new ServerLoad("embedded", server.endpoint()));
			for (String endpoint : args) {
				loads.add(new ServerLoad(endpoint, URI.create(endpoint)));
			}
			loads.forEach((load) -> load.run(SHARDS));
			System.out.printf("%-28s %7s %14s %14s%n", "server", "writers", "written/s", "read/s");
			for (int round = 0; round < ROUNDS; round++) {
				loads.forEach((load) -> load.report(1));
				loads.forEach((load) -> load.report(SHARDS));
			}
			loads.forEach((load) -> load.client.close());
		}
	}

	private void report(int writers) {
		double[] rates = run(writers);
		System.out.printf(Locale.ROOT, "%-28s %7d %,14.0f %,14.0f%n", this.name, writers, rates[0], rates[1]);
	}

	private double[] run(int writers) {
		String stream = createStream();
		List<Shard> shards = this.client.listShards((request) -> request.streamName(stream)).join().shards();
		double written = rate(() -> inParallel(writers, (writer) -> write(stream, writer, RECORDS / BATCH / writers)));
		double read = rate(() -> inParallel(writers, (writer) -> {
			CompletableFuture<?> last = CompletableFuture.completedFuture(null);
			for (int i = writer; i < shards.size(); i += writers) {
				String shard = shards.get(i).shardId();
				last = last.thenCompose((before) -> read(stream, shard));
			}
			return last;
		}));
		this.client.deleteStream((request) -> request.streamName(stream)).join();
		return new double[] { written, read };
	}

	private static double rate(Runnable work) {
		long before = System.nanoTime();
		work.run();
		return RECORDS * 1e9 / (System.nanoTime() - before);
	}

	private static void inParallel(int writers, Work work) {
		CompletableFuture.allOf(IntStream.range(0, writers).mapToObj(work::start).toArray(CompletableFuture[]::new))
			.join();
	}

	private String createStream() {
		String stream = "load-" + ProcessHandle.current().pid() + "-" + this.streams++;
		this.client.createStream((request) -> request.streamName(stream).shardCount(SHARDS)).join();
		StreamStatus status;
		do {
			status = this.client.describeStream((request) -> request.streamName(stream))
				.join()
				.streamDescription()
				.streamStatus();
		}
		while (status != StreamStatus.ACTIVE);
		return stream;
	}

	private CompletableFuture<?> write(String stream, int writer, int batches) {
		if (batches == 0) {
			return CompletableFuture.completedFuture(null);
		}
		SdkBytes payload = SdkBytes.fromByteArray(new byte[PAYLOAD]);
		List<PutRecordsRequestEntry> entries = IntStream.range(0, BATCH)
			.mapToObj((i) -> PutRecordsRequestEntry.builder()
				.partitionKey(writer + "-" + batches + "-" + i)
				.data(payload)
				.build())
			.toList();
		return this.client.putRecords((request) -> request.streamName(stream).records(entries))
			.thenCompose((put) -> write(stream, writer, batches - 1));
	}

	private CompletableFuture<?> read(String stream, String shard) {
		return this.client
			.getShardIterator((request) -> request.streamName(stream)
				.shardId(shard)
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.thenCompose((start) -> readOn(start.shardIterator()));
	}

	private CompletableFuture<GetRecordsResponse> readOn(String iterator) {
		return this.client.getRecords((request) -> request.shardIterator(iterator))
			.thenCompose((answer) -> answer.records().isEmpty() ? CompletableFuture.completedFuture(answer)
					: readOn(answer.nextShardIterator()));
	}

	/**
	 * A task that several threads run at the same time.
	 */
	@FunctionalInterface
	private interface Work {

		CompletableFuture<?> start(int writer);

	}

}
