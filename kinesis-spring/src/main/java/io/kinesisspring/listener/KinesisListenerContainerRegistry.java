package io.kinesisspring.listener;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.util.Assert;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Knows all containers by their ids, and registers each as a bean, so that it starts and
 * stops with the application. Each context in a hierarchy has its own registry. Ids, and
 * streams of one application, are unique in the whole hierarchy. Thread-safe.
 *
 * @since 0.1.0
 */
public final class KinesisListenerContainerRegistry implements DisposableBean {

	/**
	 * The prefix of the bean names of containers, before the id. The id alone is often
	 * the name of the bean that has the listener.
	 */
	public static final String BEAN_NAME_PREFIX = "kinesisListenerContainer.";

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<String, Registration> own = new ConcurrentHashMap<>();

	private final Set<Integer> phases = ConcurrentHashMap.newKeySet();

	private final RegisteredListeners all;

	/**
	 * Create a registry. If the parent context has one, both know each other's listeners.
	 * @param beanFactory registers the containers as beans
	 */
	public KinesisListenerContainerRegistry(ConfigurableListableBeanFactory beanFactory) {
		Assert.notNull(beanFactory, "'beanFactory' must not be null");
		this.beanFactory = beanFactory;
		BeanFactory parent = beanFactory.getParentBeanFactory();
		KinesisListenerContainerRegistry above = (parent != null)
				? parent.getBeanProvider(KinesisListenerContainerRegistry.class).getIfUnique() : null;
		this.all = (above != null) ? above.all : new RegisteredListeners();
	}

	/**
	 * Create the container of a listener and register it as a bean. The context starts it
	 * if you register it before the context is refreshed, and stops it in any case. If
	 * you register it at run time, start it yourself.
	 * @param endpoint the listener
	 * @param factory creates the container
	 * @return the container
	 * @throws KinesisConfigurationException if its id is in use, or if another listener
	 * has the same application and stream, or the same fan-out consumer, in this context,
	 * its ancestors or its descendants
	 */
	public KinesisListenerContainer register(KinesisListenerEndpoint endpoint,
			KinesisListenerContainerFactory factory) {
		this.all.checkId(endpoint);
		KinesisListenerContainer container = factory.create(endpoint);
		this.all.add(endpoint, container);
		this.own.put(endpoint.id(), new Registration(endpoint, container));
		registerStart(container.getPhase());
		try {
			this.beanFactory.registerSingleton(BEAN_NAME_PREFIX + endpoint.id(), container);
		}
		catch (RuntimeException ex) {
			this.own.remove(endpoint.id());
			this.all.remove(endpoint);
			throw ex;
		}
		return container;
	}

	private void registerStart(int phase) {
		if (this.phases.add(phase)) {
			this.beanFactory.registerSingleton(ConcurrentStart.BEAN_NAME_PREFIX + phase,
					new ConcurrentStart(phase, this::getContainers));
		}
	}

	/**
	 * Stop a container of this context and remove it. Its id, its streams and its bean
	 * name can be used again. Returns when it has stopped.
	 * @param id its id
	 * @return whether there was one of that id
	 */
	public boolean unregister(String id) {
		Registration registration = this.own.remove(id);
		if (registration == null) {
			return false;
		}
		registration.container.stop();
		this.all.remove(registration.endpoint);
		if (this.beanFactory instanceof DefaultSingletonBeanRegistry registry) {
			registry.destroySingleton(BEAN_NAME_PREFIX + id);
		}
		return true;
	}

	/**
	 * Find a container of this context, its ancestors or its descendants.
	 * @param id its id
	 * @return the container, or {@code null} if there is none of that id
	 */
	public @Nullable KinesisListenerContainer getContainer(String id) {
		return this.all.get(id);
	}

	/**
	 * The containers of this context.
	 * @return the containers, in no order
	 */
	public Collection<KinesisListenerContainer> getContainers() {
		return this.own.values().stream().map(Registration::container).toList();
	}

	/**
	 * The containers of this context, its ancestors and its descendants.
	 * @return the containers, in no order
	 */
	public Collection<KinesisListenerContainer> getAllContainers() {
		return this.all.all();
	}

	/**
	 * The context is closed and its containers have stopped: remove them from the other
	 * contexts.
	 */
	@Override
	public void destroy() {
		this.own.values().forEach((registration) -> this.all.remove(registration.endpoint));
		this.own.clear();
	}

	private record Registration(KinesisListenerEndpoint endpoint, KinesisListenerContainer container) {

	}

}
