package io.kinesisspring.annotation;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.RepeatableContainers;
import org.springframework.util.Assert;
import org.springframework.validation.Validator;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.listener.adapter.ListenerMethodFactory;
import io.kinesisspring.listener.adapter.MethodRecordsListener;

/**
 * Finds {@link KinesisListener} methods and registers a container for each, once all
 * singletons are there.
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
		if (bean instanceof AopInfrastructureBean || this.withoutListeners.contains(type)
				|| !AnnotationUtils.isCandidateClass(type, KinesisListener.class)) {
			return bean;
		}
		Map<Method, List<KinesisListener>> methods = MethodIntrospector.selectMethods(type,
				(MethodIntrospector.MetadataLookup<List<KinesisListener>>) (method) -> {
					List<KinesisListener> listeners = listenersOf(method);
					return listeners.isEmpty() ? null : listeners;
				});
		if (methods.isEmpty()) {
			this.withoutListeners.add(type);
			return bean;
		}
		if (this.registered) {
			this.withoutListeners.add(type);
			logger.warn("The bean '" + beanName + "' of " + type.getName()
					+ " was created after all listeners had been "
					+ "registered; its @KinesisListener methods will not be called. Make it a singleton that is not lazy");
			return bean;
		}
		methods.forEach((method, listeners) -> listeners
			.forEach((listener) -> this.found.add(new ListenerMethod(bean, beanName, method, listener))));
		return bean;
	}

	private static List<KinesisListener> listenersOf(Method method) {
		return MergedAnnotations
			.from(method, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY,
					RepeatableContainers.explicitRepeatable(KinesisListener.class, KinesisListeners.class))
			.stream(KinesisListener.class)
			.map(MergedAnnotation::synthesize)
			.distinct()
			.toList();
	}

	@Override
	public void afterSingletonsInstantiated() {
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
		ListenerAttributes attributes = new ListenerAttributes(listener.annotation, this.beanFactory,
				listener.description());
		Method invocable = AopUtils.selectInvocableMethod(listener.method, listener.bean.getClass());
		KinesisListenerEndpoint endpoint = new KinesisListenerEndpoint(attributes.id(listener.defaultId()),
				attributes.streams(), new MethodRecordsListener(listener.bean, invocable, methodFactory, converter),
				attributes::applyTo, listener.description());
		registry.register(endpoint, containerFactory(attributes, listener));
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
	}

	private record ListenerMethod(Object bean, String beanName, Method method, KinesisListener annotation) {

		String defaultId() {
			return this.beanName + "-" + this.method.getName();
		}

		String description() {
			return this.method.getDeclaringClass().getName() + "." + this.method.getName() + "()";
		}

	}

}
