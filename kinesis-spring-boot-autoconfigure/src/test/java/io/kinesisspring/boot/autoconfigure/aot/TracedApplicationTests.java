package io.kinesisspring.boot.autoconfigure.aot;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.agent.RecordedInvocation;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares what an application does by reflection with what a native image is told.
 */
@Timeout(240)
class TracedApplicationTests {

	@TempDir
	private Path directory;

	@Test
	void doesNothingByReflectionThatANativeImageIsNotTold() throws Exception {
		EmbeddedKinesisServer.Builder builder = EmbeddedKinesisServer.builder();
		for (String stream : ShopApplication.STREAMS) {
			builder.stream(stream, 1);
		}
		Path log = this.directory.resolve("log");
		Path classes = Files.createDirectories(this.directory.resolve("class"));
		String agent = Path.of(RecordedInvocation.class.getProtectionDomain().getCodeSource().getLocation().toURI())
			.toString();
		try (EmbeddedKinesisServer server = builder.start()) {
			List<String> command = new ArrayList<>(
					List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
							"-javaagent:" + agent + "=+io.kinesisspring", "-cp",
							classes + File.pathSeparator + System.getProperty("java.class.path"),
							TracedApplication.class.getName(), this.directory.toString()));
			server.properties().forEach((name, value) -> command.add(name + "=" + value));
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start();
			try {
				assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
			}
			finally {
				process.destroyForcibly();
			}
		}
		String text = Files.readString(log);
		assertThat(text).containsPattern(TracedApplication.DONE + "[1-9]");
		assertThat(text.lines().filter((line) -> line.startsWith(TracedApplication.MISSING))).isEmpty();
	}

}
