package io.kinesisspring.benchmarks.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.benchmarks.comparison.Cell.Scenario;

/**
 * The cells to compare.
 *
 * @param firstRound the number of the first round, more than one to go on with a run
 * @param lastRound the number of the last
 * @param cells the comparisons of a round
 */
record Plan(int firstRound, int lastRound, List<Cell> cells) {

	private static final int SMALL = 200;

	private static final int TINY = 64;

	private static final int MIDDLING = 1000;

	private static final int LARGE = 4096;

	private static final int FEW_SHARDS = 4;

	private static final int MANY_SHARDS = 64;

	private static final int ALL_SHARDS = 1000;

	private static final int HOT_KEYS = 100;

	private static final int DEVICES = 100_000;

	private static final int SPREADING_KEYS = 1_000_000;

	private static final int[] WAITING_RATES = { 100, 1000, 10_000 };

	/**
	 * The plan with a name.
	 * @param name {@code full}, {@code short}, {@code aggregation}, {@code delayed},
	 * {@code waits}, {@code takeover} or {@code smoke}
	 */
	static Plan of(String name) {
		return switch (name) {
			case "full" -> full();
			case "short" -> shorter();
			case "aggregation" -> new Plan(1, 3, manyKeys());
			case "delayed" -> new Plan(1, 3, delayed());
			case "waits" -> new Plan(1, 1, waits());
			case "takeover" -> new Plan(1, 3, takeovers());
			case "smoke" -> smoke();
			default -> throw new IllegalArgumentException("There is no preset " + name);
		};
	}

	private static Plan full() {
		List<Contender> quickConsumers = without(Contender.CONSUMERS, "KCL");
		List<Cell> cells = new ArrayList<>();
		for (int shards : new int[] { FEW_SHARDS, MANY_SHARDS }) {
			cells.add(Cell.of(Scenario.PRODUCE, shards, SMALL, 3_000_000, 2_000_000, Contender.PRODUCERS));
			cells.add(Cell.of(Scenario.CONSUME, shards, SMALL, 1_600_000, 1_400_000, quickConsumers));
			cells.add(Cell.of(Scenario.PRODUCE, shards, LARGE, 200_000, 200_000, Contender.PRODUCERS));
			cells.add(Cell.of(Scenario.CONSUME, shards, LARGE, 100_000, 200_000, quickConsumers));
		}
		cells.addAll(hotKeys());
		cells.addAll(manyShards());
		cells.addAll(steady());
		cells.addAll(delayed());
		cells.addAll(onKinesalite());
		takeovers().forEach((cell) -> cells.add(cell.rounds(3)));
		return new Plan(1, 5, cells);
	}

	/**
	 * A plan for an hour and a half: the first figures five times, the others three
	 * times, with the contenders that matter for them.
	 */
	private static Plan shorter() {
		List<Contender> senders = only(Contender.PRODUCERS, "starter", "starter, 8 MB buffer", Contender.BASELINE,
				"KPL, aggregating");
		List<Contender> readers = only(Contender.CONSUMERS, "starter", Contender.BASELINE, "awspring");
		List<Cell> cells = new ArrayList<>();
		cells.add(Cell.of(Scenario.PRODUCE, FEW_SHARDS, SMALL, 3_000_000, 2_000_000, Contender.PRODUCERS));
		cells.add(Cell.of(Scenario.CONSUME, FEW_SHARDS, SMALL, 1_600_000, 1_400_000,
				without(Contender.CONSUMERS, "KCL")));
		cells.add(Cell.of(Scenario.PRODUCE, MANY_SHARDS, SMALL, 3_000_000, 2_000_000, senders));
		cells.add(Cell.of(Scenario.CONSUME, MANY_SHARDS, SMALL, 1_600_000, 1_400_000, readers));
		cells.addAll(steady());
		List<Cell> more = new ArrayList<>();
		for (int shards : new int[] { FEW_SHARDS, MANY_SHARDS }) {
			more.add(Cell.of(Scenario.PRODUCE, shards, LARGE, 200_000, 200_000, senders));
			more.add(Cell.of(Scenario.CONSUME, shards, LARGE, 100_000, 200_000, readers));
		}
		more.addAll(hotKeys());
		more.addAll(manyShards());
		more.addAll(delayed());
		more.addAll(onKinesalite());
		more.forEach((cell) -> cells.add(cell.rounds(3)));
		return new Plan(1, 5, cells);
	}

	/**
	 * A thousand records a second.
	 */
	private static List<Cell> steady() {
		return List.of(
				Cell.of(Scenario.PACE, FEW_SHARDS, SMALL, 0, 0,
						with(without(Contender.PRODUCERS, "KPL, plain", "starter, 8 MB buffer", "awspring, batches"),
								Contender.LINGERING)),
				Cell.of(Scenario.FOLLOW, FEW_SHARDS, SMALL, 0, 0,
						with(without(Contender.CONSUMERS, "KCL", "starter, batches"), Contender.UNHURRIED)));
	}

	/**
	 * On the loopback an answer takes a millisecond, which flatters whoever makes many
	 * calls.
	 */
	private static List<Cell> delayed() {
		List<Cell> cells = new ArrayList<>();
		cells.add(Cell.of(Scenario.PRODUCE, FEW_SHARDS, SMALL, 1_500_000, 1_000_000,
				without(Contender.PRODUCERS, "starter, 8 MB buffer", "KPL, aggregating, its rate limit")));
		cells.add(Cell.of(Scenario.CONSUME, FEW_SHARDS, SMALL, 1_600_000, 1_400_000,
				without(Contender.CONSUMERS, "KCL")));
		cells.addAll(steady());
		return cells.stream().map(Cell::withDelays).toList();
	}

