package io.kinesisspring.embedded.store;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.persistence.DataDirectory;
import io.kinesisspring.embedded.persistence.StreamDirectory;
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

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, Long> births = new ConcurrentHashMap<>();

	private final Map<String, DataStream> streams = new ConcurrentSkipListMap<>();

	private final AtomicReference<OnDemandScaling> scaling = new AtomicReference<>(OnDemandScaling.none());

	private final AtomicReference<BillingCommitment> commitment = new AtomicReference<>(BillingCommitment.none());

	private final String region;

	private final InstantSource clock;

	private final Delays delays;

	private final Quotas quotas;

	private final MemoryBudget memory;

	private final @Nullable DataDirectory directory;

	/**
	 * Create an account with the streams of a directory, or without streams.
	 * @param region the name of the region
	 * @param clock the clock for all times
	 * @param delays how long changes take
	 * @param quotas the limits of the account
	 * @param directory the directory to keep the streams in, or {@code null} for memory
	 * only; to be closed by the caller
	 */
	public Account(String region, InstantSource clock, Delays delays, Quotas quotas,
			@Nullable DataDirectory directory) {
		this.region = region;
		this.clock = clock;
		this.delays = delays;
		this.quotas = quotas;
		this.memory = new MemoryBudget(quotas.memoryBytes());
		this.directory = directory;
		if (directory != null) {
			load(directory);
		}
	}

	private void load(DataDirectory from) {
		try {
			AccountState state = from.account()
				.read(AccountState.class, StreamStorage.CODEC)
				.orElseGet(AccountState::initial);
			this.births.putAll(state.births());
			this.commitment.set(state.commitment());
			for (StreamDirectory child : from.streams()) {
				DataStream stream = new DataStream(
						child.state().read(StreamState.class, StreamStorage.CODEC).orElseThrow(), this,
						new StreamStorage(this.memory, child));
				this.births.merge(stream.name(), Math.max(stream.createdAt(), stream.newest() * MILLIS), Math::max);
				this.streams.put(stream.name(), stream);
				if (find(stream.name()) != null) {
					stream.load();
				}
			}
		}
		catch (IOException ex) {
			throw StreamStorage.unreadable(ex);
		}
	}

	/**
	 * Return whether streams are kept over restarts.
	 * @return {@code true} if there is a directory for them
	 */
	public boolean isPersistent() {
		return this.directory != null;
	}

	/**
	 * Write the state of the account and of all streams that have changed, if they are to
	 * be kept. Call this before a change is acknowledged.
	 * @throws ServiceException if it cannot be written
	 */
	public void save() {
		if (this.directory != null) {
			saveAccount();
			this.streams.values().forEach(DataStream::save);
		}
	}

	/**
	 * Write what is not on the disk yet, and accept no more records.
	 */
	public void close() {
		this.streams.values().forEach((stream) -> stream.shards().forEach(Shard::closeFiles));
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
	 * Return the limits of this account.
	 * @return the quotas
	 */
	public Quotas quotas() {
		return this.quotas;
	}

	/**
	 * Return the lifetime of iterators.
	 * @return the lifetime
	 */
	public Duration iteratorLifetime() {
		return this.quotas.iteratorLifetime();
	}

	/**
	 * Return the commitment to a minimum throughput.
	 * @return the commitment at this moment
	 */
	public BillingCommitment commitment() {
		return this.commitment.get();
	}

	/**
	 * Change the commitment to a minimum throughput.
	 * @param change the change
	 * @return the new commitment
	 */
	public BillingCommitment commitment(UnaryOperator<BillingCommitment> change) {
		return this.commitment.updateAndGet(change);
	}

	/**
	 * Set how streams in on-demand mode scale.
	 * @param scaling the scaling
	 */
	public void scaling(OnDemandScaling scaling) {
		this.lock.lock();
		try {
			this.scaling.set(scaling);
			this.streams.values().forEach((stream) -> stream.scaling(scaling));
		}
		finally {
			this.lock.unlock();
		}
	}

	OnDemandScaling scaling() {
		return this.scaling.get();
	}

	Delays delays() {
		return this.delays;
	}

	String streamArn(String name) {
		return "arn:aws:kinesis:" + this.region + ":" + ID + ":stream/" + name;
	}

	/**
	 * Create a stream.
	 * @param name the name of the stream
	 * @param shards the number of shards
	 * @param settings the settings
	 * @return the stream
	 */
	public DataStream create(String name, int shards, StreamSettings settings) {
		requireRoom(shards);
		if (find(name) != null) {
			throw exists(name);
		}
		this.lock.lock();
		try {
			if (this.streams.containsKey(name)) {
				throw exists(name);
			}
			DataStream stream = new DataStream(StreamState.create(name, shards, settings, this), this,
					newStorage(name));
			stream.save();
			this.streams.put(name, stream);
			return stream;
		}
		finally {
			this.lock.unlock();
		}
	}

	private StreamStorage newStorage(String name) {
		try {
			return new StreamStorage(this.memory, (this.directory != null) ? this.directory.createStream(name) : null);
		}
		catch (IOException ex) {
			throw StreamStorage.notStored(ex);
		}
	}

	private static ServiceException exists(String name) {
		return Errors.inUse("Stream " + name + " under account " + ID + " already exists.");
	}

	/**
	 * Return when the first shards of a stream are created. Their sequence numbers start
	 * with the second of that time. A stream that is created again gets greater sequence
	 * numbers than its predecessor had.
	 */
	long birth(String name, long now) {
		return this.births.merge(name, now, (before, later) -> Math.max(later, (before / MILLIS + 1) * MILLIS));
	}

	/**
	 * Delete a stream and its consumers.
	 * @param stream the stream
	 */
	public void delete(DataStream stream) {
		this.births.merge(stream.name(), Math.max(now(), stream.newest() * MILLIS), Math::max);
		saveAccount();
		stream.startDeleting();
		stream.consumers().list().forEach(stream.consumers()::deregister);
		find(stream.name());
	}

	private void saveAccount() {
		this.lock.lock();
		try {
			if (this.directory != null) {
				this.directory.account()
					.write(new AccountState(Map.copyOf(this.births), commitment()), StreamStorage.CODEC);
			}
		}
		catch (IOException ex) {
			throw StreamStorage.notStored(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return a stream.
	 * @param name the name of the stream
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
	 * Return all streams.
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
		if (stream != null) {
			stream.scaleIfDue();
		}
		return stream;
	}

	/**
	 * Return the number of open shards.
	 * @return the number in all streams
	 */
	public int openShards() {
		return this.streams.values().stream().mapToInt((stream) -> stream.openShards().size()).sum();
	}

	/** How many shards may be added. */
	int room() {
		return this.quotas.shards() - openShards();
	}

	void requireRoom(int shards) {
		if (shards > 0 && shards > room()) {
			throw Errors.limitExceeded("This request would exceed the shard limit for the account " + ID + " in "
					+ this.region + ". Current shard count for the account: " + openShards() + ". Limit: "
					+ this.quotas.shards() + ".");
		}
	}

	/**
	 * Return the approximate memory of all records.
	 * @return a number of bytes
	 */
	public long memoryUsed() {
		return this.memory.used();
	}

	/**
	 * Drop the oldest records if the memory limit is exceeded. Call this after writing.
	 */
	public void keepWithinMemory() {
		if (this.memory.isDue()) {
			new MemoryReclaimer(streams(), this.memory).reclaim();
		}
	}

}
