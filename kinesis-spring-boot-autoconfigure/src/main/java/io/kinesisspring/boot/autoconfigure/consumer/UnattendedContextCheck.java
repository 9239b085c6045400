package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.List;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.annotation.KinesisListenerAnnotationBeanPostProcessor;

/**
 * Fails the start of a context whose listeners nobody would call: a parent or a child of
 * this context that is not auto-configured itself. A context that has switched listeners
 * off is left alone.
 */
final class UnattendedContextCheck implements ApplicationListener<ContextRefreshedEvent> {

	private static final String ENABLED = "kinesis.consumer.enabled";

	private final ApplicationContext context;

	UnattendedContextCheck(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * A context receives the events of its children, too.
	 */
	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (event.getApplicationContext() != this.context) {
			check(event.getApplicationContext());
			return;
		}
		for (ApplicationContext parent = this.context.getParent(); parent != null; parent = parent.getParent()) {
			check(parent);
		}
	}

	private static void check(ApplicationContext other) {
		BeanFactory beanFactory = (other instanceof ConfigurableApplicationContext configurable)
				? configurable.getBeanFactory() : other;
		if (!(beanFactory instanceof ConfigurableListableBeanFactory beans)
				|| !other.getEnvironment().getProperty(ENABLED, Boolean.class, true)) {
			return;
		}
		List<String> names = KinesisListenerAnnotationBeanPostProcessor.findUnattendedListeners(beans);
		if (!names.isEmpty()) {
			throw new KinesisConfigurationException("The beans " + names + " of the context '" + other.getDisplayName()
					+ "' have @KinesisListener methods, and that context has no auto-configuration of its own, so that nobody would call them",
					"Enable auto-configuration in that context (@EnableAutoConfiguration), move the beans to the context that has it, or set kinesis.consumer.enabled=false in that context");
		}
	}

}
