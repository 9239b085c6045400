package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

/**
 * Warns about properties of listeners and applications that do not exist. Configuration
 * may be shared and listeners may be added later, so the start does not fail.
 */
final class ListenerPropertiesCheck implements ApplicationListener<ContextRefreshedEvent> {

	private static final Log logger = LogFactory.getLog(ListenerPropertiesCheck.class);

	private final KinesisProperties properties;

	private final KinesisListenerContainerRegistry registry;

	private final ApplicationContext context;

	ListenerPropertiesCheck(KinesisProperties properties, KinesisListenerContainerRegistry registry,
			ApplicationContext context) {
		this.properties = properties;
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
		Set<String> ids = this.registry.getAllContainers()
			.stream()
			.map(KinesisListenerContainer::getId)
			.collect(Collectors.toCollection(TreeSet::new));
		this.properties.listeners()
			.keySet()
			.stream()
			.filter((id) -> !ids.contains(id))
			.forEach((id) -> logger.warn("kinesis.listeners." + id
					+ ".* has no effect: there is no listener with the id '" + id + "', only " + ids));
		Set<String> applications = this.registry.getAllContainers()
			.stream()
			.map((container) -> String.valueOf(container.getOptions().application()))
			.collect(Collectors.toCollection(TreeSet::new));
		this.properties.lease()
			.tableNames()
			.keySet()
			.stream()
			.filter((application) -> !applications.contains(application))
			.forEach((application) -> logger
				.warn("kinesis.lease.table-names." + application + " has no effect: no listener is of the application '"
						+ application + "', only of " + applications));
	}

}
