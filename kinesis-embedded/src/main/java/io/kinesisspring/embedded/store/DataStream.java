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

	private final OnDemandScaler scaler = new OnDemandScaler();

	private final StreamShards shards;

	private final Consumers consumers;

	private final String name;

	private final Account account;

	private final StreamStorage storage;

	private final long createdAt;

	private volatile Transition transition;

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
		this.shards = new StreamShards(state, account, storage, this.lock);
		this.tags.putAll(state.tags());
		this.consumers = new Consumers(this, account);
		this.consumers.restore(state.consumers());
		this.scaler.use(account.scaling(), account.now());
	}

	/** Read the records that were kept. */
	void load() {
		this.shards.load(horizon());
	}

	/**
	 * Write the state of this stream, if it is to be kept.
	 * @throws ServiceException if it cannot be written
	 */
	void save() {
		locked(() -> save(this.shards.map(), this.transition, this.account.now()));
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
		return this.shards.all(horizon());
	}

	/**
	 * Return the open shards.
	 * @return the shards by hash range
	 */
	public List<Shard> openShards() {
		return this.shards.map().open();
	}

	/**
	 * Find a shard.
	 * @param id its id
	 * @return the shard
	 */
	public Shard shard(String id) {
		return this.shards.find(id, horizon());
	}

	/**
	 * Find the children of a shard.
	 * @param parent the shard
	 * @return the shards that it was split or merged into
	 */
	public List<Shard> childrenOf(Shard parent) {
		return this.shards.childrenOf(parent);
	}

	/**
	 * Find the open shard of a hash key.
	 * @param key the hash key
	 * @return the shard
	 */
	public Shard route(HashKey key) {
		return this.shards.map().route(key);
	}

	/**
	 * Append a record.
	 * @param key the hash key that decides on the shard
	 * @param partitionKey the partition key, if any
	 * @param data the payload
	 * @return where it went
	 */
	public Appended append(HashKey key, @Nullable String partitionKey, byte[] data) {
		Appended appended = this.shards.append(key, partitionKey, data);
		if (appended == null && isGone()) {
			throw Errors.notFound("Stream " + this.name + " under account " + this.account.id() + " not found.");
		}
		if (appended == null) {
			throw Errors.internalFailure();
		}
		if (this.scaler.isEnabled()) {
			this.scaler.written(StoredRecord.size(partitionKey, data), openShards().size(), this.account.now());
		}
		return appended;
	}

	void scaling(OnDemandScaling scaling) {
		this.scaler.use(scaling, this.account.now());
	}

	/**
	 * Split or merge shards if this stream is in on-demand mode, and it is time to.
	 */
	public void scaleIfDue() {
		long now = this.account.now();
		if (!this.scaler.isDue(now) || !this.settings.onDemand() || status() != StreamStatus.ACTIVE) {
			return;
		}
		int change = this.scaler.change(openShards().size(), this.settings.warmThroughputMiBps(), now);
		try {
			if (change > 0) {
				reshard((resharding) -> resharding.splitWidest(change));
			}
			else if (change < 0) {
				reshard((resharding) -> resharding.mergePairs(-change));
			}
		}
		catch (ServiceException ex) {
			// Such as a full disk, of which the next call that writes is told
		}
		finally {
			if (change != 0) {
				this.scaler.scaled(openShards().size(), now);
			}
		}
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
			resharding = this.shards.prepare();
			change.accept(resharding);
			Transition updating = Transition.updating(this.account);
			// Before the new shards can be written to
			save(resharding.result(), updating, resharding.now());
			this.shards.complete(resharding);
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
			save(this.shards.map(), deleting, this.account.now());
			this.transition = deleting;
		});
	}

	/**
	 * The second that the sequence numbers of the newest shard begin with, which may be
	 * to come if it follows others that are young.
	 */
	long newest() {
		return this.shards.map().newest();
	}

	/**
	 * Drop all records and end their subscriptions.
	 */
	void clear() {
		this.shards.clear();
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
