package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.Collection;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.boot.autoconfigure.ListenerProperties;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

/**
 * Warns about properties of retries and dead letters that have no effect, because a bean
 * of the application replaces them or because they contradict each other.
 */
final class IgnoredErrorProperties implements ApplicationListener<ContextRefreshedEvent> {

	private static final Log logger = LogFactory.getLog(IgnoredErrorProperties.class);

	private static final String PREFIX = "kinesis.consumer.";

	private static final List<String> OF_THE_HANDLER = List.of("retry.max-attempts", "retry.initial-interval",
			"retry.multiplier", "retry.max-interval", "retry.not-retryable", "error.on-exhausted");

	private final ListenerProperties.Error properties;

	private final ListenerBeans beans;

	private final KinesisListenerContainerRegistry registry;

	private final ApplicationContext context;

	IgnoredErrorProperties(KinesisProperties properties, ListenerBeans beans, KinesisListenerContainerRegistry registry,
			ApplicationContext context) {
		this.properties = properties.consumer().error();
		this.beans = beans;
		this.registry = registry;
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (event.getApplicationContext() == this.context) {
			check();
		}
	}

	private void check() {
		Binder binder = Binder.get(this.context.getEnvironment());
		if (this.beans.errorHandler() != null) {
			List<String> ignored = OF_THE_HANDLER.stream()
				.map(PREFIX::concat)
				.filter((key) -> binder.bind(key, Bindable.listOf(String.class)).isBound())
				.toList();
			if (!ignored.isEmpty()) {
				logger.warn("The ErrorHandler bean handles failures. These properties have no effect: "
						+ String.join(", ", ignored));
			}
		}
		DeadLetterTarget target = DeadLetterTarget.of("kinesis.consumer", this.properties);
		if (target != null) {
			check(target, this.registry.getContainers());
		}
		if (this.beans.recoverer() != null && this.beans.destinationResolver() != null) {
			logger.warn("The RecordRecoverer bean takes dead letters, so that the DeadLetterDestinationResolver bean "
					+ "has no effect");
		}
	}

	private void check(DeadLetterTarget target, Collection<KinesisListenerContainer> containers) {
		if (this.beans.recoverer() != null) {
			logger.warn("The RecordRecoverer bean takes dead letters, so that " + target.property() + " ('"
					+ target.value() + "') has no effect");
		}
		else if (!containers.isEmpty() && containers.stream()
			.map(KinesisListenerContainer::getOptions)
			.noneMatch(IgnoredErrorProperties::mayMakeDeadLetters)) {
			logger.warn(target.property() + " ('" + target.value()
					+ "') has no effect, as no listener's on-exhausted is dead-letter: "
					+ containers.stream().map(KinesisListenerContainer::getId).sorted().toList());
		}
	}

	private static boolean mayMakeDeadLetters(ContainerOptions options) {
		return !(options.delivery().errorHandler() instanceof DefaultErrorHandler handler)
				|| (handler.onExhausted() == OnExhausted.DEAD_LETTER && handler.recoverer() == null);
	}

}
