package io.kinesisspring.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * SDKs of other languages, each with a small program that writes, reads, subscribes and
 * is refused something.
 */
class OtherLanguagesIntegrationTests {

	private static final long TIMEOUT = 300;

	@TempDir
	private Path folder;

	private EmbeddedKinesisServer server;

	@BeforeEach
	void start() {
		this.server = EmbeddedKinesisServer.builder().dynamoDb(false).start();
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	@EnabledIfIndependentServers
	void theSdkForJavaScriptWorks() {
		Path modules = Path.of(System.getProperty("kinesis.test.servers", "")).toAbsolutePath().resolve("node_modules");
		Assumptions.assumeTrue(Files.isDirectory(modules.resolve("@aws-sdk/client-kinesis")),
				() -> "There is no @aws-sdk/client-kinesis in " + modules + "; run 'npm ci' there again");
		assertWorks(run(Map.of("NODE_MODULES", modules.toString()), "node", program("node-sdk.mjs")));
	}

	@Test
	void boto3Works() {
		Assumptions.assumeTrue(hasBoto3(), "There is no 'python3' here that can 'import boto3'");
		assertWorks(run(Map.of("PYTHONUTF8", "1"), "python3", program("boto3_client.py")));
	}

	private static void assertWorks(Run run) {
		assertThat(run.exit()).as(run.output()).isZero();
		assertThat(run.output().lines().map(String::toLowerCase)).contains("stream active 1 true", "put 2 0",
				"got first,zweit\u00e9r true", "pushed first,zweit\u00e9r 0", "refused true 400");
	}

	private boolean hasBoto3() {
		try {
			return run(Map.of(), "python3", "-c", "import boto3").exit() == 0;
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	private Run run(Map<String, String> environment, String... command) {
		Path output = this.folder.resolve("output");
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
		builder.environment().put("KINESIS_ENDPOINT", this.server.endpoint().toString());
		builder.environment().putAll(environment);
		try {
			Process process = builder.start();
			boolean ended = process.waitFor(TIMEOUT, TimeUnit.SECONDS);
			if (!ended) {
				process.destroyForcibly();
			}
			String text = Files.readString(output, StandardCharsets.UTF_8);
			return ended ? new Run(process.exitValue(), text) : new Run(-1, text + "(did not end)");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not run " + List.of(command), ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String program(String name) {
		URL program = OtherLanguagesIntegrationTests.class.getResource("/clients/" + name);
		try {
			return Path.of(program.toURI()).toString();
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * How a program ended, and what it printed.
	 */
	private record Run(int exit, String output) {
	}

}
