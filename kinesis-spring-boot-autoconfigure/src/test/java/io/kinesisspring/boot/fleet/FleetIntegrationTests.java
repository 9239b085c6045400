package io.kinesisspring.boot.fleet;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.kinesisspring.boot.fleet.DynamoDbProxy.Fault;
import io.kinesisspring.boot.fleet.Fleet.Takeover;
import io.kinesisspring.boot.fleet.FleetOracle.Verdict;
import io.kinesisspring.embedded.EmbeddedKinesisMain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three workers in processes of their own and all that can happen to them, while records
 * come in without a break. The times that it prints are those of docs/verified.md when
 * the machine has nothing else to do; what is asserted allows for a busy one. The large
 * run, with the default failover time and outages of a minute:
 * {@code -Dkinesis.test.fleet=200000}.
 */
@Tag("thorough")
class FleetIntegrationTests {

	private static final int SHARDS = 6;

	private final int records = Integer.getInteger("kinesis.test.fleet", 0);

	private final boolean large = this.records > 0;

	private final Duration failoverAfter = Duration.ofSeconds(this.large ? 10 : 4);

	private final Duration outage = Duration.ofSeconds(this.large ? 60 : 7);

	@TempDir
	private Path directory;

	private ChildProcess server;

	private Fleet fleet;

	@BeforeEach
	void startServer() throws Exception {
		this.server = ChildProcess.start("server", this.directory, List.of("-Xmx512m"), EmbeddedKinesisMain.class,
				List.of("--port", "0", "--dynamodb-port", "0"));
	}

	private void startFleet(Map<String, String> more) throws Exception {
		Map<String, String> properties = new HashMap<>(serverProperties());
		properties.put("kinesis.lease.failover-after", this.failoverAfter.toMillis() + "ms");
		properties.putAll(more);
		this.fleet = new Fleet(this.directory, properties, List.of(), SHARDS);
	}

