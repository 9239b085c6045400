package io.kinesisspring.embedded.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a stream is besides its records, and what is kept of it. A new component of the
 * settings is kept, too, without any change here.
 *
 * @param name the name of the stream
 * @param createdAt when it was created, in milliseconds since the epoch
 * @param status the status that it has until a time
 * @param until when that status ends, in milliseconds since the epoch
 * @param settings the settings
 * @param tags the tags
 * @param consumers the registered consumers
 * @param nextShard the number of the next shard
 * @param shards the shards
 */
record StreamState(String name, long createdAt, StreamStatus status, long until, StreamSettings settings,
		Map<String, String> tags, List<ConsumerState> consumers, int nextShard, List<ShardState> shards) {

	/**
	 * A new stream.
	 */
	static StreamState create(String name, int shardCount, StreamSettings settings, Account account) {
		Transition creating = Transition.creating(account);
		long createdAt = account.now();
		long birth = account.birth(name, createdAt);
		List<ShardState> shards = new ArrayList<>(shardCount);
		for (HashRange range : HashRange.uniform(shardCount)) {
			shards.add(ShardState.open(shards.size(), range, List.of(), birth));
		}
		return new StreamState(name, createdAt, creating.status(), creating.until(), settings, Map.of(), List.of(),
				shardCount, shards);
	}

	static StreamState of(DataStream stream, Transition transition, ShardMap shards, long now) {
		return new StreamState(stream.name(), stream.createdAt(), transition.status(), transition.until(),
				stream.settings(), Map.copyOf(stream.tags()),
				stream.consumers().list().stream().map(ConsumerState::of).toList(), shards.nextNumber(),
				shards.states(now));
	}

	/**
	 * The stored state of a consumer.
	 *
	 * @param name the name of the consumer
	 * @param createdAt when it was registered, in milliseconds since the epoch
	 * @param tags the tags
	 * @param resourcePolicy the policy that is attached to it, if any
	 */
	record ConsumerState(String name, long createdAt, Map<String, String> tags, @Nullable String resourcePolicy) {

		static ConsumerState of(FanOutConsumer consumer) {
			return new ConsumerState(consumer.name(), consumer.createdAt(), Map.copyOf(consumer.tags()),
					consumer.resourcePolicy());
		}

	}

}
