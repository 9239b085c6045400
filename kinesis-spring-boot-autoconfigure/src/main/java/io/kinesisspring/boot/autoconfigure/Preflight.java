package io.kinesisspring.boot.autoconfigure;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.IamPermission;
import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.shard.ReadMode;

/**
 * Before the listeners start: checks each action that the configuration is known to need,
 * and fails the start with all that are denied at once.
 */
final class Preflight implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(Preflight.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final KinesisProperties properties;

	private final KinesisListenerContainerRegistry registry;

	private final KinesisAsyncClient kinesis;

	private final Supplier<@Nullable DynamoDbLeaseStores> tables;

	private volatile boolean running;

	Preflight(KinesisProperties properties, KinesisListenerContainerRegistry registry, KinesisAsyncClient kinesis,
			Supplier<@Nullable DynamoDbLeaseStores> tables) {
		this.properties = properties;
		this.registry = registry;
		this.kinesis = kinesis;
		this.tables = tables;
	}

	@Override
	public void start() {
		this.running = true;
		PermissionChecks checks = new PermissionChecks();
		StreamPermissions streams = new StreamPermissions(this.kinesis, checks);
		this.registry.getContainers().forEach((container) -> checkReading(container, streams));
		written().forEach((stream) -> streams.checkSending(StreamIdentifier.of(stream)));
		checkTables(checks);
		report(denied(checks));
	}

	private static void checkReading(KinesisListenerContainer container, StreamPermissions streams) {
		ContainerOptions options = container.getOptions();
		for (StreamIdentifier stream : container.getStreams()) {
			if (options.mode() == ReadMode.FAN_OUT) {
				streams.checkFanOut(stream, options.fanOut());
			}
			else {
				streams.checkPolling(stream);
			}
		}
	}

	/**
	 * The streams that are sent to, as far as the configuration names them.
	 */
	private Set<String> written() {
		Set<String> written = new TreeSet<>();
		add(written, this.properties.getProducer().getDefaultStream());
		add(written, this.properties.getConsumer().getError().getDeadLetterStream());
		this.properties.getListeners()
			.values()
			.forEach((listener) -> add(written, listener.getError().getDeadLetterStream()));
		return written;
	}

	private static void add(Set<String> streams, @Nullable String stream) {
		if (StringUtils.hasText(stream)) {
			streams.add(stream);
		}
	}

	private void checkTables(PermissionChecks checks) {
		DynamoDbLeaseStores stores = this.tables.get();
		if (stores == null) {
			return;
		}
		this.registry.getContainers()
			.stream()
			.map((container) -> container.getOptions().application())
			.filter(Objects::nonNull)
			.distinct()
			.map(String::valueOf)
			.forEach((application) -> new TablePermissions(stores.client(), checks).check(stores.table(application),
					stores.imports(application)));
	}

	private static Set<IamPermission> denied(PermissionChecks checks) {
		try {
			return checks.denied().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Set.of();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("The preflight could not be finished; the start goes on", ex);
			return Set.of();
		}
	}

	private static void report(Set<IamPermission> denied) {
		if (!denied.isEmpty()) {
			throw new KinesisAccessDeniedException("The preflight found " + denied.size() + " actions that are denied",
					denied, null);
		}
		logger.info("The preflight found nothing that is denied");
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return KinesisListenerContainer.PHASE - 1;
	}

}
