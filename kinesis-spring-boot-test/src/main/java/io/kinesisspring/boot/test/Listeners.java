package io.kinesisspring.boot.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.converter.RecordConverter;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.ContainerOptionsCustomizer;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;
import io.kinesisspring.listener.ListenerStatus;
import io.kinesisspring.listener.RecordInterceptor;
import io.kinesisspring.listener.ShardStatus;

/**
 * The listeners of a context, as {@link KinesisTester} sees them. It adds a probe to each
 * of them. Thread-safe.
 */
final class Listeners implements ContainerOptionsCustomizer {

	private final Map<String, ListenerProbe> probes = new ConcurrentHashMap<>();

	private final ObjectProvider<KinesisListenerContainerRegistry> registry;

	private final RecordConverter converter;

	/**
	 * Create it for the containers of a registry, if there is one.
	 */
	Listeners(ObjectProvider<KinesisListenerContainerRegistry> registry, RecordConverter converter) {
		this.registry = registry;
		this.converter = converter;
	}

	/**
	 * Add a probe behind all interceptors of a container.
	 */
	@Override
	public void customize(String id, ContainerOptions.Builder options) {
		ListenerProbe probe = this.probes.computeIfAbsent(id, (key) -> new ListenerProbe(key, this.converter));
		List<RecordInterceptor> interceptors = new ArrayList<>(options.build().delivery().interceptors());
		interceptors.add(probe.interceptor());
		options.interceptors(interceptors);
	}

	ListenerProbe probe(String id) {
		ListenerProbe probe = this.probes.get(id);
		if (probe == null) {
			throw unknown(id);
		}
		return probe;
	}

	private KinesisListenerContainer container(String id) {
		KinesisListenerContainerRegistry known = this.registry.getIfAvailable();
		KinesisListenerContainer container = (known != null) ? known.getContainer(id) : null;
		if (container == null) {
			throw unknown(id);
		}
		return container;
	}

	private IllegalArgumentException unknown(String id) {
		KinesisListenerContainerRegistry known = this.registry.getIfAvailable();
		List<String> ids = (known != null)
				? known.getAllContainers().stream().map(KinesisListenerContainer::getId).sorted().toList() : List.of();
		return new IllegalArgumentException("There is no listener with the id '" + id + "', only " + ids);
	}

	void awaitAssignment(String id, EmbeddedKinesisServer server, Duration timeout) {
		KinesisListenerContainer container = container(id);
		await(container, timeout, "read", (leases) -> {
			Map<String, Lease> byKey = byKey(leases);
			List<String> unassigned = new ArrayList<>();
			for (StreamIdentifier stream : container.getStreams()) {
				for (String shard : server.openShards(stream.name())) {
					Lease lease = byKey.get(key(stream.name(), shard));
					if (lease == null || lease.owner() == null) {
						unassigned.add(shard + " of '" + stream.name() + "'");
					}
				}
			}
			return unassigned;
		});
	}

	void awaitCaughtUp(String id, EmbeddedKinesisServer server, Duration timeout) {
		KinesisListenerContainer container = container(id);
		Map<String, KinesisRecord<byte[]>> last = new LinkedHashMap<>();
		records(container, server).forEach((record) -> last.put(key(record.stream(), record.shardId()), record));
		await(container, timeout, "processed",
				(leases) -> uncovered(last.values(), byKey(leases)).stream()
					.map((record) -> "all up to " + record.position())
					.toList());
	}

	List<KinesisRecord<byte[]>> unprocessed(String id, EmbeddedKinesisServer server) {
		KinesisListenerContainer container = container(id);
		return uncovered(records(container, server), byKey(container.getLeases().join()));
	}

	private static List<KinesisRecord<byte[]>> records(KinesisListenerContainer container,
			EmbeddedKinesisServer server) {
		return container.getStreams()
			.stream()
			.flatMap((stream) -> StoredRecords.of(server, stream.name()).stream())
			.toList();
	}

	private static List<KinesisRecord<byte[]>> uncovered(Collection<KinesisRecord<byte[]>> records,
			Map<String, Lease> leases) {
		return records.stream()
			.filter((record) -> !isCovered(record, leases.get(key(record.stream(), record.shardId()))))
			.toList();
	}

	private static boolean isCovered(KinesisRecord<byte[]> record, @Nullable Lease lease) {
		if (lease == null || lease.checkpoint() instanceof Checkpoint.TrimHorizon) {
			return false;
		}
		if (lease.checkpoint() instanceof Checkpoint.AtTimestamp start) {
			return record.approximateArrival().isBefore(start.timestamp());
		}
		return !(lease.checkpoint() instanceof Checkpoint.After after)
				|| after.compareTo(new Checkpoint.After(record.sequenceNumber(), record.subSequenceNumber())) >= 0;
	}

	private static Map<String, Lease> byKey(List<Lease> leases) {
		return leases.stream().collect(Collectors.toMap(Lease::key, Function.identity(), (one, other) -> other));
	}

	private static String key(String stream, String shardId) {
		return stream + "_" + shardId;
	}

	/**
	 * Wait until nothing is missing any more. A listener that has failed never gets
	 * there.
	 */
	private static void await(KinesisListenerContainer container, Duration timeout, String verb,
			Function<List<Lease>, List<String>> missing) {
		String listener = "The listener '" + container.getId() + "'";
		Waiting.forValue(timeout, () -> {
			ListenerStatus status = container.getStatus();
			if (status.phase() == ListenerStatus.Phase.FAILED) {
				throw new AssertionError(listener + " has failed", status.failure());
			}
			try {
				List<String> left = missing.apply(container.getLeases().join());
				return left.isEmpty() ? Waiting.Result.of(container)
						: Waiting.Result.missing(listener + " has not " + verb + " " + String.join(", ", left)
								+ "; it is " + status.phase().name().toLowerCase(Locale.ROOT), failure(status));
			}
			catch (CompletionException ex) {
				return Waiting.Result.missing(listener + " has no table of leases yet", ex.getCause());
			}
		});
	}

	private static @Nullable Throwable failure(ListenerStatus status) {
		return status.shards()
			.stream()
			.map(ShardStatus::failure)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(status.failure());
	}

}
