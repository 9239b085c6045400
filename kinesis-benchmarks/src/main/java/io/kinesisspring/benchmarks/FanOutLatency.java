package io.kinesisspring.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.shard.StreamClient;

/**
 * Measures the time of a record from the put to the listener, with polling and with fan-
 * out, for the same records in the same run. The embedded server is a separate process.
 * It sends events immediately, so the service's own latency is not included.
 */
public final class FanOutLatency {

	private static final String STREAM = "latency";

	private static final int PER_SECOND = Integer.getInteger("perSecond", 100);

	private static final int SECONDS = Integer.getInteger("seconds", 30);

	private static final int WARM_UP_SECONDS = 5;

	private static final int SHARDS = 4;

	private FanOutLatency() {
	}

	/**
	 * Measure.
	 * @param args none
	 * @throws IOException if the embedded server does not start
	 */
	public static void main(String[] args) throws IOException {
		try (ServerProcess server = ServerProcess.start();
				KinesisAsyncClient client = client(server, Duration.ofSeconds(30));
				KinesisAsyncClient subscriptions = client(server, Duration.ZERO)) {
			client.createStream((create) -> create.streamName(STREAM).shardCount(SHARDS)).join();
			StreamClient streams = new StreamClient(client, () -> subscriptions);
			Latencies polling = new Latencies();
			Latencies fanOut = new Latencies();
			List<KinesisListenerContainer> containers = List.of(container(streams, ReadMode.POLLING, polling),
					container(streams, ReadMode.FAN_OUT, fanOut));
			containers.forEach(KinesisListenerContainer::start);
			put(client, WARM_UP_SECONDS);
			polling.nanos.clear();
			fanOut.nanos.clear();
			put(client, SECONDS);
			pause(Duration.ofSeconds(2));
			containers.forEach(KinesisListenerContainer::stop);
			System.out.printf("%d records a second for %d s, %d shards, milliseconds from put to listener%n",
					PER_SECOND, SECONDS, SHARDS);
			System.out.printf("%-10s %8s %8s %8s %8s%n", "mode", "records", "p50", "p99", "max");
			polling.print("polling");
			fanOut.print("fan-out");
		}
	}

	private static KinesisAsyncClient client(ServerProcess server, Duration readTimeout) {
		return KinesisAsyncClient.builder()
			.endpointOverride(server.endpoint())
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.httpClientBuilder(NettyNioAsyncHttpClient.builder().readTimeout(readTimeout))
			.build();
	}

	private static KinesisListenerContainer container(StreamClient streams, ReadMode mode, RecordsListener listener) {
		String name = mode.name().toLowerCase(Locale.ROOT);
		ContainerOptions options = ContainerOptions.defaults().toBuilder().application(name).mode(mode).build();
		return new KinesisListenerContainerFactory(streams, (application) -> new InMemoryLeaseStore(),
				new SimpleAsyncTaskExecutor(name), options, (id, builder) -> {
				})
			.create(new KinesisListenerEndpoint(name, List.of(StreamIdentifier.of(STREAM)), listener,
					(builder) -> builder, "a benchmark"));
	}

	private static void put(KinesisAsyncClient client, int seconds) {
		for (int i = 0; i < seconds * PER_SECOND; i++) {
			String key = "key-" + i;
			long now = System.nanoTime();
			client.putRecord((put) -> put.streamName(STREAM)
				.partitionKey(key)
				.data(SdkBytes.fromByteArray(ByteBuffer.allocate(Long.BYTES).putLong(now).array())));
			pause(Duration.ofSeconds(1).dividedBy(PER_SECOND));
		}
	}

	private static void pause(Duration duration) {
		LockSupport.parkNanos(duration.toNanos());
	}

	/**
	 * Measures the time of each record.
	 */
	private static final class Latencies implements RecordsListener {

		private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();

		@Override
		public CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			long now = System.nanoTime();
			records.forEach((record) -> this.nanos.add(now - ByteBuffer.wrap(record.payload()).getLong()));
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public boolean isBatch() {
			return false;
		}

		private void print(String mode) {
			long[] sorted = this.nanos.stream().mapToLong(Long::longValue).sorted().toArray();
			System.out.printf("%-10s %8d %8.1f %8.1f %8.1f%n", mode, sorted.length, at(sorted, 0.5), at(sorted, 0.99),
					at(sorted, 1));
		}

		private static double at(long[] sorted, double fraction) {
			return sorted[(int) Math.min(sorted.length - 1, (long) (sorted.length * fraction))] / 1e6;
		}

	}

}
