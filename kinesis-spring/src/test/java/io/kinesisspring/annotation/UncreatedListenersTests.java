package io.kinesisspring.annotation;

import java.util.List;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.task.SyncTaskExecutor;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.converter.SimpleRecordConverter;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.shard.StreamClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link UncreatedListeners}.
 */
class UncreatedListenersTests {

	@Test
	void aLazyBeanWithAListenerIsCreated() {
		assertThat(listeners(LazyByClass.class)).containsExactly("byClass-handle");
	}

	@Test
	void aLazyBeanWhoseDeclaredTypeHidesTheListenerIsCreated() {
		assertThat(listeners(LazyByInterface.class)).containsExactlyInAnyOrder("byInterface-handle", "byObject-handle",
				"byHelper-handle");
	}

	@Test
	void otherLazyBeansOfTheSameConfigurationAreNotCreated() {
		try (AnnotationConfigApplicationContext context = context(LazyByInterface.class)) {
			assertThat(context.getBeanFactory().containsSingleton("other")).isFalse();
			assertThat(context.getBeanFactory().containsSingleton("byInterface")).isTrue();
		}
	}

	@Test
	void aLazyBeanOfASupplierIsCreated() {
		try (AnnotationConfigApplicationContext context = prepare()) {
			context.registerBean("supplied", OrderHandler.class, (Supplier<OrderHandler>) OrderListener::new,
					(definition) -> definition.setLazyInit(true));
			context.refresh();
			assertThat(ids(context)).containsExactly("supplied-handle");
		}
	}

	@Test
	void aLazyBeanOfAFactoryBeanIsCreated() {
		assertThat(listeners(Factories.class)).containsExactlyInAnyOrder("typed-handle", "untyped-handle",
				"lazyFactory-handle");
	}

	@Test
	void aScopedBeanIsCalledByItsProxyAndIsRegisteredOnce() {
		try (AnnotationConfigApplicationContext context = context(ScopedWithProxy.class)) {
			assertThat(ids(context)).containsExactly("scoped-handle");
			context.getBean("scopedTarget.scoped");
			assertThat(ids(context)).containsExactly("scoped-handle");
		}
	}

	@Test
	void rejectsAScopeWithoutAnObjectToCall() {
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> context(Prototype.class).close())
			.withMessageContaining("The bean 'often' of " + OrderListener.class.getName()
					+ " has @KinesisListener methods and the scope 'prototype'")
			.withMessageContaining("Make it a singleton");
	}

	private static List<String> listeners(Class<?> configuration) {
		try (AnnotationConfigApplicationContext context = context(configuration)) {
			return ids(context);
		}
	}

	private static List<String> ids(AnnotationConfigApplicationContext context) {
		return context.getBean(KinesisListenerContainerRegistry.class)
			.getContainers()
			.stream()
			.map(KinesisListenerContainer::getId)
			.toList();
	}

	private static AnnotationConfigApplicationContext context(Class<?> configuration) {
		AnnotationConfigApplicationContext context = prepare();
		context.register(configuration);
		context.refresh();
		return context;
	}

	/**
	 * Containers have applications of their own, so that all may read one stream.
	 */
	private static AnnotationConfigApplicationContext prepare() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
		context.registerBean(KinesisListenerAnnotationBeanPostProcessor.class);
		context.registerBean(KinesisListenerContainerRegistry.class,
				() -> new KinesisListenerContainerRegistry(context.getBeanFactory()));
		context.registerBean(RecordConverter.class, SimpleRecordConverter::new);
		context.registerBean(KinesisListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY,
				KinesisListenerContainerFactory.class,
				() -> new KinesisListenerContainerFactory(new StreamClient(mock(KinesisAsyncClient.class)),
						(application) -> new InMemoryLeaseStore(), new SyncTaskExecutor(), ContainerOptions.defaults(),
						(id, options) -> options.application(id).autoStartup(false)));
		return context;
	}

	interface OrderHandler {

	}

	static class OrderListener implements OrderHandler {

		@KinesisListener("orders")
		void handle(String order) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyByClass {

		@Lazy
		@Bean
		OrderListener byClass() {
			return new OrderListener();
		}

	}

	@Configuration
	static class LazyByInterface {

		@Lazy
		@Bean
		OrderHandler byInterface() {
			return new OrderListener();
		}

		@Lazy
		@Bean
		static Object byObject() {
			return new OrderListener();
		}

		@Lazy
		@Bean
		OrderHandler byHelper() {
			Supplier<OrderHandler> later = LazyByInterface::helper;
			return later.get();
		}

		private static OrderHandler helper() {
			return new OrderListener();
		}

		@Lazy
		@Bean
		Runnable other() {
			throw new IllegalStateException("Nobody has asked for this");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Factories {

		@Bean
		static TypedFactory typed() {
			return new TypedFactory();
		}

		@Bean
		static UntypedFactory untyped() {
			return new UntypedFactory();
		}

		@Lazy
		@Bean
		static UntypedFactory lazyFactory() {
			return new UntypedFactory();
		}

	}

	static class TypedFactory implements FactoryBean<OrderListener> {

		@Override
		public OrderListener getObject() {
			return new OrderListener();
		}

		@Override
		public Class<?> getObjectType() {
			return OrderListener.class;
		}

	}

	static class UntypedFactory implements FactoryBean<OrderHandler> {

		@Override
		public OrderHandler getObject() {
			return new OrderListener();
		}

		@Override
		public Class<?> getObjectType() {
			return OrderHandler.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedWithProxy {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		OrderListener scoped() {
			return new OrderListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prototype {

		@Bean
		@Scope("prototype")
		OrderListener often() {
			return new OrderListener();
		}

	}

}
