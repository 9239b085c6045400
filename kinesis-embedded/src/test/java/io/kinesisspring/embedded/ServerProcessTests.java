package io.kinesisspring.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link EmbeddedKinesisMain} in processes of their own, with Logback in its default
 * configuration on their class path, which logs everything.
 */
@Timeout(120)
class ServerProcessTests {

	@Test
	void printsItsPropertiesAndNothingElse() throws Exception {
		try (ServerProcess process = ServerProcess.start("--port", "0", "--stream", "orders:4", "--dynamodb-port",
				"0")) {
			Map<String, String> properties = process.properties();
			assertThat(properties.keySet()).containsExactly("kinesis.endpoint", "kinesis.region",
					"kinesis.credentials.access-key", "kinesis.credentials.secret-key", "kinesis.dynamodb.endpoint");
			use(properties);
			process.terminate();
			assertThat(process.remainingLines()).isEmpty();
			assertThat(process.errors()).isEmpty();
		}
	}

	/**
	 * Both protocols of Kinesis, an error, and DynamoDB.
	 */
	private static void use(Map<String, String> properties) {
		URI endpoint = URI.create(properties.get("kinesis.endpoint"));
		for (Protocol protocol : List.of(Protocol.HTTP1_1, Protocol.HTTP2)) {
			try (KinesisAsyncClient client = KinesisClients.withoutRetries(endpoint, WireProtocol.CBOR, protocol)) {
				assertThat(client.listShards((request) -> request.streamName("orders")).join().shards()).hasSize(4);
				assertThat(client.listShards((request) -> request.streamName("missing"))
					.handle((response, ex) -> ex)
					.join()).isNotNull();
			}
		}
		try (DynamoDbAsyncClient client = dynamoDb(URI.create(properties.get("kinesis.dynamodb.endpoint")))) {
			assertThat(client.listTables().join().tableNames()).isEmpty();
			assertThat(
					client.deleteTable((request) -> request.tableName("missing")).handle((response, ex) -> ex).join())
				.isNotNull();
		}
	}

	private static DynamoDbAsyncClient dynamoDb(URI endpoint) {
		return DynamoDbAsyncClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.build();
	}

	@Test
	void logsMoreWithVerbose() throws Exception {
		try (ServerProcess process = ServerProcess.start("--verbose", "--port", "0")) {
			assertThat(process.readLines(20)).anyMatch((line) -> line.contains("DEBUG io.netty"));
		}
	}

	@Test
	void endsWithOneLineIfItsPortIsTaken() throws Exception {
		try (ServerSocket taken = taken()) {
			assertEnds(1, "Could not listen on 127.0.0.1:" + taken.getLocalPort(), "--port",
					Integer.toString(taken.getLocalPort()), "--stream", "orders", "--dynamodb-port", "0");
		}
	}

	@Test
	void endsWithOneLineIfThePortOfDynamoDbIsTaken() throws Exception {
		try (ServerSocket taken = taken()) {
			assertEnds(1, "Could not start DynamoDB Local on 127.0.0.1:" + taken.getLocalPort(), "--port", "0",
					"--dynamodb-port", Integer.toString(taken.getLocalPort()));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', quoteCharacter = '"',
			value = { "--stream; orders:0; The stream 'orders' must have at least one shard but is given 0",
					"--stream; orders:many; 'orders:many' must be of the form 'name:shards' or 'name:shards:mode'",
					"--port; many; --port must be a number but is 'many'",
					"--port; 70000; --port must be a number from 0 to 65535 but is 70000",
					"--dynamodb-port; -1; --dynamodb-port must be a number from 0 to 65535 but is -1",
					"--memory; 0; --memory must be a number from 1 to 2147483647 but is 0",
					"--colour; blue; There is no option --colour" })
	void endsWithOneLineIfAnArgumentIsInvalid(String option, String value, String message) throws Exception {
		assertEnds(2, message + ". Use --help to see the options", "--dynamodb-port", "0", option, value);
	}

	@Test
	void endsWithOneLineIfAValueIsMissing() throws Exception {
		assertEnds(2, "There is no value for --port", "--port");
	}

	@Test
	void endsWithOneLineIfThereAreTooManyShards() throws Exception {
		assertEnds(1, "The stream 'orders' with 30000 shards cannot be created", "--port", "0", "--stream",
				"orders:30000", "--dynamodb-port", "0");
	}

	private static void assertEnds(int exitCode, String message, String... arguments) throws InterruptedException {
		try (ServerProcess process = ServerProcess.start(arguments)) {
			assertThat(process.exitCode()).isEqualTo(exitCode);
			assertThat(process.errors()).hasSize(1);
			assertThat(process.errors().get(0)).startsWith(message);
			assertThat(process.remainingLines()).isEmpty();
		}
	}

	private static ServerSocket taken() throws IOException {
		return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
	}

}
