package io.kinesisspring.benchmarks.comparison;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The system properties.
 */
final class Settings {

	private static final String PREFIX = "benchmark.";

	private final Path home = Path.of(get("home", "kinesis-benchmarks/target")).toAbsolutePath();

	private final Path output = Path.of(get("output", this.home.resolve("comparison").toString())).toAbsolutePath();

	Settings() throws IOException {
		Files.createDirectories(logs());
	}

	Plan plan() {
		Plan plan = Plan.of(get("preset", "full")).restrictedTo(set("scenarios"), set("contenders"));
		String rounds = get("rounds", "");
		return plan.rounds(Integer.parseInt(get("first-round", "1")),
				rounds.isEmpty() ? null : Integer.valueOf(rounds));
	}

	/**
	 * Whether to make plots and tables of existing results only.
	 */
	boolean reportOnly() {
		return Boolean.parseBoolean(get("report-only", "false"));
	}

	Path results() {
		return this.output.resolve("results.csv");
	}

	Path output() {
		return this.output;
	}

	Path logs() {
		return this.output.resolve("logs");
	}

	String classPath(boolean ours) {
		Path peers = this.home.resolveSibling("../kinesis-benchmarks-peers/target").normalize();
		return ours ? this.home.resolve("benchmarks.jar") + File.pathSeparator + this.home.resolve("lib") + "/*"
				: peers.resolve("peers.jar") + File.pathSeparator + peers.resolve("lib") + "/*";
	}

	String serverClassPath() {
		return this.home.resolve("server") + "/*";
	}

	/**
	 * Further options of the contenders' JVMs, for example to record a profile.
	 */
	List<String> jvmOptions() {
		return Arrays.stream(get("jvm-options", "").split(" ")).filter((option) -> !option.isEmpty()).toList();
	}

	@Nullable Path independentServers() {
		String servers = get("servers", "");
		return servers.isEmpty() ? null : Path.of(servers);
	}

	private static Set<String> set(String name) {
		return Arrays.stream(get(name, "").split(";"))
			.map(String::trim)
			.filter((part) -> !part.isEmpty())
			.collect(Collectors.toSet());
	}

	private static String get(String name, String defaultValue) {
		String value = System.getProperty(PREFIX + name, "");
		return (value.isEmpty() || value.startsWith("${")) ? defaultValue : value;
	}

}
