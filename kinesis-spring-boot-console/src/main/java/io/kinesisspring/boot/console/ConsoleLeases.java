package io.kinesisspring.boot.console;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
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

	/** How long somebody waits for the lease table. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private static final Log logger = LogFactory.getLog(ConsoleLeases.class);

	private final ReentrantLock lock = new ReentrantLock();

	private final ConsoleEndpoint endpoint;

	private final Executor executor;

	private CompletableFuture<Void> reading = CompletableFuture.completedFuture(null);

	private volatile Map<String, Details> details = Map.of();

	private volatile long readAt;

	/** Whether nothing has been read yet, or a change makes it old. */
	private volatile boolean old = true;

	/**
	 * Create leases that have not been read.
	 * @param executor reads them, which may take long
	 */
	ConsoleLeases(ConsoleEndpoint endpoint, Executor executor) {
		this.endpoint = endpoint;
		this.executor = executor;
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
	 * Begin to read the leases if they are old, unless it has begun.
	 * @return completes when they are read, or cannot be
	 */
	CompletableFuture<Void> refresh() {
		this.lock.lock();
		try {
			if (this.reading.isDone() && isOld()) {
				this.reading = CompletableFuture.runAsync(this::read, this.executor);
			}
			return this.reading;
		}
		catch (RejectedExecutionException ex) {
			return CompletableFuture.completedFuture(null);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Read the leases if they are old, and wait for it, but not long: if the table cannot
	 * be read, what this instance knows is worth showing all the more.
	 */
	void await() {
		try {
			refresh().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			logger.warn("The leases cannot be shown on the console", ex.getCause());
		}
		catch (TimeoutException ex) {
			logger.debug("The lease table has not responded within " + TIMEOUT);
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
