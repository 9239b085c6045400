package io.kinesisspring.boot.autoconfigure;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

/**
 * Says which {@code kinesis.listeners.<id>.*} properties nobody listens to. A warning and
 * no failure, as configuration may be shared and listeners may be added later.
 */
final class ListenerPropertiesCheck implements ApplicationListener<ContextRefreshedEvent> {

	private static final Log logger = LogFactory.getLog(ListenerPropertiesCheck.class);

	private final KinesisProperties properties;

	private final KinesisListenerContainerRegistry registry;

	ListenerPropertiesCheck(KinesisProperties properties, KinesisListenerContainerRegistry registry) {
		this.properties = properties;
		this.registry = registry;
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		Set<String> ids = this.registry.getContainers()
			.stream()
			.map(KinesisListenerContainer::getId)
			.collect(Collectors.toCollection(TreeSet::new));
		this.properties.getListeners()
			.keySet()
			.stream()
			.filter((id) -> !ids.contains(id))
			.forEach((id) -> logger.warn("kinesis.listeners." + id
					+ ".* has no effect: there is no listener with the id '" + id + "', only " + ids));
	}

}
