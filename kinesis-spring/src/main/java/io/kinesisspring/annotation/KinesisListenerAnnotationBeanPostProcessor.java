package io.kinesisspring.annotation;

import java.lang.reflect.Method;
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
import org.springframework.util.Assert;
import org.springframework.validation.Validator;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.converter.RecordConverter;
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
 * them according to their configuration.
 *
 * @since 0.1.0
 */
public final class KinesisListenerAnnotationBeanPostProcessor
		implements BeanPostProcessor, BeanFactoryAware, SmartInitializingSingleton {

	/** The name of the container factory that is used unless a listener names another. */
	public static final String DEFAULT_CONTAINER_FACTORY = "kinesisListenerContainerFactory";

	private static final Log logger = LogFactory.getLog(KinesisListenerAnnotationBeanPostProcessor.class);

	private final Queue<ListenerMethod> found = new ConcurrentLinkedQueue<>();

	private final Set<Class<?>> withoutListeners = ConcurrentHashMap.newKeySet();

	private volatile boolean registered;

	@SuppressWarnings("NullAway.Init")
	private ConfigurableListableBeanFactory beanFactory;

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		Assert.isInstanceOf(ConfigurableListableBeanFactory.class, beanFactory);
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
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
		if (this.registered) {
			this.withoutListeners.add(type);
			logger.warn("The bean '" + beanName + "' of " + type.getName()
					+ " was created after all listeners had been "
					+ "registered. Its @KinesisListener methods will not be called. Make it a singleton that is not lazy");
			return bean;
		}
		HandlerMethods.check(type, methods);
		methods.listeners()
			.forEach((method, listeners) -> listeners
				.forEach((listener) -> this.found.add(new ListenerMethod(bean, beanName, method, listener, Map.of()))));
		methods.ofClass()
			.forEach((listener) -> this.found
				.add(new ListenerMethod(bean, beanName, null, listener, methods.handlers())));
		return bean;
	}

	@Override
	public void afterSingletonsInstantiated() {
		new UncreatedListeners(this.beanFactory)
			.create(this.found.stream().map(ListenerMethod::beanName).collect(Collectors.toSet()));
		this.registered = true;
		if (this.found.isEmpty()) {
			return;
		}
		KinesisListenerContainerRegistry registry = this.beanFactory.getBean(KinesisListenerContainerRegistry.class);
		RecordConverter converter = this.beanFactory.getBean(RecordConverter.class);
		ListenerMethodFactory methodFactory = new ListenerMethodFactory(this.beanFactory,
				this.beanFactory.getBeanProvider(Validator.class).getIfUnique());
		for (ListenerMethod method = this.found.poll(); method != null; method = this.found.poll()) {
			register(method, registry, methodFactory, converter);
		}
	}

	private void register(ListenerMethod listener, KinesisListenerContainerRegistry registry,
			ListenerMethodFactory methodFactory, RecordConverter converter) {
		ListenerAttributes attributes = new ListenerAttributes(listener.annotation, this.beanFactory, listener.bean,
				listener.description());
		if (listener.method != null) {
			attributes.checkMethod();
		}
		KinesisListenerEndpoint endpoint = new KinesisListenerEndpoint(attributes.id(listener.defaultId()),
				attributes.streams(), recordsListener(listener, methodFactory, converter), attributes::applyTo,
				listener.description());
		registry.register(endpoint, containerFactory(attributes, listener));
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

	private KinesisListenerContainerFactory containerFactory(ListenerAttributes attributes, ListenerMethod listener) {
		String named = attributes.containerFactory();
		String name = (named != null) ? named : DEFAULT_CONTAINER_FACTORY;
		try {
			return this.beanFactory.getBean(name, KinesisListenerContainerFactory.class);
		}
		catch (NoSuchBeanDefinitionException ex) {
			throw new KinesisConfigurationException(
					"There is no KinesisListenerContainerFactory bean '" + name + "' for @KinesisListener on "
							+ listener.description(),
					"Correct the attribute 'containerFactory', or declare that bean", ex);
		}
		catch (BeanNotOfRequiredTypeException ex) {
			throw new KinesisConfigurationException("The bean '" + name + "' is a " + ex.getActualType().getName()
					+ " and not a KinesisListenerContainerFactory, which @KinesisListener on " + listener.description()
					+ " needs", "Correct the attribute 'containerFactory'", ex);
		}
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
