package io.kinesisspring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.SendTo;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.annotation.KinesisHandler;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.test.EmbeddedKinesis;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.producer.SendFailedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for listeners whose answers are sent, with an embedded server.
 */
@SpringBootTest(properties = { "spring.application.name=answering-shop", "answers=invoices" })
@EmbeddedKinesis(streams = { "orders", "invoices", "lost", "events" })
class AnsweringListenersTests {

	@Autowired
	private KinesisOperations template;

	@Autowired
	private Shop shop;

	@Test
	void theAnswerHasTheKeyOfItsRecord() {
		this.template.send("orders", "customer-1", new Order("a", 3)).join();
		await().untilAsserted(() -> assertThat(this.shop.invoices).contains("customer-1: Invoice[order=a, part=1]",
				"customer-1: Invoice[order=a, part=2]", "customer-1: Invoice[order=a, part=3]"));
		assertThat(this.shop.invoices).filteredOn((invoice) -> invoice.contains("order=a"))
			.containsExactly("customer-1: Invoice[order=a, part=1]", "customer-1: Invoice[order=a, part=2]",
					"customer-1: Invoice[order=a, part=3]");
	}

	@Test
	void anAnswerThatIsNotStoredIsAFailureOfItsRecord() {
		this.template.send("lost", "customer-1", "first").join();
		this.template.send("lost", "customer-1", "second").join();
		await().untilAsserted(() -> assertThat(this.shop.lost).containsExactly("first", "first", "second", "second"));
		await().untilAsserted(() -> assertThat(this.shop.failures).hasSize(4)
			.allSatisfy((ex) -> assertThat(ex).isInstanceOf(SendFailedException.class)));
	}

	@Test
	void theTypeOfAnEventDecidesWhichHandlerAnswers() {
		this.template.send("events", "customer-2", new Paid("b")).join();
		this.template.send("events", "customer-2", new Cancelled("c")).join();
		await().untilAsserted(() -> assertThat(this.shop.invoices).contains("customer-2: Invoice[order=b, part=0]",
				"customer-2: Invoice[order=c, part=-1]"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Shop shop() {
			return new Shop();
		}

		@Bean
		Events events() {
			return new Events();
		}

		@Bean
		ErrorHandler twice(Shop shop) {
			return (failure) -> {
				shop.failures.add(failure.exception());
				return (failure.attempts() < 2) ? ErrorDecision.retry(Duration.ofMillis(1)) : ErrorDecision.skip();
			};
		}

	}

	/**
	 * Writes invoices for orders.
	 */
	static class Shop {

		private final Queue<String> invoices = new ConcurrentLinkedQueue<>();

		private final Queue<String> lost = new ConcurrentLinkedQueue<>();

		private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

		@KinesisListener(id = "orders", streams = "orders")
		@SendTo("${answers}")
		CompletableFuture<List<Invoice>> onOrder(Order order) {
			return CompletableFuture.supplyAsync(() -> IntStream.rangeClosed(1, order.parts())
				.mapToObj((part) -> new Invoice(order.id(), part))
				.toList());
		}

		@KinesisListener(id = "invoices", streams = "invoices")
		void onInvoices(List<Invoice> invoices, @Header(KinesisHeaders.PARTITION_KEY) List<String> customers) {
			for (int i = 0; i < invoices.size(); i++) {
				this.invoices.add(customers.get(i) + ": " + invoices.get(i));
			}
		}

		@KinesisListener(id = "lost", streams = "lost")
		@SendTo("nowhere")
		String onLost(String order) {
			this.lost.add(order);
			return order;
		}

	}

	/**
	 * Has a handler for each kind of event.
	 */
	@KinesisListener(id = "events", streams = "events")
	@SendTo("${answers}")
	static class Events {

		@KinesisHandler
		Invoice onPaid(Paid paid) {
			return new Invoice(paid.id(), 0);
		}

		@KinesisHandler
		Invoice onCancelled(Cancelled cancelled) {
			return new Invoice(cancelled.id(), -1);
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Paid.class, name = "paid"),
			@JsonSubTypes.Type(value = Cancelled.class, name = "cancelled") })
	sealed interface Event {

	}

	record Paid(String id) implements Event {

	}

	record Cancelled(String id) implements Event {

	}

	record Order(String id, int parts) {

	}

	record Invoice(String order, int part) {

	}

}
