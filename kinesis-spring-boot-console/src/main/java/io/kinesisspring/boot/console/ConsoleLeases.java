package io.kinesisspring.boot.console;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The leases of all listeners, as the endpoint has last shown them. They are read again
 * only if somebody asks, and the less often the more there are. Thread-safe.
 */
final class ConsoleLeases {

	private static final Duration MIN_AGE = Duration.ofSeconds(2);

	/** Leases to read a second, which cost five read units. */
	private static final int LEASES_PER_SECOND = 125;

	private final ReentrantLock reading = new ReentrantLock();

	private final ConsoleEndpoint endpoint;

	private volatile Map<String, Details> details = Map.of();

	private volatile long readAt;

	/** Whether nothing has been read yet, or a change makes it old. */
	private volatile boolean old = true;

	ConsoleLeases(ConsoleEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	Map<String, Details> details() {
		return this.details;
	}

	/**
	 * What has been read does not count any more.
	 */
	void expire() {
		this.old = true;
	}

	/**
	 * Read the leases if they are old. Waits for the lease tables, or for another thread
	 * that reads them.
	 */
	void refresh() {
		if (!isOld()) {
			return;
		}
		this.reading.lock();
		try {
			if (isOld()) {
				read();
			}
		}
		finally {
			this.reading.unlock();
		}
	}

	private boolean isOld() {
		int leases = this.details.values().stream().mapToInt((listener) -> listener.shards().size()).sum();
		long age = Math.max(MIN_AGE.toNanos(), Duration.ofSeconds(leases / LEASES_PER_SECOND).toNanos());
		return this.old || System.nanoTime() - this.readAt >= age;
	}

	private void read() {
		this.old = false;
		Map<String, Details> read = new TreeMap<>();
		for (String id : new TreeMap<>(this.endpoint.listeners()).keySet()) {
			read.put(id, read(id));
		}
		this.readAt = System.nanoTime();
		this.details = read;
	}

	private Details read(String id) {
		ConsoleEndpoint.Answer answer = this.endpoint.listener(id);
		if (!answer.isSuccess()) {
			Details before = this.details.get(id);
			return new Details((before != null) ? before.shards() : Map.of(), null,
					answer.body().path("reason").asString("The lease table could not be read"));
		}
		Map<String, ObjectNode> shards = new LinkedHashMap<>();
		answer.body().path("shards").forEach((shard) -> {
			if (shard instanceof ObjectNode object) {
				shards.put(key(shard.path("stream").asString(), shard.path("shard").asString()), object);
			}
		});
		return new Details(shards, answer.body().get("redrives"), null);
	}

	static String key(String stream, String shard) {
		return stream + "/" + shard;
	}

	/**
	 * What the endpoint says about a listener.
	 *
	 * @param shards the shards by stream and id; the former ones if the table cannot be
	 * read
	 * @param redrives the redrives; {@code null} if there are none
	 * @param error why the table cannot be read; {@code null} if it can
	 */
	record Details(Map<String, ObjectNode> shards, @Nullable JsonNode redrives, @Nullable String error) {

	}

}
