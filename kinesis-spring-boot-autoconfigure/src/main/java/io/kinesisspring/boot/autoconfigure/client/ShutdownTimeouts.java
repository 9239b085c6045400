package io.kinesisspring.boot.autoconfigure.client;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.env.Environment;

import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.KinesisTemplate;

/**
 * Makes the context wait for containers and templates until their own timeouts. With its
 * default of 30 seconds it would close the clients before longer timeouts have passed.
 * The property {@code spring.lifecycle.timeout-per-shutdown-phase} overrides this.
 */
final class ShutdownTimeouts implements ApplicationListener<ContextRefreshedEvent> {

	private static final String EXPLICIT = "spring.lifecycle.timeout-per-shutdown-phase";

	private static final Duration DEFAULT = Duration.ofSeconds(30);

	private static final Duration GRACE = Duration.ofSeconds(5);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	ShutdownTimeouts(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (!this.environment.containsProperty(EXPLICIT)) {
			existing(DefaultLifecycleProcessor.class).forEach(this::extend);
		}
	}

	private void extend(DefaultLifecycleProcessor processor) {
		existing(KinesisListenerContainerRegistry.class).flatMap((registry) -> registry.getContainers().stream())
			.map((container) -> container.getOptions().shutdownTimeout())
			.max(Duration::compareTo)
			.ifPresent((longest) -> extend(processor, KinesisListenerContainer.PHASE, longest));
		existing(KinesisTemplate.class)
			.forEach((template) -> extend(processor, template.getPhase(), template.options().shutdownTimeout()));
	}

	private static void extend(DefaultLifecycleProcessor processor, int phase, Duration timeout) {
		Duration needed = timeout.plus(GRACE);
		if (needed.compareTo(DEFAULT) > 0) {
			processor.setTimeoutForShutdownPhase(phase, needed.toMillis());
		}
	}

	private <T> Stream<T> existing(Class<T> type) {
		return Arrays.stream(this.beanFactory.getBeanNamesForType(type, false, false))
			.filter(this.beanFactory::containsSingleton)
			.map((name) -> this.beanFactory.getBean(name, type));
	}

}
