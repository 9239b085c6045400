package io.kinesisspring.benchmarks.comparison;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.kinesisspring.benchmarks.driver.Journal;
import io.kinesisspring.benchmarks.driver.Payload;
import io.kinesisspring.benchmarks.driver.Waiting;

/**
 * Lets two workers share a stream of a thousand records a second and ends one of them.
 * Measures when the other has all shards, and counts repeated and missing records.
 */
final class Takeover {

	private static final Duration START = Duration.ofMinutes(4);

	/** Time for the second worker to get a share. Some contenders never give it one. */
	private static final Duration SHARING = Duration.ofSeconds(75);

	private static final Duration TAKING_OVER = Duration.ofMinutes(4);

	private static final Duration CATCHING_UP = Duration.ofMinutes(1);

	private static final Duration RECENT = Duration.ofSeconds(5);

	private final TestStream stream;

	private final Function<Path, JavaProcess> worker;

	private final Path folder;

	Takeover(TestStream stream, Path folder, Function<Path, JavaProcess> worker) {
		this.stream = stream;
		this.folder = folder;
		this.worker = worker;
	}

	Map<String, Double> measure(boolean kill, int bytes) {
		Path firstFile = this.folder.resolve(this.stream.name() + "-1.journal");
		Path secondFile = this.folder.resolve(this.stream.name() + "-2.journal");
		try (Feeder feeder = new Feeder(this.stream, bytes); JavaProcess first = this.worker.apply(firstFile)) {
			require(Waiting.until(() -> recent(firstFile).size() == this.stream.shards(), START), "start");
			try (JavaProcess second = this.worker.apply(secondFile)) {
				Waiting.until(() -> !recent(secondFile).isEmpty(), SHARING);
				Waiting.until(() -> false, RECENT);
				boolean more = recent(firstFile).size() >= recent(secondFile).size();
				return measure(feeder, kill, more ? first : second, more ? firstFile : secondFile,
						more ? second : first, more ? secondFile : firstFile);
			}
		}
		finally {
			delete(firstFile);
			delete(secondFile);
		}
	}

	private Map<String, Double> measure(Feeder feeder, boolean kill, JavaProcess victim, Path victimFile,
			JavaProcess survivor, Path survivorFile) {
		Map<String, Double> figures = new TreeMap<>();
		Set<Integer> shards = recent(victimFile);
		long gone = Payload.micros();
		figures.put("shards-of-the-victim", (double) shards.size());
		if (kill) {
			victim.kill();
		}
		else {
			victim.endInput();
		}
		boolean taken = Waiting.until(() -> firstAfter(survivorFile, gone).keySet().containsAll(shards), TAKING_OVER);
		if (taken) {
			long last = firstAfter(survivorFile, gone).entrySet()
				.stream()
				.filter((first) -> shards.contains(first.getKey()))
				.mapToLong(Map.Entry::getValue)
				.max()
				.orElse(gone);
			figures.put("takeover-seconds", (last - gone) / 1e6);
		}
		long records = feeder.stop();
		Waiting.until(() -> delivered(victimFile, survivorFile).collect(Collectors.toSet()).size() >= records,
				CATCHING_UP);
		survivor.endInput();
		Set<Long> different = new HashSet<>();
		long again = delivered(victimFile, survivorFile).filter((index) -> !different.add(index)).count();
		figures.put("duplicates", (double) again);
		figures.put("missing", (double) records - different.size());
		figures.put("records", (double) records);
		return figures;
	}

	private static Stream<Long> delivered(Path firstFile, Path secondFile) {
		return Stream.concat(Journal.read(firstFile).stream(), Journal.read(secondFile).stream())
			.map(Journal.Entry::index);
	}

	/**
	 * The shards whose records a worker has delivered recently.
	 */
	private Set<Integer> recent(Path file) {
		long since = Payload.micros() - RECENT.toNanos() / 1000;
		return entries(file).stream()
			.filter((entry) -> entry.micros() > since)
			.map((entry) -> this.stream.shard(entry.index()))
			.collect(Collectors.toSet());
	}

	/**
	 * The time of a worker's first delivery from each shard after a moment.
	 */
	private Map<Integer, Long> firstAfter(Path file, long micros) {
		return entries(file).stream()
			.filter((entry) -> entry.micros() > micros)
			.collect(Collectors.toMap((entry) -> this.stream.shard(entry.index()), Journal.Entry::micros, Math::min));
	}

	private static List<Journal.Entry> entries(Path file) {
		return Journal.read(file);
	}

	private static void require(boolean condition, String what) {
		if (!condition) {
			throw new IllegalStateException("The worker did not " + what);
		}
	}

	private static void delete(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
