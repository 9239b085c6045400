package io.kinesisspring.embedded;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link EmbeddedKinesisMain}.
 */
class EmbeddedKinesisMainTests {

	@Test
	void startsFromArgumentsAndPrintsProperties() {
		ByteArrayOutputStream printed = new ByteArrayOutputStream();
		try (EmbeddedKinesisServer server = EmbeddedKinesisMain
			.configure("--port", "0", "--stream", "orders:4", "--stream", "audit", "--region", "eu-west-1", "--memory",
					"16")
			.start()) {
			EmbeddedKinesisMain.print(server, new PrintStream(printed, true, StandardCharsets.UTF_8));
			assertThat(server.openShards("orders")).hasSize(4);
			assertThat(server.openShards("audit")).hasSize(1);
			assertThat(printed.toString(StandardCharsets.UTF_8).lines()).containsExactly(
					"kinesis.endpoint=" + server.endpoint(), "kinesis.region=eu-west-1",
					"kinesis.credentials.access-key=embedded", "kinesis.credentials.secret-key=embedded",
					"kinesis.lease.store=memory");
		}
	}

	@Test
	void letsOnDemandStreamsScale() {
		try (EmbeddedKinesisServer server = EmbeddedKinesisMain
			.configure("--port", "0", "--stream", "orders:1:on-demand", "--scale-after", "0")
			.start();
				KinesisAsyncClient client = KinesisClients.withoutRetries(server.endpoint(), WireProtocol.CBOR,
						Protocol.HTTP2)) {
			client
				.putRecord((put) -> put.streamName("orders")
					.partitionKey("key")
					.data(SdkBytes.fromByteArray(new byte[1_000_000])))
				.join();
			assertThat(server.openShards("orders")).hasSize(2);
		}
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisMain.configure("--scale-after", "-1"))
			.withMessageStartingWith("--scale-after must be a number from 0 to ");
	}

	@Test
	void rejectsUnknownArguments() {
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisMain.configure("--colour", "blue"))
			.withMessage("There is no option --colour");
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisMain.configure("--port"))
			.withMessage("There is no value for --port");
	}

}