	private Map<String, String> serverProperties() {
		Map<String, String> properties = new HashMap<>();
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
			assertThat(this.server.isAlive()).as(this.server::describe).isTrue();
			this.server.output()
				.stream()
				.filter((line) -> line.startsWith("kinesis.") && line.contains("="))
				.forEach((line) -> properties.put(line.substring(0, line.indexOf('=')),
						line.substring(line.indexOf('=') + 1)));
			return properties.containsKey("kinesis.dynamodb.endpoint");
		});
		return properties;
	}

	@AfterEach
	void stop() throws Exception {
		if (this.fleet != null) {
			this.fleet.close();
		}
		if (this.server != null) {
			this.server.close();
		}
	}

	@Test
	void losesNothingAndRepeatsLittleUnderDisturbances() throws Exception {
		startFleet(Map.of());
		this.fleet.tell((story) -> {
			story.send(this.large ? this.records / 300 : 300);
			story.awaitSent(500);
			startThree(story);
			story.note("split to the children's first records: " + story.split() + " ms");
			restart(story);
			killAndStartAnother(story);
			freezeAndThaw(story);
			story.note("merge to the child's first record: " + story.merge() + " ms");
			disconnectAndReconnect(story);
			throttleAll(story);
			cutOffAll(story);
			story.awaitSent(this.records);
			Verdict verdict = story.finish();
			assertThat(verdict.problems()).isEmpty();
		});
	}

	@Test
	void losesNothingAndRepeatsLittleByFanOut() throws Exception {
		startFleet(Map.of("kinesis.consumer.mode", "fan-out", "kinesis.consumer.fan-out.fallback", "fail",
				"kinesis.consumer.fan-out.silent-after", "3s"));
		this.fleet.tell((story) -> {
			story.send(this.large ? this.records / 300 : 300);
			story.awaitSent(500);
			story.startWorker();
			story.startWorker();
			story.settle();
			disturbSubscriptions();
			story.note("split by fan-out to the children's first records: " + story.split() + " ms");
			restart(story);
			killAndStartAnother(story);
			freezeAndThaw(story);
			story.note("merge by fan-out to the child's first record: " + story.merge() + " ms");
			story.awaitSent(this.records);
			Verdict verdict = story.finish();
			assertThat(verdict.problems()).isEmpty();
		});
	}

	/**
	 * By the server's control path, as it is in a process of its own.
	 */
	private void disturbSubscriptions() throws Exception {
		URI faults = URI.create(serverProperties().get("kinesis.endpoint")).resolve("/_embedded/faults");
		HttpClient client = HttpClient.newHttpClient();
		for (String fault : List.of("{\"kind\":\"end-subscription\",\"probability\":0.01,\"seed\":1}",
				"{\"kind\":\"silence-subscription\",\"probability\":0.003,\"seed\":2}",
				"{\"kind\":\"throttle\",\"action\":\"SubscribeToShard\",\"probability\":0.1,\"seed\":3}",
				"{\"kind\":\"internal-failure\",\"action\":\"SubscribeToShard\",\"probability\":0.1,\"seed\":4}")) {
			assertThat(client
				.send(HttpRequest.newBuilder(faults).POST(HttpRequest.BodyPublishers.ofString(fault)).build(),
						HttpResponse.BodyHandlers.ofString())
				.statusCode()).isEqualTo(200);
		}
	}

	private void startThree(Fleet story) throws Exception {
		long from = System.currentTimeMillis();
		String first = story.startWorker();
		long millis = story.awaitFirstRecordOf(first) - from;
		story.note("start of the process to its first record, with no table: " + millis + " ms");
		assertThat(millis).isLessThan(60_000);
		story.startWorker();
		story.startWorker();
		story.settle();
	}

	private void restart(Fleet story) throws Exception {
		String worker = story.busiest();
		Takeover takeover = story.stop(worker);
		long millis = takeover.await();
		story.note("SIGTERM to the takeover of " + takeover.shards() + " shards: " + millis + " ms");
		assertThat(millis).isLessThan(6_000);
		assertThat(story.awaitEnd(worker)).isEqualTo(128 + 15);
		story.startWorker();
		story.settle();
	}

	private void killAndStartAnother(Fleet story) throws Exception {
		Takeover takeover = story.kill(story.busiest());
		story.startWorker();
		long millis = takeover.await();
		story.note("kill -9 to the takeover of " + takeover.shards() + " shards: " + millis + " ms, failover-after is "
				+ this.failoverAfter.toMillis() + " ms");
		assertThat(millis).isLessThan(this.failoverAfter.toMillis() + 6_000);
		story.settle();
	}

	private void freezeAndThaw(Fleet story) throws Exception {
		Takeover takeover = story.freeze(story.busiest());
		long millis = takeover.await();
		story.note("SIGSTOP to the takeover of " + takeover.shards() + " shards: " + millis + " ms");
		assertThat(millis).isLessThan(this.failoverAfter.toMillis() + 6_000);
		story.thaw(takeover);
		story.settle();
	}

	private void disconnectAndReconnect(Fleet story) {
		Takeover takeover = story.cutOff(story.busiest(), Fault.REFUSED);
		long millis = takeover.await();
		story.note("one worker cut off from DynamoDB to the takeover of " + takeover.shards() + " shards: " + millis
				+ " ms");
		assertThat(millis).isLessThan(this.failoverAfter.toMillis() + 6_000);
		story.reconnect(takeover);
		story.settle();
	}

	private void throttleAll(Fleet story) throws Exception {
		long from = System.currentTimeMillis();
		Callable<Long> end = story.disturbAll("DynamoDB throttled", Fault.THROTTLED);
		story.awaitMoment(from + this.outage.toMillis());
		end.call();
		story.settle();
	}

	private void cutOffAll(Fleet story) throws Exception {
		long from = System.currentTimeMillis();
		Callable<Long> end = story.disturbAll("DynamoDB unreachable", Fault.SILENT);
		story.awaitMoment(from + this.outage.toMillis());
		long stopped = story.lastRecord() - from;
		long back = end.call();
		long millis = story.awaitRecordSince(back) - back;
		story.note("DynamoDB unreachable for all for " + this.outage.toMillis() + " ms: all had stopped after "
				+ stopped + " ms, and went on " + millis + " ms after it was back");
		assertThat(stopped).isLessThan(this.failoverAfter.toMillis());
		assertThat(millis).isLessThan(this.failoverAfter.toMillis() + 10_000);
		story.settle();
	}

}
