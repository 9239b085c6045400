package io.kinesisspring.annotation;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.util.Assert;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.listener.adapter.HandlersRecordsListener;
import io.kinesisspring.listener.adapter.ListenerMethodFactory;
import io.kinesisspring.listener.adapter.MethodRecordsListener;

/**
 * Finds {@link KinesisListener} methods and classes and registers a container for each,
 * once all singletons exist. It creates lazy beans that have such methods, or may have
 * them according to their configuration. A singleton that is created later gets its
 * containers then, and they start if the context has started. It also registers all beans
 * of the type {@link KinesisListenerEndpoint}.
 *
 * @since 0.1.0
 */
public final class KinesisListenerAnnotationBeanPostProcessor implements BeanPostProcessor, BeanFactoryAware,
		SmartInitializingSingleton, ApplicationListener<ApplicationContextEvent> {

	/** The name of the container factory that is used unless a listener names another. */
	public static final String DEFAULT_CONTAINER_FACTORY = "kinesisListenerContainerFactory";

	private static final Log logger = LogFactory.getLog(KinesisListenerAnnotationBeanPostProcessor.class);

	private final Queue<ListenerMethod> found = new ConcurrentLinkedQueue<>();

	private final Set<Class<?>> withoutListeners = ConcurrentHashMap.newKeySet();

	private final LateContainers lateContainers = new LateContainers();

	private volatile boolean registered;

	@SuppressWarnings("NullAway.Init")
	private ConfigurableListableBeanFactory beanFactory;

	@SuppressWarnings("NullAway.Init")
	private ListenerScopes scopes;

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		Assert.isInstanceOf(ConfigurableListableBeanFactory.class, beanFactory);
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
		this.scopes = new ListenerScopes(this.beanFactory);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Class<?> type = AopUtils.getTargetClass(bean);
		boolean infrastructure = bean instanceof AopInfrastructureBean && !(bean instanceof ScopedObject);
		if (infrastructure || this.withoutListeners.contains(type) || ScopedProxyUtils.isScopedTarget(beanName)) {
			return bean;
		}
		ListenerMethods methods = ListenerMethods.of(type);
		if (methods.isEmpty()) {
			this.withoutListeners.add(type);
			return bean;
		}
		HandlerMethods.check(type, methods);
		this.scopes.check(bean, beanName, type);
		List<ListenerMethod> found = new ArrayList<>();
		methods.listeners()
			.forEach((method, listeners) -> listeners
				.forEach((listener) -> found.add(new ListenerMethod(bean, beanName, method, listener, Map.of()))));
		methods.ofClass()
			.forEach((listener) -> found.add(new ListenerMethod(bean, beanName, null, listener, methods.handlers())));
		if (!this.registered) {
			this.found.addAll(found);
		}
		else if (this.scopes.isBean(beanName)) {
			registerLate(found);
		}
		else {
			this.withoutListeners.add(type);
			logger.warn("The object '" + beanName + "' of " + type.getName()
					+ " is no bean of the context, so that its @KinesisListener methods will not be called. Declare them in a bean");
		}
		return bean;
	}

	/**
	 * If a container does not start, the bean cannot be created, and leaves nothing
	 * behind.
	 */
	private void registerLate(List<ListenerMethod> listeners) {
		KinesisListenerContainerRegistry registry = this.beanFactory.getBean(KinesisListenerContainerRegistry.class);
		List<KinesisListenerContainer> containers = new ArrayList<>();
		try {
			RecordConverter converter = this.beanFactory.getBean(RecordConverter.class);
			ListenerMethodFactory methodFactory = new ListenerMethodFactory(this.beanFactory);
			listeners.forEach((listener) -> containers.add(register(listener, registry, methodFactory, converter)));
			containers.forEach(this.lateContainers::add);
		}
		catch (RuntimeException | Error ex) {
			containers.forEach((container) -> registry.unregister(container.getId()));
			throw ex;
		}
	}

	@Override
	public void onApplicationEvent(ApplicationContextEvent event) {
		if (event.getApplicationContext().getAutowireCapableBeanFactory() != this.beanFactory) {
			return;
		}
		if (event instanceof ContextRefreshedEvent) {
			this.lateContainers.contextRefreshed();
		}
		else if (event instanceof ContextClosedEvent) {
			this.lateContainers.contextClosed();
		}
	}

	@Override
	public void afterSingletonsInstantiated() {
		new UncreatedListeners(this.beanFactory)
			.create(this.found.stream().map(ListenerMethod::beanName).collect(Collectors.toSet()));
		this.registered = true;
		if (!this.found.isEmpty()) {
			registerFound();
		}
		for (String name : this.beanFactory.getBeanNamesForType(KinesisListenerEndpoint.class, true, false)) {
			KinesisListenerEndpoint endpoint = this.beanFactory.getBean(name, KinesisListenerEndpoint.class);
			this.beanFactory.getBean(KinesisListenerContainerRegistry.class)
				.register(endpoint,
						containerFactory(DEFAULT_CONTAINER_FACTORY, "the KinesisListenerEndpoint bean '" + name + "'"));
		}
	}

	private void registerFound() {
		KinesisListenerContainerRegistry registry = this.beanFactory.getBean(KinesisListenerContainerRegistry.class);
		RecordConverter converter = this.beanFactory.getBean(RecordConverter.class);
		ListenerMethodFactory methodFactory = new ListenerMethodFactory(this.beanFactory);
		for (ListenerMethod method = this.found.poll(); method != null; method = this.found.poll()) {
			register(method, registry, methodFactory, converter);
		}
	}

	private KinesisListenerContainer register(ListenerMethod listener, KinesisListenerContainerRegistry registry,
			ListenerMethodFactory methodFactory, RecordConverter converter) {
		ListenerAttributes attributes = new ListenerAttributes(listener.annotation, this.beanFactory, listener.bean,
				listener.description());
		if (listener.method != null) {
			attributes.checkMethod();
		}
		KinesisListenerEndpoint endpoint = new KinesisListenerEndpoint(attributes.id(listener.defaultId()),
				attributes.streams(), recordsListener(listener, methodFactory, converter), attributes::applyTo,
				listener.description());
		String named = attributes.containerFactory();
		return registry.register(endpoint, containerFactory((named != null) ? named : DEFAULT_CONTAINER_FACTORY,
				"@KinesisListener on " + listener.description()));
	}

	private static RecordsListener recordsListener(ListenerMethod listener, ListenerMethodFactory methodFactory,
			RecordConverter converter) {
		if (listener.method != null) {
			return new MethodRecordsListener(listener.bean, invocable(listener, listener.method), methodFactory,
					converter);
		}
		return new HandlersRecordsListener(listener.bean, HandlerMethods.of(AopUtils.getTargetClass(listener.bean),
				listener.handlers, listener.annotation, (method) -> invocable(listener, method)), methodFactory,
				converter);
	}

	private static Method invocable(ListenerMethod listener, Method method) {
		try {
			return AopUtils.selectInvocableMethod(method, listener.bean.getClass());
		}
		catch (IllegalStateException ex) {
			throw new KinesisConfigurationException(
					"The bean '" + listener.beanName + "' is a proxy that does not have the @KinesisListener method "
							+ listener.description(),
					"Declare the method in an interface of the class, or have classes proxied (spring.aop.proxy-target-class=true)",
					ex);
		}
	}

	private KinesisListenerContainerFactory containerFactory(String name, String listener) {
		try {
			return this.beanFactory.getBean(name, KinesisListenerContainerFactory.class);
		}
		catch (NoSuchBeanDefinitionException ex) {
			throw new KinesisConfigurationException(
					"There is no KinesisListenerContainerFactory bean '" + name + "' for " + listener,
					"Correct the attribute 'containerFactory', or declare that bean", ex);
		}
		catch (BeanNotOfRequiredTypeException ex) {
			throw new KinesisConfigurationException(
					"The bean '" + name + "' is a " + ex.getActualType().getName()
							+ " and not a KinesisListenerContainerFactory, which " + listener + " needs",
					"Correct the attribute 'containerFactory'", ex);
		}
	}

	/**
	 * Find beans with {@link KinesisListener} methods in a context that has no post
	 * processor of this type, so that nobody would call the methods.
	 * @param beanFactory the beans of the context
	 * @return the names of the beans; empty if the context has a post processor
	 */
	public static List<String> findUnattendedListeners(ConfigurableListableBeanFactory beanFactory) {
		return new UncreatedListeners(beanFactory).findUnattended();
	}

	/**
	 * A listener that was found.
	 *
	 * @param method the annotated method; {@code null} if the class is annotated
	 * @param handlers the handlers of an annotated class
	 */
	private record ListenerMethod(Object bean, String beanName, @Nullable Method method, KinesisListener annotation,
			Map<Method, KinesisHandler> handlers) {

		String defaultId() {
			return (this.method != null) ? this.beanName + "-" + this.method.getName() : this.beanName;
		}

		String description() {
			if (this.method == null) {
				return AopUtils.getTargetClass(this.bean).getName();
			}
			return this.method.getDeclaringClass().getName() + "." + this.method.getName() + "()";
		}

	}

}
