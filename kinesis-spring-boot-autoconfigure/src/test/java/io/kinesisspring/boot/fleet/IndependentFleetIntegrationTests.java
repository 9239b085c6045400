package io.kinesisspring.boot.fleet;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.kinesisspring.boot.fleet.Fleet.Takeover;
import io.kinesisspring.embedded.dynamodb.DynamoDbLocal;
import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;
import io.kinesisspring.embedded.testing.IndependentServer;
import io.kinesisspring.embedded.testing.IndependentServers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Workers in processes of their own on servers that this project did not write:
 * kinesalite, which knows no child shards in its answers and speaks JSON only, and
 * kinesis-local, which takes few records.
 */
@EnabledIfIndependentServers
class IndependentFleetIntegrationTests {

	private static final String CBOR = "aws.cborEnabled";

	private static final int SHARDS = 4;

	@TempDir
	private Path directory;

	private DynamoDbLocal dynamoDb;

	private IndependentServer server;

	private Fleet fleet;

	@BeforeEach
	void startDynamoDb() {
		this.dynamoDb = DynamoDbLocal.start(0);
	}

	@AfterEach
	void stop() throws Exception {
		System.clearProperty(CBOR);
		if (this.fleet != null) {
			this.fleet.close();
		}
		if (this.server != null) {
			this.server.close();
		}
		this.dynamoDb.close();
	}

	@Test
	void onKinesaliteWithManyRecords() throws Exception {
		System.setProperty(CBOR, "false");
		this.server = IndependentServers.kinesalite();
		start("-D" + CBOR + "=false");
		this.fleet.run((fleet) -> {
			fleet.send(800);
			fleet.startWorker();
			fleet.startWorker();
			fleet.settle();
			fleet.note("split on kinesalite to the children's first records: " + fleet.split() + " ms");
			Takeover takeover = fleet.kill(fleet.busiest());
			fleet.note("kill -9 on kinesalite to the takeover: " + takeover.await() + " ms");
			fleet.startWorker();
			fleet.settle();
			fleet.awaitSent(20_000);
			assertThat(fleet.finish().problems()).isEmpty();
		});
	}

	@Test
	void onKinesisLocalWithResharding() throws Exception {
		this.server = IndependentServers.kinesisLocal();
		start();
		this.fleet.run((fleet) -> {
			fleet.send(60);
			fleet.startWorker();
			String second = fleet.startWorker();
			fleet.settle();
			fleet.note("split on kinesis-local to the children's first records: " + fleet.split() + " ms");
			fleet.note("merge on kinesis-local to the child's first record: " + fleet.merge() + " ms");
			Takeover takeover = fleet.stop(second);
			fleet.note("SIGTERM on kinesis-local to the takeover: " + takeover.await() + " ms");
			fleet.note("split on kinesis-local to the children's first records: " + fleet.split() + " ms");
			fleet.awaitSent(1_500);
			assertThat(fleet.finish().problems()).isEmpty();
		});
	}

	private void start(String... jvmOptions) throws Exception {
		Map<String, String> properties = new HashMap<>();
		properties.put("kinesis.endpoint", this.server.endpoint().toString());
		properties.put("kinesis.dynamodb.endpoint", this.dynamoDb.endpoint().toString());
		properties.put("kinesis.region", "us-east-1");
		properties.put("kinesis.credentials.access-key", "local");
		properties.put("kinesis.credentials.secret-key", "local");
		properties.put("kinesis.http.protocol", "http1.1");
		properties.put("kinesis.lease.failover-after", "4s");
		this.fleet = new Fleet(this.directory, properties, List.of(jvmOptions), SHARDS);
	}

}
