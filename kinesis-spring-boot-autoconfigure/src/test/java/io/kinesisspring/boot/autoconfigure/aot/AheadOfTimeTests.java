package io.kinesisspring.boot.autoconfigure.aot;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import jakarta.validation.Valid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.messaging.handler.annotation.SendTo;

import io.kinesisspring.annotation.KinesisHandler;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application starts and works from the code that ahead-of-time processing has
 * generated, and a native image is told what it needs.
 */
@CompileWithForkedClassLoader
@Timeout(180)
class AheadOfTimeTests {

	@Test
	@SuppressWarnings("unchecked")
	void theProcessedApplicationListensAndSends() {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
			.dynamoDb(false)
			.stream("orders", 1)
			.stream("invoices", 1)
			.stream("events", 1)
			.stream("hidden", 1)
			.start()) {
			TestGenerationContext generated = new TestGenerationContext(Application.class);
			String initializer = process(server, generated);
			TestCompiler.forSystem().with(generated).compile((compiled) -> {
				try (GenericApplicationContext context = new GenericApplicationContext()) {
					properties(server).applyTo(context);
					compiled.getInstance(ApplicationContextInitializer.class, initializer).initialize(context);
					context.refresh();
					works(context);
				}
			});
		}
	}

	private static void works(GenericApplicationContext context) {
		assertThat(context.getBeanDefinition("shop")).isNotInstanceOf(AnnotatedBeanDefinition.class);
		assertThat(context.getBean(KinesisListenerContainerRegistry.class).getContainers())
			.extracting(KinesisListenerContainer::getId)
			.containsExactlyInAnyOrder("orders", "invoices", "events", "hidden");
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

	@Test
	void aNativeImageIsToldWhatItNeeds() {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().dynamoDb(false).start()) {
			TestGenerationContext generated = new TestGenerationContext(Application.class);
			process(server, generated);
			RuntimeHints hints = generated.getRuntimeHints();
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Shop.class, "onOrder")).accepts(hints);
			for (Class<?> bound : new Class<?>[] { Order.class, Invoice.class, Event.class, KinesisProperties.class,
					KinesisProperties.Listener.class, KinesisProperties.Retry.class, KinesisProperties.Lease.class,
					KinesisProperties.Lease.Import.class, KinesisProperties.Http.Proxy.class, Positive.class }) {
				assertThat(RuntimeHintsPredicates.reflection()
					.onType(bound)
					.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)
					.or(RuntimeHintsPredicates.reflection()
						.onConstructorInvocation(bound.getDeclaredConstructors()[0])))
					.as(bound.getName())
					.accepts(hints);
			}
		}
	}

	private static String process(EmbeddedKinesisServer server, TestGenerationContext generated) {
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			properties(server).applyTo(context);
			new AnnotatedBeanDefinitionReader(context).register(Application.class);
			String initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generated).toString();
			generated.writeGeneratedContent();
			return initializer;
		}
	}

	private static TestPropertyValues properties(EmbeddedKinesisServer server) {
		return TestPropertyValues.of(server.properties())
			.and("kinesis.application-name=aot", "kinesis.lease.store=memory", "kinesis.consumer.max-records=123",
					"kinesis.consumer.idle-between-reads=50ms", "kinesis.consumer.retry.max-attempts=1",
					"kinesis.consumer.error.on-exhausted=skip");
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
