package io.kinesisspring.sample;

import java.io.IOException;
import java.net.ServerSocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LocalFlightsApplication}.
 */
@ExtendWith(OutputCaptureExtension.class)
class LocalFlightsApplicationTests {

	@Test
	void usesAndPrintsAnotherPortWhenItsPortIsInUse(CapturedOutput output) throws IOException {
		try (ServerSocket taken = new ServerSocket(0);
				ConfigurableApplicationContext context = run(taken.getLocalPort())) {
			String port = context.getEnvironment().getRequiredProperty("local.server.port");
			assertThat(port).isNotEqualTo(String.valueOf(taken.getLocalPort()));
			assertThat(output)
				.contains("Port " + taken.getLocalPort() + " is in use. The application takes a free port instead.")
				.contains("Open http://localhost:" + port + " ");
		}
	}

	private static ConfigurableApplicationContext run(int port) {
		return SpringApplication.from(FlightsApplication::main)
			.with(LocalFlightsApplication.class)
			.run("--server.port=" + port, "--sample.replay=false")
			.getApplicationContext();
	}

}
