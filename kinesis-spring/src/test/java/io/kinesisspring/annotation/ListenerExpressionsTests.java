package io.kinesisspring.annotation;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for expressions that refer to the listener's own bean, and for the start order.
 */
class ListenerExpressionsTests {

	@Test
	void expressionsReferToTheBeanOfTheListener() {
		try (AnnotationConfigApplicationContext context = ListenerContext.of((beans) -> {
			beans.registerBean("domestic", Orders.class, () -> new Orders("domestic", 3));
			beans.registerBean("abroad", Orders.class, () -> new Orders("abroad", 5));
		})) {
			KinesisListenerContainerRegistry registry = context.getBean(KinesisListenerContainerRegistry.class);
			for (String name : List.of("domestic", "abroad")) {
				KinesisListenerContainer container = registry.getContainer(name);
				assertThat(container.getStreams()).extracting(StreamIdentifier::name)
					.containsExactly("orders-" + name, "returns-" + name);
				assertThat(container.getOptions().delivery().concurrency()).isEqualTo(name.equals("abroad") ? 5 : 3);
				assertThat(container.getPhase()).isEqualTo(name.equals("abroad") ? 50 : 30);
			}
		}
	}

	@Test
	void theNameOfTheReferenceCanBeChanged() {
		try (AnnotationConfigApplicationContext context = ListenerContext.of((beans) -> {
		}, Renamed.class)) {
			KinesisListenerContainer container = ListenerContext.container(context);
			assertThat(container.getId()).isEqualTo("renamed");
			assertThat(container.getPhase()).isEqualTo(KinesisListenerContainer.PHASE);
		}
	}

	@Test
	void anUnknownPropertyOfTheBeanFailsTheStart() {
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(() -> ListenerContext.of((beans) -> {
		}, Wrong.class))
			.withMessageContaining("'streams'")
			.withMessageContaining("#{__listener.nowhere}")
			.withMessageContaining("cannot be resolved");
	}

	/**
	 * Listens to streams that the instance knows.
	 */
	public static class Orders {

		private final String name;

		private final int concurrency;

		Orders(String name, int concurrency) {
			this.name = name;
			this.concurrency = concurrency;
		}

		public String getName() {
			return this.name;
		}

		public int getConcurrency() {
			return this.concurrency;
		}

		public List<String> streams(String... prefixes) {
			return List.of(prefixes).stream().map((prefix) -> prefix + "-" + this.name).toList();
		}

		@KinesisListener(id = "#{__listener.name}", streams = "#{__listener.streams('orders', 'returns')}",
				concurrency = "#{__listener.concurrency}", properties = "phase=#{__listener.concurrency * 10}")
		void onOrder(String order) {
		}

	}

	public static class Renamed {

		public String getId() {
			return "renamed";
		}

		@KinesisListener(id = "#{me.id}", streams = "orders", beanRef = "me")
		void onOrder(String order) {
		}

	}

	static class Wrong {

		@KinesisListener(streams = "#{__listener.nowhere}")
		void onOrder(String order) {
		}

	}

}
