package io.kinesisspring.boot.console;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.ProducerStatus;
import io.kinesisspring.producer.ProducerStatus.StreamStatus;

/**
 * What templates send. Pure functions.
 */
final class Sent {

	private Sent() {
	}

	/**
	 * Add up the statuses of several templates.
	 * @return one status; {@code null} if there are none
	 */
	static @Nullable ProducerStatus sum(Collection<ProducerStatus> statuses) {
		if (statuses.isEmpty()) {
			return null;
		}
		Map<String, StreamStatus> streams = statuses.stream()
			.flatMap((status) -> status.streams().stream())
			.collect(Collectors.toMap(StreamStatus::stream, (stream) -> stream, Sent::sum, TreeMap::new));
		return new ProducerStatus(longs(statuses, ProducerStatus::bufferUsed),
				longs(statuses, ProducerStatus::bufferSize), ints(statuses, ProducerStatus::waiting),
				longs(statuses, ProducerStatus::recordsInFlight), ints(statuses, ProducerStatus::requestsInFlight),
				List.copyOf(streams.values()));
	}

	private static StreamStatus sum(StreamStatus one, StreamStatus other) {
		return new StreamStatus(one.stream(), one.stored() + other.stored(), one.refused() + other.refused(),
				one.failed() + other.failed(),
				Stream.concat(one.limited().stream(), other.limited().stream()).toList());
	}

	private static long longs(Collection<ProducerStatus> statuses, ToLongFunction<ProducerStatus> value) {
		return statuses.stream().mapToLong(value).sum();
	}

	private static int ints(Collection<ProducerStatus> statuses, ToIntFunction<ProducerStatus> value) {
		return statuses.stream().mapToInt(value).sum();
	}

	/**
	 * The rates of each stream between two moments. A stream that is new has sent nothing
	 * before.
	 */
	static Map<String, Rates> rates(Snapshot earlier, Snapshot now) {
		Map<String, Rates> rates = new TreeMap<>();
		if (now.producer() != null) {
			Map<String, StreamStatus> before = new TreeMap<>();
			if (earlier.producer() != null) {
				earlier.producer().streams().forEach((stream) -> before.put(stream.stream(), stream));
			}
			for (StreamStatus stream : now.producer().streams()) {
				StreamStatus known = before.getOrDefault(stream.stream(),
						new StreamStatus(stream.stream(), 0, 0, 0, List.of()));
				rates.put(stream.stream(),
						new Rates(now.rate(earlier, known.stored(), stream.stored()),
								now.rate(earlier, known.refused(), stream.refused()),
								now.rate(earlier, known.failed(), stream.failed())));
			}
		}
		return rates;
	}

	/**
	 * Records a second.
	 *
	 * @param stored those that were stored
	 * @param refused those that the service refused, most of which are sent again
	 * @param failed those that failed
	 */
	record Rates(double stored, double refused, double failed) {

	}

}
