package io.kinesisspring.embedded;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

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
	void rejectsUnknownArguments() {
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisMain.configure("--colour", "blue"))
			.withMessage("There is no option --colour");
		assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedKinesisMain.configure("--port"))
			.withMessage("There is no value for --port");
	}

}
