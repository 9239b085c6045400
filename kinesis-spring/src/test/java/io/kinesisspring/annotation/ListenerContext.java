package io.kinesisspring.annotation;

import java.util.function.Consumer;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.task.SyncTaskExecutor;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.shard.StreamClient;

/**
 * Creates contexts with listeners that do not start by themselves.
 */
final class ListenerContext {

	private ListenerContext() {
	}

	static AnnotationConfigApplicationContext of(Consumer<AnnotationConfigApplicationContext> customizer,
			Class<?>... beans) {
		return of(new NoKinesis(), customizer, beans);
	}

	static AnnotationConfigApplicationContext of(KinesisAsyncClient client,
			Consumer<AnnotationConfigApplicationContext> customizer, Class<?>... beans) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.registerBean("postProcessor", KinesisListenerAnnotationBeanPostProcessor.class);
		context.registerBean("registry", KinesisListenerContainerRegistry.class,
				() -> new KinesisListenerContainerRegistry(context.getBeanFactory()));
		context.registerBean("converter", RecordConverter.class,
				() -> new JacksonRecordConverter(JsonMapper.builder().build()));
		context.registerBean(KinesisListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY,
				KinesisListenerContainerFactory.class,
				() -> new KinesisListenerContainerFactory(new StreamClient(client),
						(application) -> new InMemoryLeaseStore(), new SyncTaskExecutor(),
						ContainerOptions.defaults().toBuilder().application("app").build(),
						(id, options) -> options.autoStartup(false)));
		for (Class<?> bean : beans) {
			context.register(bean);
		}
		customizer.accept(context);
		context.refresh();
		return context;
	}

	/**
	 * The only container.
	 */
	static KinesisListenerContainer container(AnnotationConfigApplicationContext context) {
		return context.getBean(KinesisListenerContainer.class);
	}

	/**
	 * Never called.
	 */
	private static final class NoKinesis implements KinesisAsyncClient {

		@Override
		public String serviceName() {
			return "kinesis";
		}

		@Override
		public void close() {
		}

	}

}
