package io.kinesisspring.listener;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.ReadMode;

/**
 * The listeners of a context, its ancestors and its descendants. It rejects listeners
 * that share an id, a stream of an application, or a fan-out consumer. Thread-safe.
 */
final class RegisteredListeners {

	private final Map<String, KinesisListenerContainer> containers = new ConcurrentHashMap<>();

	private final Map<Identity, KinesisListenerEndpoint> identities = new ConcurrentHashMap<>();

	private final Map<Identity, KinesisListenerEndpoint> consumers = new ConcurrentHashMap<>();

	/**
	 * Add a listener, unless it conflicts with another one.
	 */
	void add(KinesisListenerEndpoint endpoint, KinesisListenerContainer container) {
		try {
			for (StreamIdentifier stream : endpoint.streams()) {
				claim(new Identity(String.valueOf(container.getOptions().application()), stream.name()), endpoint);
				claimConsumer(container.getOptions(), stream, endpoint);
			}
			if (this.containers.putIfAbsent(endpoint.id(), container) != null) {
				throw idIsTaken(endpoint);
			}
		}
		catch (KinesisConfigurationException ex) {
			free(endpoint);
			throw ex;
		}
	}

	void checkId(KinesisListenerEndpoint endpoint) {
		if (this.containers.containsKey(endpoint.id())) {
			throw idIsTaken(endpoint);
		}
	}

	private static KinesisConfigurationException idIsTaken(KinesisListenerEndpoint endpoint) {
		return new KinesisConfigurationException("The id '" + endpoint.id() + "' of the listener "
				+ endpoint.description() + " is already in use by another listener",
				"Give the listener an 'id' of its own");
	}

	private void claim(Identity identity, KinesisListenerEndpoint endpoint) {
		KinesisListenerEndpoint other = this.identities.putIfAbsent(identity, endpoint);
		if (other != null) {
			throw new KinesisConfigurationException(
					"Two listeners read the stream '" + identity.stream() + "' as application '" + identity.name()
							+ "': " + other.description() + " and " + endpoint.description()
							+ ". They would share leases and checkpoints, and each would miss what the other gets",
					"Give one of them another 'application', so that both get every record");
		}
	}

	/**
	 * A consumer has one subscription to a shard. Two listeners with the same consumer
	 * would keep replacing each other's subscriptions.
	 */
	private void claimConsumer(ContainerOptions options, StreamIdentifier stream, KinesisListenerEndpoint endpoint) {
		if (options.mode() != ReadMode.FAN_OUT) {
			return;
		}
		FanOutOptions fanOut = options.fanOut();
		String consumer = (fanOut.consumerArn() != null) ? fanOut.consumerArn() : fanOut.consumerName();
		KinesisListenerEndpoint other = this.consumers
			.putIfAbsent(new Identity(String.valueOf(consumer), stream.name()), endpoint);
		if (other != null) {
			throw new InvalidOptionException(InvalidOptionException.Group.FAN_OUT,
					"Two listeners read the stream '" + stream.name() + "' as the fan-out consumer '" + consumer + "': "
							+ other.description() + " and " + endpoint.description()
							+ ". They would replace each other's subscriptions",
					"Set {consumerName} of one of them to another name");
		}
	}

	@Nullable KinesisListenerContainer get(String id) {
		return this.containers.get(id);
	}

	Collection<KinesisListenerContainer> all() {
		return List.copyOf(this.containers.values());
	}

	void remove(KinesisListenerEndpoint endpoint) {
		this.containers.remove(endpoint.id());
		free(endpoint);
	}

	@SuppressWarnings("ReferenceEquality")
	private void free(KinesisListenerEndpoint endpoint) {
		this.identities.values().removeIf((owner) -> owner == endpoint);
		this.consumers.values().removeIf((owner) -> owner == endpoint);
	}

	private record Identity(String name, String stream) {

	}

}
