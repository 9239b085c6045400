package io.kinesisspring.annotation;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.InstanceSupplier;
import org.springframework.util.ClassUtils;

import io.kinesisspring.KinesisConfigurationException;

/**
 * Finds beans with {@link KinesisListener} methods that the refresh of the context has
 * not created: lazy beans, objects of factory beans, beans of other scopes. If no other
 * bean uses them, their listeners would be missing without a message.
 */
final class UncreatedListeners {

	private final Map<Class<?>, Boolean> known = new ConcurrentHashMap<>();

	private final Map<String, Set<Class<?>>> mentioned = new ConcurrentHashMap<>();

	private final ConfigurableListableBeanFactory beanFactory;

	private final ListenerScopes scopes;

	UncreatedListeners(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		this.scopes = new ListenerScopes(beanFactory);
	}

	/**
	 * Create those that are singletons, or may be.
	 * @param found the beans whose listeners are known
	 * @throws KinesisConfigurationException if nobody would call the listeners of a bean
	 * because of its scope
	 */
	void create(Set<String> found) {
		for (String name : this.beanFactory.getBeanDefinitionNames()) {
			BeanDefinition definition = this.beanFactory.getMergedBeanDefinition(name);
			if (definition.isAbstract() || definition.getRole() == BeanDefinition.ROLE_INFRASTRUCTURE
					|| found.contains(name) || ScopedProxyUtils.isScopedTarget(name)) {
				continue;
			}
			Class<?> type = typeOf(name);
			if (!definition.isSingleton()) {
				if (type != null && isListener(type)) {
					throw this.scopes.rejected(name, type);
				}
			}
			else if (type != void.class && !isCreated(name) && (isListener(type) || mayBeListener(name, type))) {
				this.beanFactory.getBean(name);
			}
		}
	}

	/**
	 * A class that cannot be loaded is ignored here. Whoever uses the bean gets the
	 * error.
	 */
	private @Nullable Class<?> typeOf(String name) {
		try {
			return this.beanFactory.getType(name, false);
		}
		catch (BeansException | LinkageError ex) {
			return void.class;
		}
	}

	private boolean isCreated(String name) {
		return this.beanFactory.containsSingleton(name)
				&& (!this.beanFactory.isFactoryBean(name) || !this.beanFactory.isSingleton(name));
	}

	/**
	 * Find the beans with listeners in a context that has no post processor for them.
	 */
	List<String> findUnattended() {
		if (this.beanFactory.getBeanNamesForType(KinesisListenerAnnotationBeanPostProcessor.class, true,
				false).length > 0) {
			return List.of();
		}
		return Arrays.stream(this.beanFactory.getBeanDefinitionNames())
			.filter((name) -> !this.beanFactory.getMergedBeanDefinition(name).isAbstract()
					&& !ScopedProxyUtils.isScopedTarget(name) && isListener(createdTypeOf(name)))
			.toList();
	}

	private @Nullable Class<?> createdTypeOf(String name) {
		Object created = this.beanFactory.getSingleton(name);
		return (created != null && !(created instanceof FactoryBean)) ? AopUtils.getTargetClass(created) : typeOf(name);
	}

	private boolean isListener(@Nullable Class<?> type) {
		return type != null && this.known.computeIfAbsent(type, (unknown) -> !ListenerMethods.of(unknown).isEmpty());
	}

	/**
	 * Whether the declared type may hide a listener: the class that creates the bean
	 * refers to a class of this type.
	 */
	private boolean mayBeListener(String name, @Nullable Class<?> type) {
		return makers(name)
			.flatMap((maker) -> this.mentioned.computeIfAbsent(maker, this::listenersMentionedBy).stream())
			.anyMatch((listener) -> type == null || type.isAssignableFrom(listener));
	}

	/**
	 * The names of the classes whose code creates the bean.
	 */
	private Stream<String> makers(String name) {
		BeanDefinition definition = this.beanFactory.getBeanDefinition(name);
		Stream.Builder<@Nullable String> makers = Stream.builder();
		if (definition instanceof AnnotatedBeanDefinition annotated && annotated.getFactoryMethodMetadata() != null) {
			makers.add(annotated.getFactoryMethodMetadata().getDeclaringClassName());
		}
		else if (definition.getFactoryMethodName() != null || this.beanFactory.isFactoryBean(name)) {
			makers.add(definition.getBeanClassName());
		}
		if (definition.getFactoryBeanName() != null) {
			makers.add(nameOf(this.beanFactory.getType(definition.getFactoryBeanName(), false)));
		}
		if (definition instanceof AbstractBeanDefinition code) {
			makers.add(nameOf(code.getInstanceSupplier()));
			makers.add(factoryOf(code.getInstanceSupplier()));
		}
		if (this.beanFactory.isFactoryBean(name)) {
			makers.add(nameOf(this.beanFactory.getType("&" + name, false)));
		}
		return makers.build().filter(Objects::nonNull).map(Objects::requireNonNull).distinct();
	}

	private static @Nullable String nameOf(@Nullable Class<?> type) {
		return (type != null) ? ClassUtils.getUserClass(type).getName() : null;
	}

	/**
	 * Ahead-of-time processing replaces a factory method by a supplier that knows it.
	 */
	private static @Nullable String factoryOf(@Nullable Supplier<?> supplier) {
		return (supplier instanceof InstanceSupplier<?> processed && processed.getFactoryMethod() != null)
				? processed.getFactoryMethod().getDeclaringClass().getName() : null;
	}

	/**
	 * A lambda is part of the class that it is written in.
	 */
	private static @Nullable String nameOf(@Nullable Supplier<?> supplier) {
		return (supplier != null) ? supplier.getClass().getName().split("\\$\\$Lambda", 2)[0] : null;
	}

	private Set<Class<?>> listenersMentionedBy(String className) {
		ClassLoader classLoader = this.beanFactory.getBeanClassLoader();
		return ReferencedClasses.of(className, classLoader)
			.map((mentioned) -> load(mentioned, classLoader))
			.filter(Objects::nonNull)
			.map(Objects::requireNonNull)
			.filter(this::isLoadableListener)
			.collect(Collectors.toSet());
	}

	/**
	 * A class cannot be a bean here if its methods refer to classes that are missing, for
	 * example those of an optional library.
	 */
	private boolean isLoadableListener(Class<?> type) {
		try {
			return isListener(type);
		}
		catch (IllegalStateException ex) {
			if (ex.getCause() instanceof LinkageError) {
				return false;
			}
			throw ex;
		}
	}

	private static @Nullable Class<?> load(String className, @Nullable ClassLoader classLoader) {
		try {
			return Class.forName(className, false, classLoader);
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return null;
		}
	}

}
