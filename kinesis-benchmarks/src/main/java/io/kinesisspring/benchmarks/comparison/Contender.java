package io.kinesisspring.benchmarks.comparison;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A contender.
 *
 * @param name what it is called in the results
 * @param ours whether it has the class path of the starter, or that of the peers
 * @param arguments what its driver is told
 * @param share the part of a run's records that it gets, as some would take minutes
 */
record Contender(String name, boolean ours, List<String> arguments, double share) {

	static final String BASELINE = "bare SDK";

	private static final Contender BARE = peer(BASELINE, 1, "contender=bare");

	static final List<Contender> PRODUCERS = List.of(ours("starter", "contender=ours"),
			ours("starter, 8 MB buffer", "buffer-memory=8MB"), ours("starter, aggregating", "aggregation=key"),
			ours("starter, aggregating by shard", "aggregation=shard"), BARE,
			peer("awspring, batches", 1, "contender=awspring", "batch=true"),
			peer("awspring, messages", 0.005, "contender=awspring"),
			peer("KPL, aggregating", 0.25, "contender=kpl", "aggregation=true"),
			peer("KPL, aggregating, its rate limit", 0.25, "contender=kpl", "aggregation=true", "rate-limit=true"),
			peer("KPL, plain", 0.1, "contender=kpl", "aggregation=false"));

	static final List<Contender> CONSUMERS = List.of(ours("starter", "batch=false"),
			ours("starter, batches", "batch=true"), BARE, peer("KCL", 1, "contender=kcl"),
			peer("KCL, tuned", 1, "contender=kcl", "tuned=true"), peer("awspring", 1, "contender=awspring"));

	/** Waits for more records as long as KPL does. */
	static final Contender LINGERING = ours("starter, 100 ms linger", "linger=100ms");

	/** Waits for more records as long as KCL does. */
	static final Contender UNHURRIED = ours("starter, 1 s between reads", "batch=false", "idle-between-reads=1s");

	/**
	 * How long records may wait for others, with and without aggregation.
	 * @param millis each of the times, in milliseconds
	 */
	static List<Contender> lingering(int... millis) {
		return Stream.of("none", "shard")
			.flatMap((aggregation) -> IntStream.of(millis)
				.mapToObj((linger) -> ours("aggregation %s, linger %3d ms".formatted(aggregation, linger),
						"aggregation=" + aggregation, "linger=" + linger + "ms")))
			.toList();
	}

	/**
	 * How long a reader waits that has read all there is.
	 * @param millis each of the times, in milliseconds
	 */
	static List<Contender> idling(int... millis) {
		return IntStream.of(millis)
			.mapToObj((idle) -> ours("idle between reads %4d ms".formatted(idle), "batch=false",
					"idle-between-reads=" + idle + "ms"))
			.toList();
	}

	private static Contender ours(String name, String... arguments) {
		return new Contender(name, true, List.of(arguments), 1);
	}

	private static Contender peer(String name, double share, String... arguments) {
		return new Contender(name, false, List.of(arguments), share);
	}

}
