package io.kinesisspring.sample;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.testing.ChildProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application is processed ahead of time, as by {@code spring-boot:process-aot}, and
 * does its job from the generated code.
 */
@Tag("thorough")
class AheadOfTimeIntegrationTests {

	@TempDir
	private Path directory;

	@Test
	void doesItsJobFromGeneratedCode() throws Exception {
		Path classes = process();
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().stream("flights", 4).start()) {
			List<String> arguments = new ArrayList<>(
					List.of("--server.port=0", "--sample.exit-when-done=true", "--sample.timeout=5m"));
			server.properties().forEach((name, value) -> arguments.add("--" + name + "=" + value));
			assertThat(run(List.of("-Dspring.aot.enabled=true"), classes, FlightsApplication.class, arguments))
				.contains("Starting AOT-processed FlightsApplication")
				.contains("20,000 sent, 20,000 received, mean delay 7.7039 minutes, 220 origins, 0 seen twice");
		}
	}

	private Path process() throws Exception {
		Path classes = Files.createDirectories(this.directory.resolve("classes"));
		Path sources = Files.createDirectories(this.directory.resolve("sources"));
		run(List.of(), classes, SpringApplicationAotProcessor.class, List.of(FlightsApplication.class.getName(),
				sources.toString(), classes.toString(), classes.toString(), "io.kinesisspring", "kinesis-sample-app"));
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (Stream<Path> files = Files.walk(sources);
				StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			assertThat(compiler.getTask(null, manager, null,
					List.of("-proc:none", "-parameters", "-nowarn", "-d", classes.toString(), "-cp",
							classPath(classes)),
					null, manager.getJavaFileObjectsFromPaths(
							files.filter((file) -> file.toString().endsWith(".java")).toList()))
				.call()).isTrue();
		}
		return classes;
	}

	private static String classPath(Path classes) {
		return classes + File.pathSeparator + System.getProperty("java.class.path");
	}

	/**
	 * Run a process to its end.
	 * @return its output
	 */
	private String run(List<String> options, Path classes, Class<?> main, List<String> arguments)
			throws IOException, InterruptedException {
		try (ChildProcess process = ChildProcess.start(main.getSimpleName(), this.directory, options,
				classPath(classes), main, arguments)) {
			assertThat(process.awaitEnd()).as(process.describe()).isZero();
			return String.join("\n", process.output());
		}
	}

}
