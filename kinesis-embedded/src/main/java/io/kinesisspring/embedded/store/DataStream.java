package io.kinesisspring.embedded.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.limit.DryRunLimiter;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.protocol.Errors;

/**
 * A stream: its shards, settings, tags and consumers. Thread-safe.
 *
 * @since 0.1.0
 */
public final class DataStream {

	private static final long HOUR = 3_600_000;

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, String> tags = new ConcurrentSkipListMap<>();

	private final AtomicInteger turns = new AtomicInteger();

	private final DryRunLimiter dryRuns = new DryRunLimiter();

	private final Consumers consumers;

	private final String name;

	private final Account account;

	private final MemoryBudget memory;

	private final long createdAt;

	private volatile Transition transition;

	private volatile ShardMap shards;

	private volatile StreamSettings settings;

	private volatile StreamLimits limits = StreamLimits.none();

	DataStream(String name, int shardCount, StreamSettings settings, Account account, MemoryBudget memory) {
		this.name = name;
		this.account = account;
		this.memory = memory;
		this.settings = settings;
		this.createdAt = account.now();
		this.transition = new Transition(StreamStatus.CREATING, this.createdAt + account.delays().create().toMillis());
		this.shards = ShardMap.initial(shardCount, account.birth(name, this.createdAt), memory);
		this.consumers = new Consumers(this, account);
	}

	/**
	 * Return the stream's name.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the stream's ARN.
	 * @return the ARN
	 */
	public String arn() {
		return this.account.streamArn(this.name);
	}

	/**
	 * Return the account that this stream is in.
	 * @return the account
	 */
	public Account account() {
		return this.account;
	}

	/**
	 * Return when this stream was created.
	 * @return the time in milliseconds since the epoch
	 */
	public long createdAt() {
		return this.createdAt;
	}

	/**
	 * Return the status at this moment.
	 * @return the status
	 */
	public StreamStatus status() {
		Transition current = this.transition;
		boolean passed = this.account.now() >= current.until();
		return (passed && current.status() != StreamStatus.DELETING) ? StreamStatus.ACTIVE : current.status();
	}

	boolean isGone() {
		Transition current = this.transition;
		return current.status() == StreamStatus.DELETING && this.account.now() >= current.until();
	}

	/**
	 * Throw unless the stream is active.
	 */
	public void requireActive() {
		StreamStatus status = status();
		if (status != StreamStatus.ACTIVE) {
			throw Errors.inUse("Stream " + this.name + " under account " + this.account.id()
					+ " not ACTIVE, instead in state " + status);
		}
	}

	/**
	 * Return the settings.
	 * @return the settings at this moment
	 */
	public StreamSettings settings() {
		return this.settings;
	}

	/**
	 * Change the settings. The stream has the status UPDATING for the delay of the
	 * account.
	 * @param change the change
	 */
	public void settings(UnaryOperator<StreamSettings> change) {
		settings(change, true);
	}

	/**
	 * Change settings that take effect without a change of the status.
	 * @param change the change
	 */
	public void settingsAtOnce(UnaryOperator<StreamSettings> change) {
		settings(change, false);
	}

