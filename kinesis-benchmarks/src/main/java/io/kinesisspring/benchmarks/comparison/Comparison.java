package io.kinesisspring.benchmarks.comparison;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.benchmarks.comparison.Cell.Scenario;
import io.kinesisspring.benchmarks.report.Report;
import io.kinesisspring.benchmarks.report.Result;

/**
 * Compares whole processes: each contender in its own JVM, in turns, on the same server
 * processes, with a fresh stream. Writes the results as they arrive, and tables and plots
 * at the end.
 */
public final class Comparison {

	private static final String HEAP = "512m";

	/** Enough for a thousand records a second, so that peak memory is what they need. */
	private static final String PACED_HEAP = "256m";

	private static final long MOST_SECONDS = 150;

	private static final int PACED_SECONDS = 10;

	private static final int PACED_WARM_UP_SECONDS = 5;

	/**
	 * An idle shard accepts a second's records in an instant, which must not count.
	 */
	private static final int LIMITED_SECONDS = 20;

	private static final int FREE_SECONDS = 20;

	private final Settings settings;

	private final Servers servers;

	private Comparison(Settings settings, Servers servers) {
		this.settings = settings;
		this.servers = servers;
	}

	/**
	 * Compare.
	 * @param args nothing
	 * @throws IOException if the results cannot be written
	 */
	public static void main(String[] args) throws IOException {
		Settings settings = new Settings();
		if (!settings.reportOnly()) {
			try (Servers servers = new Servers(settings)) {
				new Comparison(settings, servers).run(settings.plan());
			}
		}
		new Report(Contender.BASELINE).write(Result.read(settings.results()), settings.output());
		System.out.println("The results are in " + settings.output());
		System.exit(0);
	}

	private void run(Plan plan) throws IOException {
		if (plan.firstRound() == 1) {
			Files.deleteIfExists(this.settings.results());
		}
		for (int round = plan.firstRound(); round <= plan.lastRound(); round++) {
			for (Cell cell : plan.cells()) {
				if (round <= cell.rounds()) {
					run(cell, round);
				}
			}
		}
	}

	private void run(Cell cell, int round) throws IOException {
		URI endpoint = this.servers.endpoint(cell.server());
		if (endpoint == null) {
			return;
		}
		List<Contender> turns = new ArrayList<>(cell.contenders());
		Collections.rotate(turns, round);
		if (cell.scenario() == Scenario.CONSUME) {
			try (TestStream stream = new TestStream(endpoint, cell.shards(), cell.knowsCbor())) {
				stream.fill(cell.warmUp() + cell.records(), cell.bytes(), cell.keys());
				if (cell.delayed()) {
					stream.delay();
				}
				for (Contender contender : turns) {
					note(cell, contender, round, drive(cell, contender, stream, endpoint, round));
				}
				if (cell.delayed()) {
					stream.endDelay();
				}
			}
			return;
		}
		for (Contender contender : turns) {
			try (TestStream stream = new TestStream(endpoint, cell.shards(), cell.knowsCbor())) {
				note(cell, contender, round, measure(cell, contender, stream, endpoint, round));
				if (cell.delayed()) {
					stream.endDelay();
				}
			}
		}
	}

	private Map<String, Double> measure(Cell cell, Contender contender, TestStream stream, URI endpoint, int round) {
		if (cell.limited()) {
			stream.limit();
		}
		if (cell.delayed()) {
			stream.delay();
		}
		return switch (cell.scenario()) {
			case PRODUCE, PACE, CONSUME -> drive(cell, contender, stream, endpoint, round);
			case FOLLOW -> {
				Feeder feeder = new Feeder(stream, cell.bytes());
				Map<String, Double> figures = drive(cell, contender, stream, endpoint, round);
				feeder.stop();
				yield figures;
			}
			case STOP, KILL -> takeOver(cell, contender, stream, endpoint, round);
		};
	}

	private Map<String, Double> takeOver(Cell cell, Contender contender, TestStream stream, URI endpoint, int round) {
		Takeover takeover = new Takeover(stream, this.settings.output(),
				(journal) -> start(cell, contender, stream, endpoint, round, journal));
		try {
			return takeover.measure(cell.scenario() == Scenario.KILL, cell.bytes());
		}
		catch (IllegalStateException ex) {
			System.out.println("  failed: " + ex.getMessage());
			return Map.of();
		}
	}

