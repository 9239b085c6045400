package io.kinesisspring.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A figure of a run.
 *
 * @param cell what was compared
 * @param contender who
 * @param round in which round
 * @param figure what was measured
 * @param value what came out
 */
public record Result(String cell, String contender, int round, String figure, double value) {

	private static final String HEADER = "cell;contender;round;figure;value";

	/**
	 * Add results to a file.
	 * @param results what to add
	 * @param file the file, which need not exist
	 * @throws IOException if that fails
	 */
	public static void append(List<Result> results, Path file) throws IOException {
		List<String> lines = new ArrayList<>();
		if (!Files.exists(file)) {
			lines.add(HEADER);
		}
		results.forEach((result) -> lines.add(String.format(Locale.ROOT, "%s;%s;%d;%s;%s", result.cell,
				result.contender, result.round, result.figure, Double.toString(result.value))));
		Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
	}

	/**
	 * Read all results of a file.
	 * @param file the file
	 * @return the results in their order
	 * @throws IOException if that fails
	 */
	public static List<Result> read(Path file) throws IOException {
		try (Stream<String> lines = Files.lines(file)) {
			return lines.filter((line) -> !line.equals(HEADER)).map(Result::parse).toList();
		}
	}

	private static Result parse(String line) {
		String[] parts = line.split(";");
		return new Result(parts[0], parts[1], Integer.parseInt(parts[2]), parts[3], Double.parseDouble(parts[4]));
	}

}
