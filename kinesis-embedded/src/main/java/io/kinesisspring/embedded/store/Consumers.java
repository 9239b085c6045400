package io.kinesisspring.embedded.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.store.StreamState.ConsumerState;

/**
 * The registered consumers of a stream. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Consumers {

	private static final int LIMIT = 20;

	/** With On-demand Advantage. */
	private static final int ADVANTAGE_LIMIT = 50;

	private final Map<String, FanOutConsumer> byName = new ConcurrentSkipListMap<>();

	private final DataStream stream;

	private final Account account;

	Consumers(DataStream stream, Account account) {
		this.stream = stream;
		this.account = account;
	}

	void restore(List<ConsumerState> states) {
		for (ConsumerState state : states) {
			FanOutConsumer consumer = new FanOutConsumer(this.stream, state.name(), state.createdAt());
			consumer.tags().putAll(state.tags());
			consumer.resourcePolicy(state.resourcePolicy());
			this.byName.put(state.name(), consumer);
		}
	}

	/**
	 * Register a consumer.
	 * @param name its name
	 * @return the consumer
	 */
	public FanOutConsumer register(String name) {
		int limit = limit();
		if (this.byName.size() >= limit) {
			throw Errors.limitExceeded("Stream " + this.stream.name() + " under account " + this.account.id()
					+ " already has " + limit + " registered consumers.");
		}
		FanOutConsumer consumer = new FanOutConsumer(this.stream, name, this.account.now());
		if (this.byName.putIfAbsent(name, consumer) != null) {
			throw Errors.inUse("Consumer " + name + " under stream " + this.stream.arn()
					+ " already exists for account " + this.account.id() + ".");
		}
		return consumer;
	}

	private int limit() {
		boolean advantage = this.stream.settings().onDemand()
				&& this.account.commitment().isInForce(this.account.now());
		return advantage ? ADVANTAGE_LIMIT : LIMIT;
	}

	/**
	 * Deregister a consumer and end its subscriptions.
	 * @param consumer the consumer
	 */
	public void deregister(FanOutConsumer consumer) {
		if (this.byName.remove(consumer.name(), consumer)) {
			consumer.deregister();
		}
	}

	/**
	 * Find a consumer by name.
	 * @param name its name
	 * @return the consumer
	 */
	public FanOutConsumer named(String name) {
		return require(this.byName.get(name), name);
	}

	/**
	 * Find a consumer by ARN.
	 * @param arn its ARN
	 * @return the consumer
	 */
	public FanOutConsumer withArn(String arn) {
		return require(list().stream().filter((consumer) -> consumer.arn().equals(arn)).findFirst().orElse(null), arn);
	}

	/**
	 * List the consumers.
	 * @return the consumers by name
	 */
	public List<FanOutConsumer> list() {
		return List.copyOf(this.byName.values());
	}

	private FanOutConsumer require(@Nullable FanOutConsumer consumer, String key) {
		if (consumer == null) {
			throw Errors.notFound("Consumer " + key + " under stream " + this.stream.arn() + " not found for account "
					+ this.account.id() + ".");
		}
		return consumer;
	}

}
