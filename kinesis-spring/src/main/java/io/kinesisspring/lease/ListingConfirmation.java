package io.kinesisspring.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the listings of a stream's shards say again and again. The service may answer as
 * of some seconds ago, or leave a shard out for a moment: what is not harmless to believe
 * is believed when each of several listings has said it for some time. Confined to the
 * coordinator's loop.
 */
final class ListingConfirmation {

	static final Duration LONG_ENOUGH = Duration.ofMinutes(2);

	static final int OFTEN_ENOUGH = 3;

	private final Map<String, Map<String, Saying>> sayings = new HashMap<>();

	/**
	 * Take note of all that a listing says; what it does not say any more is forgotten.
	 * @param stream the stream that has been listed
	 * @param said what the listing says
	 * @param asked when the listing was asked for
	 * @return what has been said for long enough
	 */
	Set<String> heard(String stream, Set<String> said, long asked) {
		Map<String, Saying> before = this.sayings.getOrDefault(stream, Map.of());
		Map<String, Saying> now = new HashMap<>();
		Set<String> insisted = new HashSet<>();
		for (String saying : said) {
			Saying first = before.getOrDefault(saying, new Saying(asked, 0));
			Saying again = new Saying(first.since, first.times + 1);
			now.put(saying, again);
			if (again.times >= OFTEN_ENOUGH && asked - again.since >= LONG_ENOUGH.toNanos()) {
				insisted.add(saying);
			}
		}
		this.sayings.put(stream, now);
		return insisted;
	}

	private record Saying(long since, int times) {

	}

}
