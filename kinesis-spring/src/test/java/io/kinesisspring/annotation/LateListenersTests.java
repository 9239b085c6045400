package io.kinesisspring.annotation;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.shard.StreamClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Listeners that come late, or by another door than a singleton whose type is known.
 */
class LateListenersTests {

	@Test
	void aSingletonThatIsCreatedLaterHasItsListener() {
		try (AnnotationConfigApplicationContext context = context(LateListenersTests::registerHidden)) {
			assertThat(ids(context)).isEmpty();
			context.getBean("hidden");
			assertThat(ids(context)).containsExactly("hidden-handle");
			context.getBean("hidden");
			assertThat(ids(context)).containsExactly("hidden-handle");
		}
	}

	@Test
	void aSingletonThatIsCreatedAsTheLastOfTheRefreshHasItsListener() {
		try (AnnotationConfigApplicationContext context = context((refreshing) -> {
			registerHidden(refreshing);
			refreshing.registerBean("zzz", SmartInitializingSingleton.class, () -> () -> refreshing.getBean("hidden"));
		})) {
			assertThat(ids(context)).containsExactly("hidden-handle");
		}
	}

	@Test
	void aLateListenerThatDoesNotStartFailsTheCreationOfItsBeanAndLeavesNothingBehind() {
		try (AnnotationConfigApplicationContext context = context((refreshing) -> {
			registerHidden(refreshing);
			refreshing.registerBean(KinesisListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY,
					KinesisListenerContainerFactory.class, () -> factory(true));
		})) {
			for (int i = 0; i < 2; i++) {
				assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> context.getBean("hidden"))
					.withStackTraceContaining("The stream 'orders' does not exist");
				assertThat(ids(context)).isEmpty();
			}
		}
	}

	@Test
	void rejectsAPrototypeThatTheRefreshCreates() {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> context((refreshing) -> {
			registerHidden(refreshing, (definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE));
			refreshing.registerBean("user", Object.class, () -> refreshing.getBean("hidden"));
		}))
			.havingRootCause()
			.isInstanceOf(KinesisConfigurationException.class)
			.withMessageContaining("The bean 'hidden' of " + HiddenListener.CLASS_NAME
					+ " has @KinesisListener methods and the scope 'prototype'");
	}

	@Test
	void beansThatAreEndpointsAreListeners() {
		try (AnnotationConfigApplicationContext context = context(
				(refreshing) -> refreshing.register(Endpoints.class))) {
			assertThat(ids(context)).containsExactlyInAnyOrder("audit", "lazyAudit");
		}
	}

	@Test
	void rejectsAnEndpointWithoutAContainerFactory() {
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> context((refreshing) -> {
			refreshing.register(Endpoints.class);
			refreshing.addBeanFactoryPostProcessor((beanFactory) -> ((DefaultListableBeanFactory) beanFactory)
				.removeBeanDefinition(KinesisListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY));
		}))
			.withMessageContaining("There is no KinesisListenerContainerFactory bean 'kinesisListenerContainerFactory' "
					+ "for the KinesisListenerEndpoint bean 'audit'");
	}

	@Test
	void findsListenersOfAContextThatHasNoPostProcessor() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			registerHidden(context, (definition) -> {
			});
			context.registerBean("known", Validating.class);
			context.registerBean("other", Object.class, Object::new);
			context.refresh();
			assertThat(unattended(context)).containsExactly("hidden", "known");
		}
		try (AnnotationConfigApplicationContext context = context(LateListenersTests::registerHidden)) {
			assertThat(unattended(context)).isEmpty();
		}
	}

	@Test
	void rejectsAPayloadToValidateWithoutAValidator() {
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> context((refreshing) -> refreshing.registerBean(Validating.class)))
			.withMessageContaining(Validating.class.getName() + ".handle(")
			.withMessageContaining("is to be validated, and there is no Validator bean")
			.withMessageContaining("spring-boot-starter-validation");
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> context((refreshing) -> refreshing.registerBean(ValidatingBatches.class)))
			.withMessageContaining("there is no Validator bean");
	}

	@Test
	void rejectsAPayloadToValidateWithTwoValidators() {
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> context((refreshing) -> {
			refreshing.registerBean(Validating.class);
			refreshing.registerBean("one", Validator.class, Lenient::new);
			refreshing.registerBean("two", Validator.class, Lenient::new);
		})).withMessageContaining("none of the Validator beans [one, two] is primary");
		try (AnnotationConfigApplicationContext context = context((refreshing) -> {
			refreshing.registerBean(Validating.class);
			refreshing.registerBean("one", Validator.class, Lenient::new);
			refreshing.registerBean("two", Validator.class, Lenient::new, (definition) -> definition.setPrimary(true));
		})) {
			assertThat(ids(context)).hasSize(1);
		}
	}

	private static List<String> unattended(AnnotationConfigApplicationContext context) {
		return KinesisListenerAnnotationBeanPostProcessor.findUnattendedListeners(context.getBeanFactory());
	}

	private static List<String> ids(AnnotationConfigApplicationContext context) {
		return context.getBean(KinesisListenerContainerRegistry.class)
			.getContainers()
			.stream()
			.map(KinesisListenerContainer::getId)
			.toList();
	}

	private static void registerHidden(AnnotationConfigApplicationContext context) {
		registerHidden(context, (definition) -> definition.setLazyInit(true));
	}

	private static void registerHidden(AnnotationConfigApplicationContext context,
			Consumer<BeanDefinition> customizer) {
		Hiding.register(context, customizer);
	}

	private static AnnotationConfigApplicationContext context(Consumer<AnnotationConfigApplicationContext> customizer) {
		return ListenerContext.of(customizer);
	}

	private static KinesisListenerContainerFactory factory(boolean autoStartup) {
		KinesisAsyncClient client = mock(KinesisAsyncClient.class,
				(call) -> (call.getMethod().getReturnType() == CompletableFuture.class) ? CompletableFuture
					.failedFuture(ResourceNotFoundException.builder().message("no such stream").build()) : null);
		return new KinesisListenerContainerFactory(new StreamClient(client), (application) -> new InMemoryLeaseStore(),
				new SyncTaskExecutor(), ContainerOptions.defaults().toBuilder().application("app").build(),
				(id, options) -> options.autoStartup(autoStartup));
	}

	/**
	 * Does not mention any class with a listener.
	 */
	static final class Hiding {

		private Hiding() {
		}

		static void register(AnnotationConfigApplicationContext context, Consumer<BeanDefinition> customizer) {
			context.registerBean("hidden", Object.class, HiddenListener::create, customizer::accept);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Endpoints {

		@Bean
		KinesisListenerEndpoint audit() {
			return KinesisListenerEndpoint.builder("audit", String.class).streams("orders").onRecord((record) -> {
			}).build();
		}

		@Lazy
		@Bean
		KinesisListenerEndpoint lazyAudit() {
			return KinesisListenerEndpoint.builder("lazyAudit", String.class).streams("returns").onRecord((record) -> {
			}).build();
		}

	}

	static class Validating {

		@KinesisListener("orders")
		void handle(@Validated String order) {
		}

	}

	static class ValidatingBatches {

		@KinesisListener("orders")
		void handle(@Validated List<String> orders) {
		}

	}

	static class Lenient implements Validator {

		@Override
		public boolean supports(Class<?> type) {
			return true;
		}

		@Override
		public void validate(Object target, Errors errors) {
		}

	}

}