	private Map<String, Double> drive(Cell cell, Contender contender, TestStream stream, URI endpoint, int round) {
		boolean count = contender.name().startsWith("KPL");
		if (count && !cell.delayed()) {
			stream.count("PutRecords");
		}
		try (JavaProcess process = start(cell, contender, stream, endpoint, round, null)) {
			process.watch(MOST_SECONDS);
			Map<String, Double> figures = process.figures();
			if (process.hasFailed() || figures.getOrDefault("records", 1.0) == 0) {
				System.out.println("  failed, see " + log(cell, contender, round));
				return Map.of("unfinished", 1.0);
			}
			if (count) {
				double all = figures.getOrDefault("records", 0.0) + share(cell, contender, cell.warmUp());
				figures.put("kinesis-calls-per-thousand", stream.counted() / all * 1e3);
			}
			boolean paced = cell.scenario() == Scenario.PACE;
			if (paced || (cell.scenario() == Scenario.PRODUCE && cell.limited())) {
				TestStream.Stored stored = stream.stored();
				int warmUp = paced ? PACED_WARM_UP_SECONDS * cell.rate() : share(cell, contender, cell.warmUp());
				double millions = (figures.getOrDefault("records", 0.0) + warmUp) / 1e6;
				figures.put("kinesis-records-per-million", stored.records() / millions);
				figures.put("units-per-million", stored.units() / millions);
			}
			return figures;
		}
	}

	private JavaProcess start(Cell cell, Contender contender, TestStream stream, URI endpoint, int round,
			@Nullable Path journal) {
		List<String> command = new ArrayList<>(this.settings.jvmOptions());
		if (!cell.knowsCbor()) {
			command.add("-Daws.cborEnabled=false");
		}
		command.add(contender.ours() ? StarterDriver.class.getName() : "io.kinesisspring.benchmarks.peers.PeerDriver");
		command.addAll(contender.arguments());
		boolean paced = cell.scenario() == Scenario.PACE || cell.scenario() == Scenario.FOLLOW;
		int seconds = cell.limited() ? LIMITED_SECONDS : FREE_SECONDS;
		command.addAll(List.of("job=" + cell.scenario().job(), "endpoint=" + endpoint,
				"dynamodb=" + this.servers.dynamoDb(), "stream=" + stream.name(),
				"application=" + stream.name() + "-" + contender.name().replaceAll("\\W+", "-"),
				"bytes=" + cell.bytes(), "keys=" + cell.keys(), "rate=" + cell.rate(),
				"warm-up-seconds=" + PACED_WARM_UP_SECONDS, "seconds=" + (paced ? PACED_SECONDS : seconds),
				"http1=" + cell.server().equals(Cell.KINESALITE)));
		command.add("warm-up=" + share(cell, contender, cell.warmUp()));
		command.add("records=" + share(cell, contender, cell.records()));
		if (journal != null) {
			command.add("journal=" + journal);
		}
		return JavaProcess.java(log(cell, contender, round), paced ? PACED_HEAP : HEAP,
				this.settings.classPath(contender.ours()), command);
	}

	/**
	 * The number of records for a contender: all if each contender must process the same,
	 * or if time ends the run.
	 */
	private static int share(Cell cell, Contender contender, int records) {
		boolean all = cell.scenario() == Scenario.CONSUME || cell.limited();
		return all ? records : (int) (records * contender.share());
	}

	private Path log(Cell cell, Contender contender, int round) {
		return this.settings.logs()
			.resolve((cell.name() + " " + contender.name() + " " + round).replaceAll("\\W+", "-") + ".log");
	}

	private void note(Cell cell, Contender contender, int round, Map<String, Double> figures) throws IOException {
		System.out.printf(Locale.ROOT, "%s | %s | %d | %s%n", cell.name(), contender.name(), round, figures);
		List<Result> results = new ArrayList<>();
		figures
			.forEach((figure, value) -> results.add(new Result(cell.name(), contender.name(), round, figure, value)));
		Result.append(results, this.settings.results());
	}

}
