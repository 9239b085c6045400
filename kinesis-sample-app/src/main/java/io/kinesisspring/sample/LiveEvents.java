package io.kinesisspring.sample;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The latest events, for the page. Thread-safe.
 */
@Component
class LiveEvents {

	private static final int MOST = 40;

	private final Deque<Event> events = new ArrayDeque<>();

	private final Map<String, Instant> killed = new ConcurrentHashMap<>();

	private long count;

	synchronized void add(String kind, String text) {
		this.events.addFirst(new Event(++this.count, System.currentTimeMillis(), kind, text));
		if (this.events.size() > MOST) {
			this.events.removeLast();
		}
	}

	/**
	 * Remember that a worker no longer runs, although its leases still name it.
	 */
	void killed(String worker) {
		this.killed.put(worker, Instant.now());
	}

	@Nullable Instant killedAt(String worker) {
		return this.killed.get(worker);
	}

	/**
	 * The latest events, newest first.
	 */
	synchronized List<Event> latest() {
		return List.copyOf(this.events);
	}

	/**
	 * Something that has happened.
	 *
	 * @param id grows by one with each event
	 * @param time when, in milliseconds since 1970
	 * @param kind what sort of event
	 * @param text a sentence
	 */
	record Event(long id, long time, String kind, String text) {

	}

}
