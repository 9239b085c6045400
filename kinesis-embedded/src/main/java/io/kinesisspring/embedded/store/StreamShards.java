package io.kinesisspring.embedded.store;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;

/**
 * The shards of a stream, open and closed, and the records that go to them. They change
 * under the stream's lock. Thread-safe.
 */
final class StreamShards {

	private final ReentrantLock lock;

	private final String stream;

	private final Account account;

	private final StreamStorage storage;

	private volatile ShardMap map;

	StreamShards(StreamState state, Account account, StreamStorage storage, ReentrantLock lock) {
		this.lock = lock;
		this.stream = state.name();
		this.account = account;
		this.storage = storage;
		this.map = ShardMap.of(state.shards(), state.nextShard(), storage);
	}

	/** Read the records that were kept, as far as they arrived since a time. */
	void load(long horizon) {
		all(horizon);
		this.storage.retainShards(this.map.ids());
		this.map.all().forEach((shard) -> shard.load(this.account::keepWithinMemory));
		this.map.all().forEach((shard) -> shard.trim(horizon));
	}

	/**
	 * The shards at this moment.
	 */
	ShardMap map() {
		return this.map;
	}

	/**
	 * Return the open shards, and closed ones until their records are gone.
	 */
	List<Shard> all(long horizon) {
		ShardMap current = this.map;
		if (current.withoutClosedBefore(horizon) != current) {
			locked(() -> forgetClosedBefore(horizon));
		}
		return this.map.all();
	}

	private void forgetClosedBefore(long horizon) {
		ShardMap before = this.map;
		this.map = before.withoutClosedBefore(horizon);
		before.all().stream().filter((shard) -> this.map.find(shard.id()) == null).forEach(Shard::clear);
		this.storage.retainShards(this.map.ids());
	}

	Shard find(String id, long horizon) {
		Shard shard = this.map.find(id);
		if (shard == null || (shard.isClosed() && shard.closedAt() < horizon)) {
			throw Errors.notFound("Could not find shard " + id + " in stream " + this.stream + " under account "
					+ this.account.id() + ".");
		}
		return shard;
	}

	List<Shard> childrenOf(Shard parent) {
		if (this.map.childrenOf(parent).isEmpty()) {
			// The parent is closed a moment before its children are there
			locked(() -> {
			});
		}
		return this.map.childrenOf(parent);
	}

	/**
	 * Append a record to the open shard of its hash key.
	 * @return where it went, or {@code null} if no shard accepts records any more
	 */
	@Nullable Appended append(HashKey key, @Nullable String partitionKey, byte[] data) {
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
		return appended;
	}

	private @Nullable Appended tryAppend(HashKey key, @Nullable String partitionKey, byte[] data) {
		Shard shard = this.map.route(key);
		SequenceNumber sequenceNumber = shard.append(partitionKey, data, this.account.now());
		return (sequenceNumber != null) ? new Appended(shard, sequenceNumber) : null;
	}

	/**
	 * Start a change, which {@link #complete} makes. The lock must be held from one to
	 * the other.
	 */
	Resharding prepare() {
		return new Resharding(this.stream, this.account, this.storage, this.map);
	}

	void complete(Resharding resharding) {
		resharding.closeParents();
		this.map = resharding.result();
	}

	/**
	 * Drop all records and end their subscriptions.
	 */
	void clear() {
		locked(() -> {
			this.map.all().forEach(Shard::clear);
			this.storage.delete();
		});
		this.map.all().forEach(Shard::notifyListeners);
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
