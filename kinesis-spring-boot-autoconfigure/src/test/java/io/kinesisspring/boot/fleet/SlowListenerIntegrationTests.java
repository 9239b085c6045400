package io.kinesisspring.boot.fleet;

import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.embedded.EmbeddedKinesisMain;
import io.kinesisspring.embedded.testing.ChildProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A hundred subscriptions in a small process, a listener that takes a second for each
 * batch, and more data than the process has memory: nothing grows, and subscriptions are
 * not given up for it. Two thirds of the heap are what the SDK's decoders hold, 2 MB for
 * each subscription.
 */
@Tag("thorough")
class SlowListenerIntegrationTests {

	private static final int SHARDS = 100;

	private static final int RECORDS_OF_A_SHARD = 400;

	private static final int RECORD_SIZE = 10 << 10;

	private static final BigInteger WIDTH = BigInteger.TWO.pow(128).divide(BigInteger.valueOf(SHARDS));

	private static final Pattern PROGRESS = Pattern.compile("progress shards=(\\d+) records=(\\d+) heap=(\\d+)MB");

	@TempDir
	private Path directory;

	private ChildProcess server;

	private ChildProcess worker;

	private URI endpoint;

	@BeforeEach
	void startServer() throws Exception {
		this.server = ChildProcess.start("server", this.directory, List.of("-Xmx1g"), EmbeddedKinesisMain.class,
				List.of("--port", "0", "--stream", "slow:" + SHARDS, "--memory", "600"));
		String prefix = "kinesis.endpoint=";
		Awaitility.await()

			.until(() -> this.server.output().stream().anyMatch((line) -> line.startsWith(prefix)));
		this.endpoint = URI.create(this.server.output()
			.stream()
			.filter((line) -> line.startsWith(prefix))
			.findFirst()
			.orElseThrow()
			.substring(prefix.length()));
	}

	@AfterEach
	void stop() {
		if (this.worker != null) {
			this.worker.close();
		}
		this.server.close();
	}

	@Test
	void neitherGrowsNorLosesItsSubscriptions() throws Exception {
		put();
		control("POST", "{\"kind\":\"latency\",\"action\":\"SubscribeToShard\",\"delayMillis\":1}");
		this.worker = ChildProcess.start("worker", this.directory,
				List.of("-Xmx320m", "-XX:MaxDirectMemorySize=128m", "-XX:+ExitOnOutOfMemoryError"), SlowWorker.class,
				List.of("--spring.application.name=slow", "--spring.main.banner-mode=off",
						"--spring.main.keep-alive=true", "--kinesis.endpoint=" + this.endpoint,
						"--kinesis.region=us-east-1", "--kinesis.credentials.access-key=local",
						"--kinesis.credentials.secret-key=local", "--kinesis.lease.store=memory",
						"--kinesis.consumer.mode=fan-out", "--kinesis.consumer.fan-out.fallback=fail",
						"--kinesis.consumer.max-records=50", "--kinesis.consumer.buffer-memory=24MB",
						"--logging.level.io.kinesisspring=warn"));
		Awaitility.await()
			.atMost(Duration.ofMinutes(4))
			.failFast(() -> assertThat(this.worker.isAlive()).as(this.worker::describe).isTrue())
			.untilAsserted(() -> assertThat(last(1)).as(this.worker::describe).isEqualTo(SHARDS));
		assertThat(this.worker.output()).noneMatch((line) -> line.contains("OutOfMemory"));
		assertThat(subscribeCalls()).as("SubscribeToShard calls").isBetween(SHARDS, 2 * SHARDS - 1);
		System.out.println("Slow listener, " + SHARDS + " subscriptions, " + SHARDS * RECORDS_OF_A_SHARD / 100
				+ " MB to read: heap " + heaps() + " MB of 320");
	}

	/**
	 * One for each shard, and some more where a busy machine breaks a connection; if slow
	 * listeners timed out it would be many for each.
	 */
	private int subscribeCalls() throws Exception {
		Matcher hits = Pattern.compile("\"hits\":(\\d+)").matcher(control("GET", null));
		assertThat(hits.find()).isTrue();
		return Integer.parseInt(hits.group(1));
	}

	private void put() {
		try (KinesisAsyncClient client = KinesisAsyncClient.builder()
			.endpointOverride(this.endpoint)
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.build()) {
			SdkBytes data = SdkBytes.fromByteArray(new byte[RECORD_SIZE]);
			for (int shard = 0; shard < SHARDS; shard++) {
				String key = WIDTH.multiply(BigInteger.valueOf(shard)).add(WIDTH.shiftRight(1)).toString();
				List<PutRecordsRequestEntry> entries = new ArrayList<>();
				for (int i = 0; i < RECORDS_OF_A_SHARD; i++) {
					entries.add(PutRecordsRequestEntry.builder()
						.partitionKey("key")
						.explicitHashKey(key)
						.data(data)
						.build());
				}
				client.putRecords((put) -> put.streamName("slow").records(entries)).join();
			}
		}
	}

	private String control(String method, String body) throws Exception {
		HttpRequest.BodyPublisher publisher = (body != null) ? HttpRequest.BodyPublishers.ofString(body)
				: HttpRequest.BodyPublishers.noBody();
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(this.endpoint.resolve("/_embedded/faults")).method(method, publisher).build(),
					HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return response.body();
	}

	private List<Matcher> progress() throws Exception {
		return this.worker.output().stream().map(PROGRESS::matcher).filter(Matcher::find).toList();
	}

	private long last(int group) throws Exception {
		List<Matcher> progress = progress();
		return progress.isEmpty() ? 0 : Long.parseLong(progress.get(progress.size() - 1).group(group));
	}

	private List<String> heaps() throws Exception {
		return progress().stream().map((line) -> line.group(3)).toList();
	}

}
