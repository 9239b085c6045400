package io.kinesisspring.sample;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.testing.ChildProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application as a process of its own, ended half-way and started again while the
 * servers live on.
 */
@Tag("thorough")
class RestartIntegrationTests {

	private static final Pattern PROGRESS = Pattern.compile("([\\d,]+) of 20,000 flights, ");

	private final List<ChildProcess> processes = new ArrayList<>();

	@TempDir
	private Path directory;

	private EmbeddedKinesisServer server;

	@BeforeEach
	void startServer() {
		this.server = EmbeddedKinesisServer.builder().stream("flights", 4).start();
	}

	@AfterEach
	void stopAll() {
		this.processes.forEach(ChildProcess::close);
		this.server.close();
	}

	@Test
	void continuesAfterSigtermWithNoFlightLostAndNoneSeenTwice() throws Exception {
		ChildProcess interrupted = start("interrupted");
		interrupted.await(() -> progress(interrupted) >= 3_000);
		interrupted.terminate();
		interrupted.awaitEnd();
		assertThat(progress(interrupted)).as(interrupted.describe()).isBetween(3_000, 19_000);
		assertThat(runToItsEnd("resumed")).contains("flights were sent before; continuing with the next one")
			.contains("20,000 sent, 20,000 received, mean delay 7.7039 minutes, 220 origins, 0 seen twice");
	}

	@Test
	void continuesAfterSigkillWithNoFlightLost() throws Exception {
		ChildProcess killed = start("killed");
		killed.await(() -> progress(killed) >= 3_000);
		killed.kill();
		assertThat(runToItsEnd("resumed"))
			.contains("20,000 sent, 20,000 received, mean delay 7.7039 minutes, 220 origins");
	}

	private String runToItsEnd(String name) throws IOException, InterruptedException {
		ChildProcess process = start(name);
		assertThat(process.awaitEnd()).as(process.describe()).isZero();
		return String.join("\n", process.output());
	}

	/**
	 * Start the application. A machine that is busy with other tests may make it wait
	 * long for the next flight.
	 */
	private ChildProcess start(String name) throws IOException {
		List<String> arguments = new ArrayList<>(
				List.of("--server.port=0", "--sample.exit-when-done=true", "--sample.timeout=5m"));
		this.server.properties().forEach((property, value) -> arguments.add("--" + property + "=" + value));
		ChildProcess process = ChildProcess.start(name, this.directory, List.of(), FlightsApplication.class, arguments);
		this.processes.add(process);
		return process;
	}

	private static int progress(ChildProcess process) throws IOException {
		int progress = 0;
		for (String line : process.output()) {
			Matcher matcher = PROGRESS.matcher(line);
			if (matcher.find()) {
				progress = Integer.parseInt(matcher.group(1).replace(",", ""));
			}
		}
		return progress;
	}

}
