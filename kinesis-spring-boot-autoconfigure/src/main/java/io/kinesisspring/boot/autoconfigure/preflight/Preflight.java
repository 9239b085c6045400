package io.kinesisspring.boot.autoconfigure.preflight;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.IamPermission;
import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.boot.autoconfigure.KinesisProperties;
import io.kinesisspring.deadletter.DeadLetterPublishingRecoverer;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.Scheduler;
import io.kinesisspring.shard.OnMissingStream;
import io.kinesisspring.shard.ReadMode;

/**
 * Checks, before the listeners start, each IAM action that the configuration needs. Fails
 * the start with all denied actions at once.
 */
final class Preflight implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(Preflight.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final KinesisProperties properties;

	private final KinesisListenerContainerRegistry registry;

	private final KinesisAsyncClient kinesis;

	private final List<PermissionCheck> applicationChecks;

	private final Scheduler scheduler;

	private volatile boolean running;

	Preflight(KinesisProperties properties, KinesisListenerContainerRegistry registry, KinesisAsyncClient kinesis,
			List<PermissionCheck> applicationChecks, Scheduler scheduler) {
		this.properties = properties;
		this.registry = registry;
		this.kinesis = kinesis;
		this.applicationChecks = applicationChecks;
		this.scheduler = scheduler;
	}

	@Override
	public void start() {
		this.running = true;
		try (EventLoop loop = this.scheduler.newLoop("kinesis-preflight")) {
			check(new DryRuns(loop));
		}
	}

	private void check(DryRuns dryRuns) {
		PermissionChecks checks = new PermissionChecks();
		StreamPermissions streams = new StreamPermissions(this.kinesis, checks, dryRuns);
		checkReading(ReadMode.POLLING, (stream, options) -> streams.checkPolling(stream));
		checkReading(ReadMode.FAN_OUT, (stream, options) -> streams.checkFanOut(stream, options.fanOut()));
		Map<String, CompletableFuture<Boolean>> written = new TreeMap<>();
		written().forEach((property, stream) -> {
			CompletableFuture<Boolean> exists = streams.checkSending(StreamIdentifier.of(stream));
			checks.await(exists);
			if (this.properties.producer().aggregation() == Aggregation.SHARD) {
				streams.checkAggregation(StreamIdentifier.of(stream));
			}
			written.put(property, exists);
		});
		checkApplications(checks);
		Set<IamPermission> denied = denied(checks);
		written.forEach(this::checkExistence);
		report(denied, dryRuns.unanswered());
	}

	private void checkExistence(String property, CompletableFuture<Boolean> exists) {
		boolean prepared = property.contains("dead-letter")
				&& this.properties.streams().onMissing() != OnMissingStream.FAIL;
		if (!prepared && !exists.getNow(true)) {
			throw new KinesisConfigurationException(
					property + " is '" + written().get(property) + "', which does not exist",
					"Create the stream, or correct its name");
		}
	}

	private void checkReading(ReadMode mode, BiConsumer<StreamIdentifier, ContainerOptions> check) {
		for (KinesisListenerContainer container : this.registry.getContainers()) {
			if (container.getOptions().mode() == mode) {
				container.getStreams().forEach((stream) -> check.accept(stream, container.getOptions()));
			}
		}
	}

	/**
	 * The streams that records are sent to, by the properties or annotations that name
	 * them.
	 */
	private Map<String, String> written() {
		Map<String, String> written = new TreeMap<>();
		add(written, "kinesis.producer.default-stream", this.properties.producer().defaultStream());
		add(written, "kinesis.consumer.error.dead-letter-stream",
				this.properties.consumer().error().deadLetterStream());
		this.properties.listeners()
			.forEach((id, listener) -> add(written, "kinesis.listeners." + id + ".error.dead-letter-stream",
					listener.error().deadLetterStream()));
		for (KinesisListenerContainer container : this.registry.getContainers()) {
			container.getReplyStreams()
				.forEach((stream) -> add(written, "@SendTo of the listener '" + container.getId() + "'",
						stream.value()));
			addDeadLetterStreams(written, container);
		}
		return written;
	}

	/**
	 * Those that have names of their own by default. A recoverer that does not prepare
	 * its streams may send to another account.
	 */
	private static void addDeadLetterStreams(Map<String, String> written, KinesisListenerContainer container) {
		if (container.getOptions().delivery().exhaustedRecoverer() instanceof DeadLetterPublishingRecoverer recoverer
				&& recoverer.preparesStreams()) {
			for (StreamIdentifier source : container.getStreams()) {
				String stream = recoverer.destination(source).value();
				if (!written.containsValue(stream)) {
					written.put(
							"The dead-letter stream of '" + source + "' for the listener '" + container.getId() + "'",
							stream);
				}
			}
		}
	}

	private static void add(Map<String, String> streams, String property, @Nullable String stream) {
		if (StringUtils.hasText(stream)) {
			streams.put(property, stream);
		}
	}

	private void checkApplications(PermissionChecks checks) {
		this.registry.getContainers()
			.stream()
			.map((container) -> container.getOptions().application())
			.filter(Objects::nonNull)
			.distinct()
			.map(String::valueOf)
			.forEach((application) -> this.applicationChecks.forEach((check) -> check.check(application, checks)));
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
			logger.warn("The preflight did not finish in time. The start continues", ex);
			return Set.of();
		}
	}

	private static void report(Set<IamPermission> denied, Set<String> unanswered) {
		if (!unanswered.isEmpty()) {
			logger.warn("The preflight could not check these actions, because their dry runs were throttled for "
					+ DryRuns.RETRY_TIMEOUT.toSeconds() + " s. A stream admits one a second for all instances: "
					+ String.join(", ", unanswered));
		}
		if (!denied.isEmpty()) {
			throw new KinesisAccessDeniedException(
					"The preflight found " + denied.size() + " denied action" + ((denied.size() != 1) ? "s" : ""),
					denied, null);
		}
		logger.info("The preflight found no denied actions");
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Before the first of the listeners.
	 */
	@Override
	public int getPhase() {
		int first = this.registry.getContainers()
			.stream()
			.mapToInt(KinesisListenerContainer::getPhase)
			.min()
			.orElse(KinesisListenerContainer.PHASE);
		return Math.max(first, Integer.MIN_VALUE + 1) - 1;
	}

}
