package io.kinesisspring.embedded.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

import org.jspecify.annotations.Nullable;

/**
 * A registered consumer of a stream, and what it is subscribed to.
 *
 * @since 0.1.0
 */
public final class FanOutConsumer {

	private static final long SECOND = 1000;

	private final Map<String, Holder> subscriptions = new ConcurrentHashMap<>();

	private final Map<String, String> tags = new ConcurrentSkipListMap<>();

	private final DataStream stream;

	private final String name;

	private final long createdAt;

	private volatile @Nullable String resourcePolicy;

	private volatile boolean deregistered;

	FanOutConsumer(DataStream stream, String name, long createdAt) {
		this.stream = stream;
		this.name = name;
		this.createdAt = createdAt;
	}

	/**
	 * Return the stream that is consumed.
	 * @return the stream
	 */
	public DataStream stream() {
		return this.stream;
	}

	/**
	 * Return the consumer's name.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the consumer's ARN.
	 * @return the ARN
	 */
	public String arn() {
		return this.stream.arn() + "/consumer/" + this.name + ":" + this.createdAt / SECOND;
	}

	/**
	 * Return when this consumer was registered.
	 * @return the time in milliseconds since the epoch
	 */
	public long createdAt() {
		return this.createdAt;
	}

	/**
	 * Return the tags.
	 * @return the tags, which may be changed
	 */
	public Map<String, String> tags() {
		return this.tags;
	}

	/**
	 * Return the policy that is attached to this consumer.
	 * @return the policy, or {@code null} if there is none
	 */
	public @Nullable String resourcePolicy() {
		return this.resourcePolicy;
	}

	/**
	 * Attach a policy to this consumer.
	 * @param policy the policy, or {@code null} for none
	 */
	public void resourcePolicy(@Nullable String policy) {
		this.resourcePolicy = policy;
	}

	/**
	 * Return the status at this moment.
	 * @return the status
	 */
	public StreamStatus status() {
		if (this.deregistered) {
			return StreamStatus.DELETING;
		}
		Account account = this.stream.account();
		return (account.now() >= this.createdAt + account.delays().create().toMillis()) ? StreamStatus.ACTIVE
				: StreamStatus.CREATING;
	}

	/**
	 * Take over a shard from its current subscription.
	 * @param shardId the shard
	 * @param subscription what is told when it is displaced or the consumer goes away
	 * @param now the current time in milliseconds since the epoch
	 * @param grace how long the one that has it is safe, in milliseconds
	 * @return whether the shard was taken
	 */
	public boolean subscribe(String shardId, Runnable subscription, long now, long grace) {
		Holder mine = new Holder(subscription, now);
		Holder[] displaced = new Holder[1];
		Holder result = this.subscriptions.compute(shardId, (id, current) -> {
			if (current != null && now - current.since() < grace) {
				return current;
			}
			displaced[0] = current;
			return mine;
		});
		if (displaced[0] != null) {
			displaced[0].subscription().run();
		}
		return result == mine;
	}

	/**
	 * Release a shard.
	 * @param shardId the shard
	 * @param subscription what was given to {@link #subscribe}
	 */
	public void unsubscribe(String shardId, Runnable subscription) {
		this.subscriptions.computeIfPresent(shardId,
				(id, current) -> (current.subscription() == subscription) ? null : current);
	}

	void deregister() {
		this.deregistered = true;
		this.subscriptions.values().forEach((holder) -> holder.subscription().run());
	}

	private record Holder(Runnable subscription, long since) {
	}

}
