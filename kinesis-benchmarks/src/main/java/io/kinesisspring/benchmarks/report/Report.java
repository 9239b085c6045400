package io.kinesisspring.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Makes tables and plots of results.
 */
public final class Report {

	private final String baseline;

	/**
	 * Create a report.
	 * @param baseline the contender that the others are compared to
	 */
	public Report(String baseline) {
		this.baseline = baseline;
	}

	/**
	 * Write the tables as Markdown and the plots as SVG.
	 * @param results what has been measured
	 * @param folder where to write
	 * @throws IOException if that fails
	 */
	public void write(List<Result> results, Path folder) throws IOException {
		StringBuilder tables = new StringBuilder();
		for (Comparisons comparisons : Comparisons.of(results)) {
			table(comparisons, tables);
			for (Figure figure : Figure.values()) {
				if (figure.isPlotted() && comparisons.has(figure)) {
					Files.writeString(folder.resolve(fileName(comparisons, figure)), BarChart.of(comparisons, figure));
				}
			}
		}
		Files.writeString(folder.resolve("results.md"), tables);
	}

	private void table(Comparisons comparisons, StringBuilder tables) {
		List<Figure> figures = Arrays.stream(Figure.values()).filter(comparisons::has).toList();
		tables.append("### ").append(comparisons.name()).append("\n\n| |");
		figures.forEach((figure) -> tables.append(' ').append(figure.title()).append(" |"));
		tables.append("\n|---|").append("---|".repeat(figures.size())).append('\n');
		for (String contender : comparisons.contenders()) {
			tables.append("| ").append(contender).append(" |");
			figures.forEach((figure) -> tables.append(' ').append(cell(comparisons, contender, figure)).append(" |"));
			tables.append('\n');
		}
		tables.append('\n');
	}

	private String cell(Comparisons comparisons, String contender, Figure figure) {
		Spread spread = comparisons.spread(contender, figure);
		if (spread == null) {
			return "–";
		}
		Spread ratio = comparisons.ratio(contender, this.baseline, figure);
		if (ratio == null || contender.equals(this.baseline)) {
			return spread.text();
		}
		return spread.text() + " · " + String.format(Locale.ROOT, "%.2f×", ratio.median());
	}

	private static String fileName(Comparisons comparisons, Figure figure) {
		return comparisons.name().replaceAll("\\W+", "-") + "-" + figure.key() + ".svg";
	}

}
