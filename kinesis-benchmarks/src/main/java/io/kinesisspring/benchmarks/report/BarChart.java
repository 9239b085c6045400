package io.kinesisspring.benchmarks.report;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Draws a figure of a comparison: bars for the medians, and lines from the lowest to the
 * highest value. The colours suit light and dark backgrounds.
 */
final class BarChart {

	private static final int WIDTH = 720;

	private static final int LABELS = 170;

	private static final int VALUES = 90;

	private static final int BAR = 18;

	private static final int GAP = 8;

	private static final int TOP = 34;

	private final StringBuilder svg = new StringBuilder();

	static String of(Comparisons comparisons, Figure figure) {
		BarChart chart = new BarChart();
		chart.draw(comparisons, figure);
		return chart.svg.toString();
	}

	private void draw(Comparisons comparisons, Figure figure) {
		List<String> contenders = comparisons.contenders()
			.stream()
			.filter((contender) -> comparisons.spread(contender, figure) != null)
			.toList();
		int height = TOP + contenders.size() * (BAR + GAP) + GAP;
		double most = contenders.stream()
			.mapToDouble((contender) -> most(comparisons.spread(contender, figure)))
			.max()
			.orElse(1);
		add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
				+ "font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#808890\" role=\"img\">%n", WIDTH,
				height, WIDTH, height);
		add("<title>%s: %s</title>%n", figure.title(), comparisons.name());
		add("<text x=\"0\" y=\"15\" font-size=\"14\" font-weight=\"600\">%s</text>%n", figure.title());
		add("<text x=\"%d\" y=\"15\" text-anchor=\"end\">%s</text>%n", WIDTH, comparisons.name());
		int y = TOP;
		for (String contender : contenders) {
			bar(contender, comparisons.spread(contender, figure), most, y);
			y += BAR + GAP;
		}
		add("</svg>%n");
	}

	private static double most(@Nullable Spread spread) {
		return (spread != null) ? spread.most() : 0;
	}

	private void bar(String contender, @Nullable Spread spread, double most, int y) {
		if (spread == null) {
			return;
		}
		double scale = (WIDTH - LABELS - VALUES) / Math.max(most, Double.MIN_NORMAL);
		double middle = y + BAR / 2.0;
		double end = LABELS + spread.median() * scale;
		add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" dominant-baseline=\"central\">%s</text>%n", LABELS - 8,
				middle, contender);
		add("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>%n", LABELS, y,
				Math.max(1, end - LABELS), BAR, colour(contender));
		add("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#808890\" stroke-width=\"2\"/>%n",
				LABELS + spread.least() * scale, LABELS + spread.most() * scale, middle, middle);
		add("<text x=\"%.1f\" y=\"%.1f\" dominant-baseline=\"central\">%s</text>%n", LABELS + spread.most() * scale + 6,
				middle, Spread.text(spread.median()));
	}

	private static String colour(String contender) {
		if (contender.startsWith("starter")) {
			return "#3b9c5f";
		}
		return contender.startsWith("bare") ? "#5b8bc9" : "#b8a06a";
	}

	private void add(String format, Object... arguments) {
		this.svg.append(String.format(Locale.ROOT, format, arguments));
	}

}
