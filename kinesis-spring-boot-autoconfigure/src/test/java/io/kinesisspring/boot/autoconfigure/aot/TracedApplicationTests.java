package io.kinesisspring.boot.autoconfigure.aot;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.agent.RecordedInvocation;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.testing.ChildProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares what an application does by reflection with what a native image is told.
 */
class TracedApplicationTests {

	@TempDir
	private Path directory;

	@Test
	void doesNothingByReflectionThatANativeImageIsNotTold() throws Exception {
		EmbeddedKinesisServer.Builder builder = EmbeddedKinesisServer.builder();
		for (String stream : ShopApplication.STREAMS) {
			builder.stream(stream, 1);
		}
		Path classes = Files.createDirectories(this.directory.resolve("class"));
		String agent = Path.of(RecordedInvocation.class.getProtectionDomain().getCodeSource().getLocation().toURI())
			.toString();
		List<String> lines;
		try (EmbeddedKinesisServer server = builder.start()) {
			List<String> arguments = new ArrayList<>(List.of(this.directory.toString()));
			server.properties().forEach((name, value) -> arguments.add(name + "=" + value));
			try (ChildProcess process = ChildProcess.start("traced", this.directory,
					List.of("-javaagent:" + agent + "=+io.kinesisspring"),
					classes + File.pathSeparator + System.getProperty("java.class.path"), TracedApplication.class,
					arguments)) {
				process.awaitEnd();
				lines = process.output();
			}
		}
		String text = String.join("\n", lines);
		assertThat(text).containsPattern(TracedApplication.DONE + "[1-9]");
		assertThat(lines.stream().filter((line) -> line.startsWith(TracedApplication.MISSING))).isEmpty();
	}

}
