package io.kinesisspring.boot.autoconfigure;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.embedded.test.EmbeddedKinesis;
import io.kinesisspring.producer.KinesisOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for an application's own tests: with {@link EmbeddedKinesis} they need no
 * configuration.
 */
@SpringBootTest(properties = "spring.application.name=embedded-shop")
@EmbeddedKinesis(streams = "orders:2")
class EmbeddedKinesisTests {

	@Autowired
	private KinesisOperations template;

	@Autowired
	private Orders orders;

	@Test
	void listensToWhatItSends() {
		assertThat(this.template.send("orders", "hello").join().stream()).isEqualTo("orders");
		await().untilAsserted(() -> assertThat(this.orders.received).containsExactly("hello"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Orders ordersListener() {
			return new Orders();
		}

	}

	static class Orders {

		private final Queue<String> received = new ConcurrentLinkedQueue<>();

		@KinesisListener("orders")
		void onOrder(String order) {
			this.received.add(order);
		}

	}

}
