package io.kinesisspring.boot.health;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

/**
 * Reports the health of this instance's listeners, from what the instance knows itself.
 * It never calls AWS and never blocks. The status is that of the worst listener.
 */
final class KinesisHealthIndicator extends AbstractHealthIndicator {

	/** Three times as long as it takes to notice that an instance has died. */
	private static final int FAILOVERS = 3;

	private final KinesisListenerContainerRegistry registry;

	private final Duration lagThreshold;

	KinesisHealthIndicator(KinesisListenerContainerRegistry registry, Duration lagThreshold) {
		super("Kinesis health check failed");
		this.registry = registry;
		this.lagThreshold = lagThreshold;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Map<String, ListenerHealth> listeners = new TreeMap<>();
		this.registry.getAllContainers().forEach((container) -> listeners.put(container.getId(), health(container)));
		Status worst = listeners.values()
			.stream()
			.map(ListenerHealth::state)
			.min(Comparator.naturalOrder())
			.map(ListenerState::status)
			.orElse(Status.UP);
		Map<String, Object> details = new TreeMap<>();
		listeners.forEach((id, health) -> details.put(id, health.details()));
		builder.status(worst).withDetail("listeners", details);
	}

	private ListenerHealth health(KinesisListenerContainer container) {
		return new ListenerHealth(container.getStatus(), this.lagThreshold,
				container.getOptions().lease().failoverAfter().multipliedBy(FAILOVERS));
	}

}
