package io.kinesisspring.embedded.dynamodb;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * DynamoDB Local as {@link EmbeddedKinesisServer} starts it.
 */
class DynamoDbLocalTests {

	@Test
	void startsWithTheServerIfItIsOnTheClassPath() {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().start()) {
			URI endpoint = server.dynamoDbEndpoint().orElseThrow();
			assertThat(server.properties()).containsEntry("kinesis.dynamodb.endpoint", endpoint.toString())
				.doesNotContainKey("kinesis.lease.store");
			try (DynamoDbAsyncClient client = client(endpoint)) {
				client
					.createTable((request) -> request.tableName("leases")
						.billingMode(BillingMode.PAY_PER_REQUEST)
						.attributeDefinitions(AttributeDefinition.builder()
							.attributeName("shard")
							.attributeType(ScalarAttributeType.S)
							.build())
						.keySchema(KeySchemaElement.builder().attributeName("shard").keyType(KeyType.HASH).build()))
					.join();
				assertThat(client.listTables().join().tableNames()).containsExactly("leases");
			}
		}
	}

	@Test
	void listensOnLoopbackOnly() throws SocketException {
		try (DynamoDbLocal dynamoDb = DynamoDbLocal.start(0)) {
			int port = dynamoDb.endpoint().getPort();
			NetworkInterface.networkInterfaces()
				.flatMap(NetworkInterface::inetAddresses)
				.filter((address) -> address instanceof Inet4Address && !address.isLoopbackAddress())
				.forEach((address) -> assertRejected(address, port));
		}
	}

	private static void assertRejected(InetAddress address, int port) {
		assertThatIOException().isThrownBy(() -> {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(address, port), 1000);
			}
		});
	}

	private static DynamoDbAsyncClient client(URI endpoint) {
		return DynamoDbAsyncClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.build();
	}

}
