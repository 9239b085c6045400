package io.kinesisspring.listener;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.util.Assert;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.ReadMode;

/**
 * Knows all containers by their ids, and makes each a bean, so that it starts and stops
 * with the application. Thread-safe.
 *
 * @since 0.1.0
 */
public final class KinesisListenerContainerRegistry {

	/**
	 * What the name of a container's bean begins with; its id follows. The id alone is
	 * too often the name of the bean that has the listener.
	 */
	public static final String BEAN_NAME_PREFIX = "kinesisListenerContainer.";

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<String, KinesisListenerContainer> containers = new ConcurrentHashMap<>();

	private final Map<Identity, KinesisListenerEndpoint> identities = new ConcurrentHashMap<>();

	private final Map<Identity, KinesisListenerEndpoint> consumers = new ConcurrentHashMap<>();

	/**
	 * Create a registry.
	 * @param beanFactory where containers become beans
	 */
	public KinesisListenerContainerRegistry(ConfigurableListableBeanFactory beanFactory) {
		Assert.notNull(beanFactory, "'beanFactory' must not be null");
		this.beanFactory = beanFactory;
	}

	/**
	 * Make the container of a listener and register it as a bean of the endpoint's id.
	 * The context starts it if it is registered before the context is refreshed, and
	 * stops it in any case; one that is registered at run time is for the caller to
	 * start.
	 * @param endpoint the listener
	 * @param factory makes the container
	 * @return the container
	 * @throws KinesisConfigurationException if its id is taken, or if another listener
	 * has the same application and stream, or the same fan-out consumer
	 */
	public KinesisListenerContainer register(KinesisListenerEndpoint endpoint,
			KinesisListenerContainerFactory factory) {
		if (this.containers.containsKey(endpoint.id())) {
			throw new KinesisConfigurationException("The id '" + endpoint.id() + "' of the listener "
					+ endpoint.description() + " is already another listener's",
					"Give the listener an 'id' of its own");
		}
		KinesisListenerContainer container = factory.create(endpoint);
		try {
			for (StreamIdentifier stream : endpoint.streams()) {
				claim(new Identity(String.valueOf(container.getOptions().application()), stream.name()), endpoint);
				claimConsumer(container.getOptions(), stream, endpoint);
			}
			this.containers.put(endpoint.id(), container);
			this.beanFactory.registerSingleton(BEAN_NAME_PREFIX + endpoint.id(), container);
		}
		catch (RuntimeException ex) {
			this.containers.remove(endpoint.id(), container);
			giveBack(endpoint);
			throw ex;
		}
		return container;
	}

	/**
	 * What one endpoint has claimed, be it not much of what it wanted. Another one of the
	 * same id keeps its own.
	 */
	private void giveBack(KinesisListenerEndpoint endpoint) {
		this.identities.values().removeIf((other) -> other == endpoint);
		this.consumers.values().removeIf((other) -> other == endpoint);
	}

	/**
	 * Stop a container and forget it: its id, its streams and the name of its bean are
	 * free again. Returns when it has stopped.
	 * @param id its id
	 * @return whether there was one of that id
	 */
	public boolean unregister(String id) {
		KinesisListenerContainer container = this.containers.remove(id);
		if (container == null) {
			return false;
		}
		container.stop();
		this.identities.values().removeIf((endpoint) -> endpoint.id().equals(id));
		this.consumers.values().removeIf((endpoint) -> endpoint.id().equals(id));
		if (this.beanFactory instanceof DefaultSingletonBeanRegistry registry) {
			registry.destroySingleton(BEAN_NAME_PREFIX + id);
		}
		return true;
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
	 * A consumer has one subscription to a shard: two listeners that use the same one
	 * would take it from each other for ever.
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
			throw new KinesisConfigurationException(
					"Two listeners read the stream '" + stream.name() + "' as the fan-out consumer '" + consumer + "': "
							+ other.description() + " and " + endpoint.description()
							+ ". They would take each other's subscriptions",
					"Give one of them another kinesis.listeners.<id>.fan-out.consumer-name");
		}
	}

	/**
	 * Find a container.
	 * @param id its id
	 * @return the container, or {@code null} if there is none of that id
	 */
	public @Nullable KinesisListenerContainer getContainer(String id) {
		return this.containers.get(id);
	}

	/**
	 * All containers.
	 * @return the containers, in no order
	 */
	public Collection<KinesisListenerContainer> getContainers() {
		return List.copyOf(this.containers.values());
	}

	private record Identity(String name, String stream) {

	}

}
