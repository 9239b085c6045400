package io.kinesisspring.boot.autoconfigure.aot;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import jakarta.validation.Valid;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;
import org.springframework.messaging.handler.annotation.SendTo;

import io.kinesisspring.annotation.KinesisHandler;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that is processed ahead of time. It has each kind of listener.
 */
final class ShopApplication {

	static final String[] STREAMS = { "orders", "invoices", "events", "hidden" };

	private ShopApplication() {
	}

	/**
	 * Process it.
	 * @return the generated initializer
	 */
	static ClassName process(Map<String, String> properties, GenerationContext generated) {
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			values(properties).applyTo(context);
			new AnnotatedBeanDefinitionReader(context).register(Application.class);
			return new ApplicationContextAotGenerator().processAheadOfTime(context, generated);
		}
	}

	static TestPropertyValues values(Map<String, String> properties) {
		return TestPropertyValues.of(properties)
			.and("kinesis.application-name=aot", "kinesis.consumer.max-records=123",
					"kinesis.consumer.idle-between-reads=50ms", "kinesis.consumer.retry.max-attempts=1",
					"kinesis.consumer.error.on-exhausted=skip");
	}

	/**
	 * Check that a context that has been started from generated code listens and sends.
	 */
	static void assertWorks(GenericApplicationContext context) {
		assertThat(context.getBeanDefinition("shop")).isNotInstanceOf(AnnotatedBeanDefinition.class);
		assertThat(context.getBean(KinesisListenerContainerRegistry.class).getContainers())
			.extracting(KinesisListenerContainer::getId)
			.containsExactlyInAnyOrder(STREAMS);
		KinesisTemplate template = context.getBean(KinesisTemplate.class);
		template.send("orders", "customer", new Order("order-1", 3)).join();
		template.send("orders", "customer", "{\"id\":\"order-2\",\"parts\":-3}").join();
		template.send("events", "customer", new Event("event-1")).join();
		template.send("hidden", "customer", "text").join();
		Queue<Object> received = context.getBean(Shop.class).received;
		await().untilAsserted(() -> assertThat(received).containsExactlyInAnyOrder(new Invoice("order-1"),
				new Event("event-1"), "text"));
		assertThat(context.getBean(KinesisProperties.class).consumer().maxRecords()).isEqualTo(123);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Shop shop() {
			return new Shop();
		}

		@Bean
		Events events(Shop shop) {
			return new Events(shop);
		}

		@Bean
		@Lazy
		static Object hidden(Shop shop) {
			return new Hidden(shop);
		}

	}

	static class Shop {

		private final Queue<Object> received = new ConcurrentLinkedQueue<>();

		@KinesisListener(id = "orders", streams = "orders")
		@SendTo("invoices")
		Invoice onOrder(@Valid Order order) {
			return new Invoice(order.id());
		}

		@KinesisListener(id = "invoices", streams = "invoices")
		void onInvoice(Invoice invoice) {
			this.received.add(invoice);
		}

	}

	@KinesisListener(id = "events", streams = "events")
	static class Events {

		private final Shop shop;

		Events(Shop shop) {
			this.shop = shop;
		}

		@KinesisHandler
		void on(Event event) {
			this.shop.received.add(event);
		}

	}

	static class Hidden {

		private final Shop shop;

		Hidden(Shop shop) {
			this.shop = shop;
		}

		@KinesisListener(id = "hidden", streams = "hidden")
		void on(String text) {
			this.shop.received.add(text);
		}

	}

	record Order(String id, @AboveZero int parts) {

	}

	record Invoice(String order) {

	}

	record Event(String id) {

	}

	@Constraint(validatedBy = Positive.class)
	@Target({ ElementType.FIELD, ElementType.PARAMETER })
	@Retention(RetentionPolicy.RUNTIME)
	@interface AboveZero {

		String message() default "must be above 0";

		Class<?>[] groups() default {};

		Class<? extends Payload>[] payload() default {};

	}

	static class Positive implements ConstraintValidator<AboveZero, Integer> {

		@Override
		public boolean isValid(Integer value, ConstraintValidatorContext context) {
			return value > 0;
		}

	}

}