	/**
	 * What the defaults of {@code linger} and {@code idle-between-reads} are chosen by.
	 */
	private static List<Cell> waits() {
		List<Cell> cells = new ArrayList<>();
		for (int rate : WAITING_RATES) {
			cells.add(Cell.of(Scenario.PACE, FEW_SHARDS, SMALL, 0, 0, Contender.lingering(0, 1, 5, 10, 20, 50, 100))
				.rate(rate)
				.withDelays());
		}
		cells.add(Cell.of(Scenario.FOLLOW, FEW_SHARDS, SMALL, 0, 0, Contender.idling(0, 50, 100, 200, 300, 500, 1000))
			.withDelays());
		return cells;
	}

	private static Plan smoke() {
		List<Cell> cells = new ArrayList<>();
		cells.add(Cell.of(Scenario.PRODUCE, FEW_SHARDS, SMALL, 20_000, 50_000, Contender.PRODUCERS));
		cells.add(Cell.of(Scenario.CONSUME, FEW_SHARDS, SMALL, 20_000, 50_000, Contender.CONSUMERS));
		cells.addAll(steady());
		return new Plan(1, 1, cells);
	}

	private static List<Cell> hotKeys() {
		List<Contender> contenders = only(Contender.PRODUCERS, "starter, aggregating", Contender.BASELINE,
				"KPL, aggregating");
		Cell limited = Cell.of(Scenario.PRODUCE, FEW_SHARDS, SMALL, 20_000, 5_000_000, contenders).keys(HOT_KEYS, true);
		Cell tiny = Cell.of(Scenario.PRODUCE, FEW_SHARDS, TINY, 20_000, 5_000_000, contenders).keys(HOT_KEYS, true);
		return List.of(limited, tiny);
	}

	/**
	 * Small records of many keys, which only what combines keys gets into few records.
	 */
	private static List<Cell> manyKeys() {
		List<Contender> contenders = only(Contender.PRODUCERS, "starter", "starter, aggregating by shard",
				Contender.BASELINE, "KPL, aggregating", "KPL, aggregating, its rate limit");
		return IntStream.of(TINY, SMALL, MIDDLING)
			.mapToObj((bytes) -> Cell.of(Scenario.PRODUCE, FEW_SHARDS, bytes, 20_000, 5_000_000, contenders)
				.keys(DEVICES, true))
			.toList();
	}

	/**
	 * Enough keys to fill all shards evenly. Finished shards are still read five times a
	 * second, which would count against the records of the others.
	 */
	private static List<Cell> manyShards() {
		return List.of(
				Cell.of(Scenario.CONSUME, ALL_SHARDS, SMALL, 1_600_000, 1_400_000,
						only(Contender.CONSUMERS, "starter", Contender.BASELINE))
					.keys(SPREADING_KEYS, false),
				Cell.of(Scenario.PRODUCE, ALL_SHARDS, SMALL, 3_000_000, 2_000_000,
						only(Contender.PRODUCERS, "starter", Contender.BASELINE)));
	}

	private static List<Cell> onKinesalite() {
		return List.of(
				Cell.of(Scenario.PRODUCE, FEW_SHARDS, SMALL, 50_000, 100_000,
						only(Contender.PRODUCERS, "starter", "starter, aggregating", Contender.BASELINE,
								"awspring, batches"))
					.onKinesalite(),
				Cell.of(Scenario.CONSUME, FEW_SHARDS, SMALL, 20_000, 80_000, without(Contender.CONSUMERS, "KCL"))
					.onKinesalite());
	}

	private static List<Cell> takeovers() {
		List<Contender> contenders = without(Contender.CONSUMERS, Contender.BASELINE, "starter, batches");
		return List.of(Cell.of(Scenario.STOP, FEW_SHARDS, SMALL, 0, 0, contenders),
				Cell.of(Scenario.KILL, FEW_SHARDS, SMALL, 0, 0, contenders));
	}

	/**
	 * The same comparisons in other rounds.
	 * @param first the number of the first
	 * @param last the number of the last, {@code null} to leave it as it is
	 */
	Plan rounds(int first, @Nullable Integer last) {
		if (last == null) {
			return new Plan(first, this.lastRound, this.cells);
		}
		return new Plan(first, last, this.cells.stream().map((cell) -> cell.rounds(Integer.MAX_VALUE)).toList());
	}

	Plan restrictedTo(Set<String> scenarios, Set<String> contenders) {
		Stream<Cell> chosen = this.cells.stream()
			.filter((cell) -> scenarios.isEmpty() || scenarios.contains(cell.scenario().label())
					|| scenarios.contains(cell.name()))
			.map((cell) -> contenders.isEmpty() ? cell
					: cell.contenders(only(cell.contenders(), contenders.toArray(String[]::new))));
		return new Plan(this.firstRound, this.lastRound, chosen.toList());
	}

	private static List<Contender> only(List<Contender> all, String... names) {
		return all.stream().filter((contender) -> Set.of(names).contains(contender.name())).toList();
	}

	private static List<Contender> with(List<Contender> some, Contender another) {
		return Stream.concat(some.stream(), Stream.of(another)).toList();
	}

	private static List<Contender> without(List<Contender> all, String... names) {
		return all.stream().filter((contender) -> !Set.of(names).contains(contender.name())).toList();
	}

}