	private void settings(UnaryOperator<StreamSettings> change, boolean updating) {
		this.lock.lock();
		try {
			requireActive();
			this.settings = change.apply(this.settings);
			if (updating) {
				startUpdating();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the limits that this stream keeps.
	 * @return the limits
	 */
	public StreamLimits limits() {
		return this.limits;
	}

	/**
	 * Set the limits that this stream keeps.
	 * @param limits the limits
	 */
	public void limits(StreamLimits limits) {
		this.limits = limits;
	}

	/**
	 * Return the limiter of dry runs.
	 * @return the limiter
	 */
	public DryRunLimiter dryRuns() {
		return this.dryRuns;
	}

	/**
	 * Return the tags.
	 * @return the tags, which may be changed
	 */
	public Map<String, String> tags() {
		return this.tags;
	}

	/**
	 * Return the fan-out consumers.
	 * @return the consumers
	 */
	public Consumers consumers() {
		return this.consumers;
	}

	/**
	 * Return when the oldest records that are kept may have arrived.
	 * @return the time in milliseconds since the epoch
	 */
	public long horizon() {
		return this.account.now() - this.settings.retentionHours() * HOUR;
	}

	/**
	 * Return the shards: open ones, and closed ones until their records are gone.
	 * @return the shards by id
	 */
	public List<Shard> shards() {
		long horizon = horizon();
		ShardMap current = this.shards;
		if (current.withoutClosedBefore(horizon) != current) {
			this.lock.lock();
			try {
				this.shards = this.shards.withoutClosedBefore(horizon);
			}
			finally {
				this.lock.unlock();
			}
		}
		return this.shards.all();
	}

	/**
	 * Return the open shards.
	 * @return the shards by hash range
	 */
	public List<Shard> openShards() {
		return this.shards.open();
	}

	/**
	 * Find a shard.
	 * @param id its id
	 * @return the shard
	 */
	public Shard shard(String id) {
		Shard shard = this.shards.find(id);
		if (shard == null || (shard.isClosed() && shard.closedAt() < horizon())) {
			throw Errors.notFound("Could not find shard " + id + " in stream " + this.name + " under account "
					+ this.account.id() + ".");
		}
		return shard;
	}

	/**
	 * Find the children of a shard.
	 * @param parent the shard
	 * @return the shards that it was split or merged into
	 */
	public List<Shard> childrenOf(Shard parent) {
		return this.shards.all().stream().filter((shard) -> shard.parents().contains(parent)).toList();
	}

	/**
	 * Find the open shard of a hash key.
	 * @param key the hash key
	 * @return the shard
	 */
	public Shard route(HashKey key) {
		return this.shards.route(key);
	}

	/**
	 * Count a record that no key sends to a shard.
	 * @return the number of such records before it, which wraps around
	 */
	public int nextTurn() {
		return this.turns.getAndIncrement();
	}

	/**
	 * Append a record.
	 * @param key the hash key that decides on the shard
	 * @param partitionKey the partition key, if any
	 * @param data the payload
	 * @return where it went
	 */
	public Appended append(HashKey key, @Nullable String partitionKey, byte[] data) {
		Appended appended = tryAppend(key, partitionKey, data);
		if (appended == null) {
			// The shard was closed since it was chosen; its successor is there once the
			// lock is free
			this.lock.lock();
			try {
				appended = tryAppend(key, partitionKey, data);
			}
			finally {
				this.lock.unlock();
			}
		}
		if (appended == null && isGone()) {
			throw Errors.notFound("Stream " + this.name + " under account " + this.account.id() + " not found.");
		}
		if (appended == null) {
			throw Errors.internalFailure();
		}
		return appended;
	}

	private @Nullable Appended tryAppend(HashKey key, @Nullable String partitionKey, byte[] data) {
		Shard shard = this.shards.route(key);
		SequenceNumber sequenceNumber = shard.append(partitionKey, data, this.account.now());
		return (sequenceNumber != null) ? new Appended(shard, sequenceNumber) : null;
	}

	/**
	 * Change the shards. They change at once, and the stream has the status UPDATING for
	 * the delay of the account.
	 * @param change the change
	 */
	public void reshard(Consumer<Resharding> change) {
		reshard(change, UnaryOperator.identity());
	}

	/**
	 * Change the shards and the settings together.
	 * @param change the change of the shards
	 * @param newSettings the change of the settings
	 */
	public void reshard(Consumer<Resharding> change, UnaryOperator<StreamSettings> newSettings) {
		Resharding resharding;
		this.lock.lock();
		try {
			requireActive();
			StreamSettings changed = newSettings.apply(this.settings);
			resharding = new Resharding(this.name, this.account, this.memory, this.shards);
			change.accept(resharding);
			this.shards = resharding.result();
			this.settings = changed;
			startUpdating();
		}
		finally {
			this.lock.unlock();
		}
		resharding.closed().forEach(Shard::notifyListeners);
	}

	void startDeleting() {
		this.lock.lock();
		try {
			this.transition = new Transition(StreamStatus.DELETING,
					this.account.now() + this.account.delays().delete().toMillis());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The second that the sequence numbers of the newest shard begin with, which may be
	 * to come if it follows others that are young.
	 */
	long newest() {
		return this.shards.all()
			.stream()
			.mapToLong((shard) -> shard.startingSequenceNumber().shardCreated())
			.max()
			.orElse(0);
	}

	/**
	 * Drop all records and end their subscriptions.
	 */
	void clear() {
		List<Shard> last;
		this.lock.lock();
		try {
			last = this.shards.all();
			last.forEach(Shard::clear);
		}
		finally {
			this.lock.unlock();
		}
		last.forEach(Shard::notifyListeners);
	}

	private void startUpdating() {
		this.transition = new Transition(StreamStatus.UPDATING,
				this.account.now() + this.account.delays().update().toMillis());
	}

	/**
	 * Where a record is stored.
	 *
	 * @param shard the shard
	 * @param sequenceNumber the sequence number
	 */
	public record Appended(Shard shard, SequenceNumber sequenceNumber) {
	}

	private record Transition(StreamStatus status, long until) {
	}

}
