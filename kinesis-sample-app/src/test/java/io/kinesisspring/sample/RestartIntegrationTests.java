package io.kinesisspring.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application as a process of its own, ended half-way and started again while the
 * servers live on.
 */
@Tag("thorough")
class RestartIntegrationTests {

	private static final Pattern PROGRESS = Pattern.compile("([\\d,]+) of 20,000 flights, ");

	private final List<Process> processes = new ArrayList<>();

	@TempDir
	private Path directory;

	private EmbeddedKinesisServer server;

	@BeforeEach
	void startServer() {
		this.server = EmbeddedKinesisServer.builder().stream("flights", 4).start();
	}

	@AfterEach
	void stopAll() {
		this.processes.forEach(Process::destroyForcibly);
		this.server.close();
	}

	@Test
	void continuesAfterSigtermWithNoFlightLostAndNoneSeenTwice() throws Exception {
		Path first = this.directory.resolve("first.log");
		Process interrupted = run(first);
		await().atMost(Duration.ofMinutes(3)).until(() -> progress(first) >= 3_000);
		interrupted.destroy();
		assertThat(interrupted.waitFor(3, TimeUnit.MINUTES)).isTrue();
		assertThat(progress(first)).isBetween(3_000, 19_000);
		Path second = this.directory.resolve("second.log");
		Process resumed = run(second);
		assertThat(resumed.waitFor(5, TimeUnit.MINUTES)).isTrue();
		assertThat(Files.readString(second)).contains("flights were sent before; continuing with the next one")
			.contains("20,000 sent, 20,000 received, mean delay 7.7039 minutes, 220 origins, 0 seen twice");
		assertThat(resumed.exitValue()).isZero();
	}

	@Test
	void continuesAfterSigkillWithNoFlightLost() throws Exception {
		Path first = this.directory.resolve("first.log");
		Process killed = run(first);
		await().atMost(Duration.ofMinutes(3)).until(() -> progress(first) >= 3_000);
		killed.destroyForcibly().waitFor();
		Path second = this.directory.resolve("second.log");
		Process resumed = run(second);
		assertThat(resumed.waitFor(5, TimeUnit.MINUTES)).isTrue();
		assertThat(Files.readString(second))
			.contains("20,000 sent, 20,000 received, mean delay 7.7039 minutes, 220 origins");
		assertThat(resumed.exitValue()).isZero();
	}

	private Process run(Path log) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), FlightsApplication.class.getName(), "--server.port=0",
						"--sample.exit-when-done=true"));
		this.server.properties().forEach((name, value) -> command.add("--" + name + "=" + value));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		this.processes.add(process);
		return process;
	}

	private static int progress(Path log) throws IOException {
		Matcher matcher = PROGRESS.matcher(Files.readString(log));
		int progress = 0;
		while (matcher.find()) {
			progress = Integer.parseInt(matcher.group(1).replace(",", ""));
		}
		return progress;
	}

}
