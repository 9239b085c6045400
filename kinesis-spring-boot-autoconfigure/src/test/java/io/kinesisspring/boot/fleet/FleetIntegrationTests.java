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
import io.kinesisspring.boot.fleet.FleetOracle.Report;
import io.kinesisspring.embedded.EmbeddedKinesisMain;
import io.kinesisspring.embedded.testing.ChildProcess;

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
		Awaitility.await().until(() -> {
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
		this.fleet.run((fleet) -> {
			fleet.send(this.large ? this.records / 300 : 300);
			fleet.awaitSent(500);
			startThree(fleet);
			fleet.note("split to the children's first records: " + fleet.split() + " ms");
			restart(fleet);
			killAndStartAnother(fleet);
			freezeAndThaw(fleet);
			fleet.note("merge to the child's first record: " + fleet.merge() + " ms");
			disconnectAndReconnect(fleet);
			throttleAll(fleet);
			cutOffAll(fleet);
			fleet.awaitSent(this.records);
			Report report = fleet.finish();
			assertThat(report.problems()).isEmpty();
		});
	}

	@Test
	void losesNothingAndRepeatsLittleByFanOut() throws Exception {
		startFleet(Map.of("kinesis.consumer.mode", "fan-out", "kinesis.consumer.fan-out.fallback", "fail",
				"kinesis.consumer.fan-out.silent-after", "3s"));
		this.fleet.run((fleet) -> {
			fleet.send(this.large ? this.records / 300 : 300);
			fleet.awaitSent(500);
			fleet.startWorker();
			fleet.startWorker();
			fleet.settle();
			disturbSubscriptions();
			fleet.note("split by fan-out to the children's first records: " + fleet.split() + " ms");
			restart(fleet);
			killAndStartAnother(fleet);
			freezeAndThaw(fleet);
			fleet.note("merge by fan-out to the child's first record: " + fleet.merge() + " ms");
			fleet.awaitSent(this.records);
			Report report = fleet.finish();
			assertThat(report.problems()).isEmpty();
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

	private void startThree(Fleet fleet) throws Exception {
		long from = System.currentTimeMillis();
		String first = fleet.startWorker();
		long millis = fleet.awaitFirstRecordOf(first) - from;
		fleet.note("start of the process to its first record, with no table: " + millis + " ms");
		assertThat(millis).isLessThan(60_000);
		fleet.startWorker();
		fleet.startWorker();
		fleet.settle();
	}

	private void restart(Fleet fleet) throws Exception {
		String worker = fleet.busiest();
		Takeover takeover = fleet.stop(worker);
		long millis = takeover.await();
		fleet.note("SIGTERM to the takeover of " + takeover.shards() + " shards: " + millis + " ms");
		assertThat(millis).isLessThan(6_000);
		assertThat(fleet.awaitEnd(worker)).isEqualTo(128 + 15);
		fleet.startWorker();
		fleet.settle();
	}

	private void killAndStartAnother(Fleet fleet) throws Exception {
		Takeover takeover = fleet.kill(fleet.busiest());
		fleet.startWorker();
		long millis = takeover.await();
		fleet.note("kill -9 to the takeover of " + takeover.shards() + " shards: " + millis + " ms, failover-after is "
				+ this.failoverAfter.toMillis() + " ms");
		assertThat(millis).isLessThan(this.failoverAfter.toMillis() + 6_000);
		fleet.settle();
	}

	private void freezeAndThaw(Fleet fleet) throws Exception {
		Takeover takeover = fleet.freeze(fleet.busiest());
		long millis = takeover.await();
		fleet.note("SIGSTOP to the takeover of " + takeover.shards() + " shards: " + millis + " ms");
		assertThat(millis).isLessThan(this.failoverAfter.toMillis() + 6_000);
		fleet.thaw(takeover);
		fleet.settle();
	}

	private void disconnectAndReconnect(Fleet fleet) {
		Takeover takeover = fleet.cutOff(fleet.busiest(), Fault.REFUSED);
		long millis = takeover.await();
		fleet.note("one worker cut off from DynamoDB to the takeover of " + takeover.shards() + " shards: " + millis
				+ " ms");
		assertThat(millis).isLessThan(this.failoverAfter.toMillis() + 6_000);
		fleet.reconnect(takeover);
		fleet.settle();
	}

	private void throttleAll(Fleet fleet) throws Exception {
		long from = System.currentTimeMillis();
		Callable<Long> end = fleet.disturbAll("DynamoDB throttled", Fault.THROTTLED);
		fleet.awaitMoment(from + this.outage.toMillis());
		end.call();
		fleet.settle();
	}

	private void cutOffAll(Fleet fleet) throws Exception {
		long from = System.currentTimeMillis();
		Callable<Long> end = fleet.disturbAll("DynamoDB unreachable", Fault.SILENT);
		fleet.awaitMoment(from + this.outage.toMillis());
		long stopped = fleet.lastRecord() - from;
		long back = end.call();
		long millis = fleet.awaitRecordSince(back) - back;
		fleet.note("DynamoDB unreachable for all for " + this.outage.toMillis() + " ms: all had stopped after "
				+ stopped + " ms, and went on " + millis + " ms after it was back");
		assertThat(stopped).isLessThan(this.failoverAfter.toMillis());
		assertThat(millis).isLessThan(this.failoverAfter.toMillis() + 10_000);
		fleet.settle();
	}

}
