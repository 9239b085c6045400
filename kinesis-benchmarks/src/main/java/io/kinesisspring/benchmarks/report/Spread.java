package io.kinesisspring.benchmarks.report;

import java.util.Collection;
import java.util.Locale;

/**
 * A figure over the rounds.
 *
 * @param median the one in the middle
 * @param least the smallest
 * @param most the largest
 */
record Spread(double median, double least, double most) {

	static Spread of(Collection<Double> values) {
		double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
		int middle = sorted.length / 2;
		double median = (sorted.length % 2 != 0) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
		return new Spread(median, sorted[0], sorted[sorted.length - 1]);
	}

	String text() {
		return (this.least != this.most) ? text(this.median) + " (" + text(this.least) + "–" + text(this.most) + ")"
				: text(this.median);
	}

	static String text(double value) {
		if (value == 0 || Math.abs(value) >= 100) {
			return String.format(Locale.ROOT, "%,.0f", value);
		}
		return String.format(Locale.ROOT, (Math.abs(value) >= 10) ? "%.1f" : "%.2f", value);
	}

}
