package io.kinesisspring.listener;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.shard.StreamClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link KinesisListenerContainerRegistry}.
 */
class KinesisListenerContainerRegistryTests {

	private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();

	private final KinesisListenerContainerRegistry registry = new KinesisListenerContainerRegistry(this.beans);

	private final KinesisListenerContainerFactory factory = new KinesisListenerContainerFactory(
			new StreamClient((KinesisAsyncClient) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { KinesisAsyncClient.class }, (proxy, method, arguments) -> null)),
			(application) -> new InMemoryLeaseStore(), Runnable::run,
			ContainerOptions.defaults().toBuilder().application("app").build(), (id, options) -> {
			});

	private static KinesisListenerEndpoint endpoint(String id, String... streams) {
		return new KinesisListenerEndpoint(id, Stream.of(streams).map(StreamIdentifier::of).toList(), new Listener(),
				UnaryOperator.identity(), "listener " + id);
	}

	@Test
	void rejectsTheStreamOfAnotherListenerAndReservesNone() {
		this.registry.register(endpoint("first", "b"), this.factory);
		assertThatExceptionOfType(KinesisConfigurationException.class)
			.isThrownBy(() -> this.registry.register(endpoint("second", "a", "b", "c"), this.factory))
			.withMessageContaining("'b'");
		assertThat(this.registry.getContainer("second")).isNull();
		assertThat(this.registry.register(endpoint("third", "a", "c"), this.factory)).isNotNull();
		assertThatExceptionOfType(KinesisConfigurationException.class).as("the first one keeps its own")
			.isThrownBy(() -> this.registry.register(endpoint("fourth", "b"), this.factory));
	}

	@Test
	void reservesNothingWhenTheBeanNameExists() {
		this.beans.registerSingleton(KinesisListenerContainerRegistry.BEAN_NAME_PREFIX + "taken", List.of());
		assertThatIllegalStateException()
			.isThrownBy(() -> this.registry.register(endpoint("taken", "a"), this.factory));
		assertThat(this.registry.getContainer("taken")).isNull();
		assertThat(this.registry.register(endpoint("other", "a"), this.factory)).isNotNull();
	}

	private static final class Listener implements RecordsListener {

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			return null;
		}

		@Override
		public boolean isBatch() {
			return true;
		}

	}

}
