package io.kinesisspring.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.utils.AttributeMap;

import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The jar with the classifier {@code all}, started with {@code java -jar}.
 */
@Timeout(120)
class RunnableJarIntegrationTests {

	private static final String JAR = Objects.requireNonNull(System.getProperty("kinesis.test.jar"),
			"'kinesis.test.jar' is not set: run this test with Maven");

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource(WireProtocol.class)
	void servesAndKeepsRecords(WireProtocol wire) throws Exception {
		for (Protocol protocol : List.of(Protocol.HTTP1_1, Protocol.HTTP2)) {
			try (ServerProcess process = start("--persist", this.directory.toString(), "--stream", "orders");
					KinesisAsyncClient client = KinesisClients.withoutRetries(process.endpoint(), wire, protocol)) {
				client
					.putRecord((request) -> request.streamName("orders")
						.partitionKey("key")
						.data(SdkBytes.fromUtf8String(protocol.name())))
					.join();
				assertThat(read(client)).extracting((record) -> record.data().asUtf8String())
					.startsWith(Protocol.HTTP1_1.name())
					.endsWith(protocol.name());
				process.terminate();
				assertThat(process.errors()).isEmpty();
				assertThat(process.remainingLines()).isEmpty();
			}
		}
	}

	private static ServerProcess start(String... arguments) {
		return ServerProcess.startWith(List.of("-jar", JAR, "--port", "0"), arguments);
	}

	private static List<Record> read(KinesisAsyncClient client) {
		String iterator = client
			.getShardIterator((request) -> request.streamName("orders")
				.shardId("shardId-000000000000")
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		return client.getRecords((request) -> request.shardIterator(iterator)).join().records();
	}

	@Test
	void servesTls() {
		AttributeMap trustAll = AttributeMap.builder()
			.put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true)
			.build();
		try (ServerProcess process = start("--stream", "orders");
				KinesisAsyncClient client = KinesisAsyncClient.builder()
					.endpointOverride(URI.create(process.endpoint().toString().replace("http:", "https:")))
					.region(Region.US_EAST_1)
					.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
					.httpClient(NettyNioAsyncHttpClient.builder().buildWithDefaults(trustAll))
					.build()) {
			assertThat(client.listStreams().join().streamNames()).containsExactly("orders");
		}
	}

	@Test
	void logsMoreIfAskedTo() throws Exception {
		try (ServerProcess process = start("--verbose")) {
			assertThat(process.endpoint()).isNotNull();
			process.terminate();
			assertThat(process.errors()).anyMatch((line) -> line.startsWith("DEBUG io.netty"));
		}
	}

	@Test
	void saysThatDynamoDbLocalIsMissing() throws Exception {
		try (ServerProcess process = start("--dynamodb-port", "0")) {
			assertThat(process.exitCode()).isEqualTo(1);
			assertThat(process.errors()).singleElement()
				.asString()
				.startsWith("DynamoDB Local is not on the class path");
		}
	}

	@Test
	void containsWhatItNeedsAndItsLicences() throws IOException {
		try (JarFile jar = new JarFile(JAR)) {
			List<String> names = jar.stream().map(ZipEntry::getName).toList();
			assertThat(names).contains("META-INF/LICENSE", "META-INF/LICENSE.txt", "META-INF/NOTICE")
				.noneMatch((name) -> name.startsWith("software/amazon/") || name.startsWith("org/springframework/")
						|| name.startsWith("ch/qos/") || name.startsWith("META-INF/maven/"));
			assertThat(Path.of(JAR).toFile().length()).isLessThan(10 << 20);
		}
	}

}
