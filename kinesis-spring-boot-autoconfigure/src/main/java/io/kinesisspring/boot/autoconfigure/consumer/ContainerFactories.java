package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.OptionProperties;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.deadletter.DeadLetterPublishingRecoverer;
import io.kinesisspring.error.RecordRecoverer;
import io.kinesisspring.lease.LeaseStoreFactory;
import io.kinesisspring.listener.ContainerOptionsCustomizer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.producer.KinesisOperations;
import io.kinesisspring.shard.StreamClient;

/**
 * Creates container factories from {@link KinesisProperties} and the application's beans.
 * Thread-safe.
 */
final class ContainerFactories implements KinesisListenerContainerFactoryConfigurer {

	private final ConsumerPropertiesMapper mapper;

	private final LeaseStoreFactory leaseStores;

	private final Executor taskExecutor;

	private final ListenerBeans beans;

	private final List<ContainerOptionsCustomizer> customizers;

	private final RecordConverter converter;

	ContainerFactories(ConsumerPropertiesMapper mapper, LeaseStoreFactory leaseStores, Executor taskExecutor,
			ListenerBeans beans, List<ContainerOptionsCustomizer> customizers, RecordConverter converter) {
		this.mapper = mapper;
		this.leaseStores = leaseStores;
		this.taskExecutor = taskExecutor;
		this.beans = beans;
		this.customizers = customizers;
		this.converter = converter;
	}

	@Override
	public KinesisListenerContainerFactory create(KinesisAsyncClient client, KinesisOperations deadLetters) {
		Assert.notNull(client, "'client' must not be null");
		Assert.notNull(deadLetters, "'deadLetters' must not be null");
		Function<@Nullable String, RecordRecoverer> recoverers = (stream) -> {
			DeadLetterPublishingRecoverer.Builder recoverer = DeadLetterPublishingRecoverer.builder(deadLetters)
				.destination(this.beans.destinationResolver());
			return ((stream != null) ? recoverer.stream(stream) : recoverer).build();
		};
		return create(new StreamClient(client),
				new ListenerBeans(this.beans.errorHandler(), this.beans.recoverer(), this.beans.interceptors(),
						this.beans.shardListeners(), this.beans.observations(), this.beans.destinationResolver(),
						recoverers, this.beans.deadLetterServices()));
	}

	KinesisListenerContainerFactory create(StreamClient client) {
		return create(client, this.beans);
	}

	private KinesisListenerContainerFactory create(StreamClient client, ListenerBeans with) {
		KinesisListenerContainerFactory factory = new KinesisListenerContainerFactory(client, this.leaseStores,
				this.taskExecutor, this.mapper.containerOptions(with), (id, options) -> {
					this.mapper.customize(id, options, with);
					this.customizers.forEach((customizer) -> customizer.customize(id, options));
				});
		factory.setRecordConverter(this.converter);
		factory.setOptionTranslator((id, ex) -> OptionProperties.translate(ex, "kinesis.listeners." + id));
		return factory;
	}

}
