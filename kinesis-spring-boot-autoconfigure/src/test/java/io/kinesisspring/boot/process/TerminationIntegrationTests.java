package io.kinesisspring.boot.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.ChildProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of an application that is told to end in the middle of a load, as a process of
 * its own.
 */
class TerminationIntegrationTests {

	private final EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
		.stream("load", 2)
		.dynamoDb(false)
		.start();

	@TempDir
	private Path directory;

	private ChildProcess process;

	@AfterEach
	void stop() {
		this.process.close();
		this.server.close();
	}

	/**
	 * With time enough to see everything through, and with next to none.
	 * @param shutdownTimeout the time that stopping may take
	 */
	@ParameterizedTest
	@ValueSource(strings = { "30s", "20ms" })
	void storesEverySuccessfulSendAndFailsTheRest(String shutdownTimeout) throws Exception {
		this.server.faults().add(FaultRule.latency(Duration.ofMillis(50)).action("PutRecords"));
		Path outcomes = this.directory.resolve("outcomes.txt");
		this.process = run(outcomes, "--kinesis.producer.shutdown-timeout=" + shutdownTimeout);
		this.process.await(() -> lines(outcomes).size() > 5000);
		this.process.terminate();
		this.process.awaitEnd();
		this.server.faults().clear();

		Map<String, List<String>> reported = lines(outcomes).stream()
			.map((line) -> line.split(" "))
			.collect(Collectors.groupingBy((words) -> words[0],
					Collectors.mapping((words) -> words[1], Collectors.toList())));
		int sent = Integer.parseInt(reported.get("sent").get(0));
		List<String> all = new ArrayList<>(reported.get("stored"));
		all.addAll(reported.get("failed"));
		assertThat(all).hasSize(sent).doesNotHaveDuplicates();
		assertThat(stored()).containsAll(reported.get("stored"));
		assertThat(reported.get("failed")).isNotEmpty();
	}

	private ChildProcess run(Path outcomes, String argument) throws IOException {
		List<String> arguments = new ArrayList<>(List.of("--kinesis.producer.buffer-memory=4MB", argument));
		this.server.properties().forEach((name, value) -> arguments.add("--" + name + "=" + value));
		return ChildProcess.start("application", this.directory, List.of("-Doutcomes=" + outcomes),
				SendingApplication.class, arguments);
	}

	private Set<String> stored() {
		Set<String> texts = new HashSet<>();
		try (KinesisAsyncClient client = KinesisAsyncClient.builder()
			.endpointOverride(this.server.endpoint())
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
			.build()) {
			for (String shard : this.server.openShards("load")) {
				String iterator = client
					.getShardIterator((request) -> request.streamName("load")
						.shardId(shard)
						.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
					.join()
					.shardIterator();
				GetRecordsResponse response;
				do {
					String next = iterator;
					response = client.getRecords((request) -> request.shardIterator(next)).join();
					response.records().forEach((record) -> texts.add(record.data().asString(StandardCharsets.UTF_8)));
					iterator = response.nextShardIterator();
				}
				while (!response.records().isEmpty() || response.millisBehindLatest() > 0);
			}
		}
		return texts;
	}

	private static List<String> lines(Path file) throws IOException {
		return Files.exists(file) ? Files.readAllLines(file) : List.of();
	}

}
