package io.kinesisspring.embedded.store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * One account in one region: the streams by name. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Account {

	private static final String ID = "000000000000";

	private static final long MILLIS = 1000;

	private final Map<String, Long> births = new ConcurrentHashMap<>();

	private final Map<String, DataStream> streams = new ConcurrentSkipListMap<>();

	private final String region;

	private final InstantSource clock;

	private final Delays delays;

	private final Quotas quotas;

	private final MemoryBudget memory;

	/**
	 * Create an account without streams.
	 * @param region the region's name
	 * @param clock what all times are taken from
	 * @param delays how long changes take
	 * @param quotas how much there may be
	 */
	public Account(String region, InstantSource clock, Delays delays, Quotas quotas) {
		this.region = region;
		this.clock = clock;
		this.delays = delays;
		this.quotas = quotas;
		this.memory = new MemoryBudget(quotas.memoryBytes());
	}

	/**
	 * Return the account's id.
	 * @return twelve digits
	 */
	public String id() {
		return ID;
	}

	/**
	 * Return the current time.
	 * @return the time in milliseconds since the epoch
	 */
	public long now() {
		return this.clock.millis();
	}

	/**
	 * Return what bounds this account.
	 * @return the quotas
	 */
	public Quotas quotas() {
		return this.quotas;
	}

	/**
	 * Return how long an iterator can be used.
	 * @return the lifetime
	 */
	public Duration iteratorLifetime() {
		return this.quotas.iteratorLifetime();
	}

	Delays delays() {
		return this.delays;
	}

	String streamArn(String name) {
		return "arn:aws:kinesis:" + this.region + ":" + ID + ":stream/" + name;
	}

	/**
	 * Create a stream.
	 * @param name its name
	 * @param shards how many shards it starts with
	 * @param settings its settings
	 * @return the stream
	 */
	public DataStream create(String name, int shards, StreamSettings settings) {
		requireRoom(shards);
		if (find(name) != null) {
			throw exists(name);
		}
		DataStream stream = new DataStream(name, shards, settings, this, this.memory);
		if (this.streams.putIfAbsent(name, stream) != null) {
			throw exists(name);
		}
		return stream;
	}

	private static ServiceException exists(String name) {
		return Errors.inUse("Stream " + name + " under account " + ID + " already exists.");
	}

	/**
	 * When the first shards of a stream come into being. Their sequence numbers begin
	 * with the second of that: a stream that is created again gets greater ones than the
	 * one before it had until it was gone, however soon that is.
	 */
	long birth(String name, long now) {
		return this.births.merge(name, now, (before, later) -> Math.max(later, (before / MILLIS + 1) * MILLIS));
	}

	/**
	 * Delete a stream.
	 * @param stream the stream
	 */
	public void delete(DataStream stream) {
		stream.startDeleting();
		find(stream.name());
	}

	/**
	 * Find a stream.
	 * @param name its name
	 * @return the stream
	 */
	public DataStream stream(String name) {
		DataStream stream = find(name);
		if (stream == null) {
			throw Errors.notFound("Stream " + name + " under account " + ID + " not found.");
		}
		return stream;
	}

	/**
	 * List the streams.
	 * @return the streams by name
	 */
	public List<DataStream> streams() {
		List.copyOf(this.streams.keySet()).forEach(this::find);
		return List.copyOf(this.streams.values());
	}

	private @Nullable DataStream find(String name) {
		DataStream stream = this.streams.get(name);
		if (stream != null && stream.isGone()) {
			this.births.merge(name, Math.max(now(), stream.newest() * MILLIS), Math::max);
			this.streams.remove(name, stream);
			stream.clear();
			return null;
		}
		return stream;
	}

	/**
	 * Return how many shards are open.
	 * @return the number in all streams
	 */
	public int openShards() {
		return this.streams.values().stream().mapToInt((stream) -> stream.openShards().size()).sum();
	}

	void requireRoom(int shards) {
		if (shards > 0 && openShards() + shards > this.quotas.shards()) {
			throw Errors.limitExceeded("This request would exceed the shard limit for the account " + ID + " in "
					+ this.region + ". Current shard count for the account: " + openShards() + ". Limit: "
					+ this.quotas.shards() + ".");
		}
	}

	/**
	 * Return how much memory the records take.
	 * @return the bytes, about
	 */
	public long memoryUsed() {
		return this.memory.used();
	}

	/**
	 * Forget the oldest records if all records together take more memory than they may.
	 * To be called after writing.
	 */
	public void keepWithinMemory() {
		if (this.memory.isExceeded()) {
			new Reclaim(streams(), this.memory).run();
		}
	}

}
