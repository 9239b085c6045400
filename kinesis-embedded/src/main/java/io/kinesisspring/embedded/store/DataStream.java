package io.kinesisspring.embedded.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * A stream: its shards, settings, tags and consumers. Thread-safe.
 *
 * @since 0.1.0
 */
public final class DataStream {

	private static final long HOUR = 3_600_000;

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, String> tags = new ConcurrentSkipListMap<>();

	private final Intake intake = new Intake();

	private final Consumers consumers;

	private final String name;

	private final Account account;

	private final StreamStorage storage;

	private final long createdAt;

	private volatile Transition transition;

	private volatile ShardMap shards;

	private volatile StreamSettings settings;

	private volatile StreamLimits limits = StreamLimits.none();

	/**
	 * Create a stream, new or as it was. Records that were kept are to be loaded.
	 */
	DataStream(StreamState state, Account account, StreamStorage storage) {
		this.name = state.name();
		this.account = account;
		this.storage = storage;
		this.settings = state.settings();
		this.createdAt = state.createdAt();
		this.transition = new Transition(state.status(), state.until());
		this.shards = ShardMap.of(state.shards(), state.nextShard(), storage);
		this.tags.putAll(state.tags());
		this.consumers = new Consumers(this, account);
		this.consumers.restore(state.consumers());
	}

	/** Read the records that were kept. */
	void load() {
		shards();
		this.storage.retainShards(this.shards.ids());
		this.shards.all().forEach((shard) -> shard.load(this.account::keepWithinMemory));
		this.shards.all().forEach((shard) -> shard.trim(horizon()));
	}

	/**
	 * Write the state of this stream, if it is to be kept.
	 * @throws ServiceException if it cannot be written
	 */
	void save() {
		locked(() -> save(this.shards, this.transition, this.account.now()));
	}

	private void save(ShardMap map, Transition current, long now) {
		if (this.storage.isPersistent()) {
			this.storage.save(StreamState.of(this, current, map, now));
		}
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
		return this.transition.statusAt(this.account.now());
	}

	boolean isGone() {
		return this.transition.isGoneAt(this.account.now());
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
		locked(() -> {
			requireActive();
			this.settings = change.apply(this.settings);
			if (updating) {
				this.transition = Transition.updating(this.account);
			}
		});
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
	 * Return what is counted of the calls.
	 * @return the counts
	 */
	public Intake intake() {
		return this.intake;
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
			locked(() -> forgetClosedBefore(horizon));
		}
		return this.shards.all();
	}

	private void forgetClosedBefore(long horizon) {
		ShardMap before = this.shards;
		this.shards = before.withoutClosedBefore(horizon);
		before.all().stream().filter((shard) -> this.shards.find(shard.id()) == null).forEach(Shard::clear);
		this.storage.retainShards(this.shards.ids());
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
		if (this.shards.childrenOf(parent).isEmpty()) {
			// The parent is closed a moment before its children are there
			locked(() -> {
			});
		}
		return this.shards.childrenOf(parent);
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
			resharding = new Resharding(this.name, this.account, this.storage, this.shards);
			change.accept(resharding);
			Transition updating = Transition.updating(this.account);
			// Before the new shards can be written to
			save(resharding.result(), updating, resharding.now());
			resharding.closeParents();
			this.shards = resharding.result();
			this.settings = changed;
			this.transition = updating;
		}
		finally {
			this.lock.unlock();
		}
		resharding.closed().forEach(Shard::notifyListeners);
	}

	void startDeleting() {
		locked(() -> {
			Transition deleting = Transition.deleting(this.account);
			save(this.shards, deleting, this.account.now());
			this.transition = deleting;
		});
	}

	/**
	 * The second that the sequence numbers of the newest shard begin with, which may be
	 * to come if it follows others that are young.
	 */
	long newest() {
		return this.shards.newest();
	}

	/**
	 * Drop all records and end their subscriptions.
	 */
	void clear() {
		locked(() -> {
			this.shards.all().forEach(Shard::clear);
			this.storage.delete();
		});
		this.shards.all().forEach(Shard::notifyListeners);
	}

	private void locked(Runnable change) {
		this.lock.lock();
		try {
			change.run();
		}
		finally {
			this.lock.unlock();
		}
	}

}
