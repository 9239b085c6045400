package io.kinesisspring.boot.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

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

import io.kinesisspring.embedded.EmbeddedKinesisMain;
import io.kinesisspring.embedded.testing.ChildProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One listener on six streams of one shard in three processes: they share the streams
 * evenly, whoever comes and goes.
 */
@Tag("thorough")
class SeveralStreamsFleetIntegrationTests {

	private static final List<String> STREAMS = IntStream.range(0, 6).mapToObj((i) -> "stream-" + i).toList();

	private final Map<String, ChildProcess> workers = new LinkedHashMap<>();

	private final Map<String, String> properties = new HashMap<>();

	private final List<String> sent = new ArrayList<>();

	@TempDir
	private Path directory;

	private ChildProcess server;

	private KinesisAsyncClient kinesis;

	@BeforeEach
	void startServer() throws Exception {
		this.server = ChildProcess.start("server", this.directory, List.of("-Xmx512m"), EmbeddedKinesisMain.class,
				List.of("--port", "0", "--dynamodb-port", "0"));
		until(() -> {
			lines(this.server).stream()
				.filter((line) -> line.startsWith("kinesis.") && line.contains("="))
				.forEach((line) -> this.properties.put(line.substring(0, line.indexOf('=')),
						line.substring(line.indexOf('=') + 1)));
			return this.properties.containsKey("kinesis.dynamodb.endpoint");
		});
		this.kinesis = KinesisAsyncClient.builder()
			.endpointOverride(URI.create(this.properties.get("kinesis.endpoint")))
			.region(Region.of(this.properties.get("kinesis.region")))
			.credentialsProvider(StaticCredentialsProvider
				.create(AwsBasicCredentials.create(this.properties.get("kinesis.credentials.access-key"),
						this.properties.get("kinesis.credentials.secret-key"))))
			.build();
		STREAMS
			.forEach((stream) -> this.kinesis.createStream((create) -> create.streamName(stream).shardCount(1)).join());
		STREAMS.forEach((stream) -> this.kinesis.waiter()
			.waitUntilStreamExists((describe) -> describe.streamName(stream))
			.join());
	}

	@AfterEach
	void stop() throws Exception {
		for (ChildProcess worker : this.workers.values()) {
			worker.close();
		}
		if (this.kinesis != null) {
			this.kinesis.close();
		}
		this.server.close();
	}

	@Test
	void sharesStreamsOfOneShardEvenly() throws Exception {
		start("a");
		until(() -> held("a") == 6);
		start("b");
		start("c");
		until(() -> held("a") == 2 && held("b") == 2 && held("c") == 2);
		sendAndReceive(10);
		this.workers.get("a").kill();
		until(() -> held("b") == 3 && held("c") == 3);
		sendAndReceive(10);
		this.workers.get("b").terminate();
		until(() -> held("c") == 6);
		until(() -> count("b", "revoked") >= 3);
		sendAndReceive(10);
		assertThat(count("b", "lost")).isZero();
	}

	private void start(String name) throws Exception {
		Map<String, String> arguments = new LinkedHashMap<>(this.properties);
		arguments.put("spring.application.name", "several");
		arguments.put("spring.main.keep-alive", "true");
		arguments.put("kinesis.lease.failover-after", "5s");
		arguments.put("fleet.streams", String.join(",", STREAMS));
		this.workers.put(name, ChildProcess.start(name, this.directory, List.of("-Xmx128m"), StreamsWorker.class,
				arguments.entrySet().stream().map((one) -> "--" + one.getKey() + "=" + one.getValue()).toList()));
	}

	private long held(String worker) {
		return count(worker, "assigned") - count(worker, "revoked") - count(worker, "lost");
	}

	private long count(String worker, String what) {
		return lines(this.workers.get(worker)).stream().filter((line) -> line.startsWith(what + " stream-")).count();
	}

	private static List<String> lines(ChildProcess process) {
		try {
			return process.output();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void sendAndReceive(int count) {
		for (String stream : STREAMS) {
			for (int i = 0; i < count; i++) {
				String text = String.valueOf(this.sent.size());
				this.kinesis
					.putRecord((put) -> put.streamName(stream).partitionKey(text).data(SdkBytes.fromUtf8String(text)))
					.join();
				this.sent.add("received " + stream + " " + text);
			}
		}
		until(() -> this.workers.values()
			.stream()
			.flatMap((worker) -> lines(worker).stream())
			.toList()
			.containsAll(this.sent));
	}

	private static void until(Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofMinutes(4)).until(condition);
	}

}
