package io.kinesisspring.boot.endpoint;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.ListenerStatus;
import io.kinesisspring.listener.ShardStatus;
import io.kinesisspring.shard.ShardState.Activity;

/**
 * Describes containers and leases. Pure functions.
 */
final class Descriptions {

	private Descriptions() {
	}

	static KinesisDescriptor.Summary summary(KinesisListenerContainer container) {
		ListenerStatus status = container.getStatus();
		List<ShardStatus> shards = status.shards();
		return new KinesisDescriptor.Summary(String.valueOf(container.getOptions().application()),
				container.getStreams().stream().map(StreamIdentifier::name).toList(), word(status.phase()),
				status.since(), status.workerId(), text(status.failure()), shards.size(),
				count(shards, Activity.PAUSED), count(shards, Activity.STOPPED),
				shards.stream().filter(ShardStatus::stalled).count(),
				shards.stream().mapToLong(ShardStatus::millisBehindLatest).max().orElse(0));
	}

	private static long count(List<ShardStatus> shards, Activity activity) {
		return shards.stream().filter((shard) -> shard.activity() == activity).count();
	}

	static List<KinesisDescriptor.Shard> shards(Collection<Lease> leases, ListenerStatus status) {
		Map<String, ShardStatus> mine = new HashMap<>();
		status.shards().forEach((shard) -> mine.put(shard.stream() + "/" + shard.shardId(), shard));
		String worker = status.workerId();
		return leases.stream()
			.sorted(Comparator.comparing(Lease::stream).thenComparing(Lease::shardId))
			.map((lease) -> {
				String owner = lease.owner();
				boolean here = owner != null && worker != null && owner.startsWith(worker);
				return shard(lease, here, here ? mine.get(lease.stream() + "/" + lease.shardId()) : null);
			})
			.toList();
	}

	private static KinesisDescriptor.Shard shard(Lease lease, boolean here, @Nullable ShardStatus local) {
		String held = (lease.owner() != null) ? "held" : "free";
		return new KinesisDescriptor.Shard(lease.stream(), lease.shardId(), lease.isFinished() ? "finished" : held,
				lease.owner(), here, lease.epoch(), Position.write(lease.checkpoint()), lease.parents(),
				(local != null) ? word(local.activity()) : null, (local != null) ? local.stalled() : null,
				(local != null) ? local.millisBehindLatest() : null, (local != null) ? text(local.failure()) : null,
				(local != null) ? local.since() : null,
				(local != null && local.unacknowledged() > 0) ? local.unacknowledged() : null,
				(local != null) ? local.unacknowledgedSince() : null);
	}

	static String word(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * {@link Throwable#toString()} would print payloads for the exceptions of
	 * {@code spring-messaging}.
	 */
	static @Nullable String text(@Nullable Throwable ex) {
		if (ex == null) {
			return null;
		}
		String text = ex.getClass().getName() + ((ex.getMessage() != null) ? ": " + ex.getMessage() : "");
		return (ex instanceof KinesisException && ex.getCause() != null) ? text + "; caused by " + text(ex.getCause())
				: text;
	}

}
