package io.kinesisspring.listener;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.util.Assert;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Knows all containers by their ids, and makes each a bean, so that it starts and stops
 * with the application. A context that has a parent with a registry, too, has one of its
 * own: ids, and streams under one application, are unique in all of them together.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class KinesisListenerContainerRegistry implements DisposableBean {

	/**
	 * What the name of a container's bean begins with; its id follows. The id alone is
	 * too often the name of the bean that has the listener.
	 */
	public static final String BEAN_NAME_PREFIX = "kinesisListenerContainer.";

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<String, Registration> own = new ConcurrentHashMap<>();

	private final RegisteredListeners all;

	/**
	 * Create a registry. Where the parent context has one, both know each other's
	 * listeners.
	 * @param beanFactory where containers become beans
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
	 * Make the container of a listener and register it as a bean of the endpoint's id.
	 * The context starts it if it is registered before the context is refreshed, and
	 * stops it in any case; one that is registered at run time is for the caller to
	 * start.
	 * @param endpoint the listener
	 * @param factory makes the container
	 * @return the container
	 * @throws KinesisConfigurationException if its id is taken, or if another listener
	 * has the same application and stream, or the same fan-out consumer, in this context,
	 * its ancestors or its descendants
	 */
	public KinesisListenerContainer register(KinesisListenerEndpoint endpoint,
			KinesisListenerContainerFactory factory) {
		this.all.checkId(endpoint);
		KinesisListenerContainer container = factory.create(endpoint);
		this.all.add(endpoint, container);
		this.own.put(endpoint.id(), new Registration(endpoint, container));
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

	/**
	 * Stop a container of this context and forget it: its id, its streams and the name of
	 * its bean are free again. Returns when it has stopped.
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
	 * The context is closed, its containers have been stopped: other contexts forget
	 * them.
	 */
	@Override
	public void destroy() {
		this.own.values().forEach((registration) -> this.all.remove(registration.endpoint));
		this.own.clear();
	}

	private record Registration(KinesisListenerEndpoint endpoint, KinesisListenerContainer container) {

	}

}
