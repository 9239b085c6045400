package io.kinesisspring.annotation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.NestedExceptionUtils;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KinesisHandler} and {@link KinesisListener} on a class.
 */
class KinesisHandlerTests {

	@Test
	void aClassIsOneListenerUnderTheNameOfItsBean() {
		try (AnnotationConfigApplicationContext context = ListenerContext.of((beans) -> {
		}, Shop.class)) {
			KinesisListenerContainer container = ListenerContext.container(context);
			assertThat(container.getId()).isEqualTo("kinesisHandlerTests.Shop");
			assertThat(container.getStreams()).singleElement().hasToString("orders");
		}
	}

	@Test
	void inheritedHandlersAndAnnotationsCount() {
		try (AnnotationConfigApplicationContext context = ListenerContext.of((beans) -> {
		}, Heir.class)) {
			assertThat(ListenerContext.container(context).getId()).isEqualTo("kinesisHandlerTests.Heir");
		}
	}

	@Test
	void aLazyBeanIsCreated() {
		try (AnnotationConfigApplicationContext context = ListenerContext
			.of((beans) -> beans.registerBean("lazy", Shop.class, (definition) -> definition.setLazyInit(true)))) {
			assertThat(context.getBean(KinesisListenerContainerRegistry.class).getContainer("lazy")).isNotNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "WithoutHandlers, has @KinesisListener and no @KinesisHandler method",
			"WithoutListener, has @KinesisHandler methods and no @KinesisListener",
			"TwoDefaults, has two default @KinesisHandler methods",
			"MethodWithPayloadType, has no effect on a method" })
	void annotationsWithoutEffectFailTheStart(String bean, String message) throws ClassNotFoundException {
		Class<?> type = Class.forName(KinesisHandlerTests.class.getName() + "$" + bean);
		assertThatException().isThrownBy(() -> ListenerContext.of((beans) -> {
		}, type))
			.satisfies((ex) -> assertThat(NestedExceptionUtils.getMostSpecificCause(ex))
				.isInstanceOf(KinesisConfigurationException.class)
				.hasMessageContaining(bean)
				.hasMessageContaining(message));
	}

	@Test
	void aPrototypeFailsTheStart() {
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> ListenerContext.of((beans) -> beans.registerBean("prototype", Shop.class,
					(definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))))
			.withMessageContaining("'prototype'");
	}

	interface Event {

	}

	record Created(String id) implements Event {

	}

	record Cancelled(String id) implements Event {

	}

	@KinesisListener("orders")
	static class Shop {

		@KinesisHandler
		void onCreated(Created created) {
		}

		@KinesisHandler
		void onCancelled(Cancelled cancelled) {
		}

		@KinesisHandler(isDefault = true)
		void onOther(Object other) {
		}

	}

	static class Heir extends Shop {

	}

	@KinesisListener("orders")
	static class WithoutHandlers {

		void onCreated(Created created) {
		}

	}

	static class WithoutListener {

		@KinesisHandler
		void onCreated(Created created) {
		}

	}

	@KinesisListener("orders")
	static class TwoDefaults {

		@KinesisHandler(isDefault = true)
		void onCreated(Created created) {
		}

		@KinesisHandler(isDefault = true)
		void onCancelled(Cancelled cancelled) {
		}

	}

	static class MethodWithPayloadType {

		@KinesisListener(streams = "orders", payloadType = Event.class)
		void onCreated(Event created) {
		}

	}

}
