package io.kinesisspring.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The results of one cell, sorted by contender and figure.
 */
final class Comparisons {

	private final String name;

	private final Map<String, Map<String, Map<Integer, Double>>> contenders = new LinkedHashMap<>();

	Comparisons(String name) {
		this.name = name;
	}

	static List<Comparisons> of(List<Result> results) {
		Map<String, Comparisons> cells = new LinkedHashMap<>();
		for (Result result : results) {
			cells.computeIfAbsent(result.cell(), Comparisons::new).add(result);
		}
		return new ArrayList<>(cells.values());
	}

	private void add(Result result) {
		this.contenders.computeIfAbsent(result.contender(), (name) -> new LinkedHashMap<>())
			.computeIfAbsent(result.figure(), (name) -> new LinkedHashMap<>())
			.put(result.round(), result.value());
	}

	String name() {
		return this.name;
	}

	List<String> contenders() {
		return this.contenders.keySet().stream().sorted().toList();
	}

	boolean has(Figure figure) {
		return this.contenders.values().stream().anyMatch((figures) -> figures.containsKey(figure.key()));
	}

	@Nullable Spread spread(String contender, Figure figure) {
		Map<Integer, Double> values = values(contender, figure);
		return values.isEmpty() ? null : Spread.of(values.values());
	}

	/**
	 * The ratio of two contenders, round by round.
	 */
	@Nullable Spread ratio(String contender, String baseline, Figure figure) {
		Map<Integer, Double> base = values(baseline, figure);
		List<Double> ratios = new ArrayList<>();
		values(contender, figure).forEach((round, value) -> {
			Double beside = base.get(round);
			if (beside != null && beside != 0) {
				ratios.add(value / beside);
			}
		});
		return ratios.isEmpty() ? null : Spread.of(ratios);
	}

	private Map<Integer, Double> values(String contender, Figure figure) {
		return this.contenders.getOrDefault(contender, Map.of()).getOrDefault(figure.key(), Map.of());
	}

}
