package io.kinesisspring.boot.console;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.kinesisspring.KinesisException;
import io.kinesisspring.listener.ShardStatus;

/**
 * Brings what the endpoint shows of a shard up to date. Pure functions.
 */
final class ShardNodes {

	/** What only the instance knows that holds the shard. */
	private static final List<String> LOCAL = List.of("activity", "stalled", "millisBehindLatest", "error", "since",
			"unacknowledged", "unacknowledgedSince");

	private ShardNodes() {
	}

	/**
	 * A shard that this instance does not hold, or no longer.
	 */
	static ObjectNode foreign(ObjectNode lease) {
		if (!lease.path("here").asBoolean()) {
			return lease;
		}
		ObjectNode shard = lease.deepCopy();
		shard.remove(LOCAL);
		return shard.put("here", false);
	}

	/**
	 * A shard that this instance holds.
	 */
	static void update(ObjectNode node, ShardStatus shard, @Nullable String worker) {
		node.remove(LOCAL);
		node.put("stream", shard.stream()).put("shard", shard.shardId()).put("state", "held").put("here", true);
		if (worker != null && !node.path("owner").asString("").startsWith(worker)) {
			node.put("owner", worker);
		}
		node.put("activity", shard.activity().name().toLowerCase(Locale.ROOT))
			.put("stalled", shard.stalled())
			.put("millisBehindLatest", shard.millisBehindLatest());
		if (shard.failure() != null) {
			node.put("error", text(shard.failure()));
		}
		if (shard.since() != null) {
			node.put("since", shard.since().toString());
		}
		if (shard.unacknowledged() > 0) {
			node.put("unacknowledged", shard.unacknowledged());
		}
		if (shard.unacknowledgedSince() != null) {
			node.put("unacknowledgedSince", shard.unacknowledgedSince().toString());
		}
	}

	/**
	 * As the endpoint writes it: {@link Throwable#toString()} would print payloads for
	 * the exceptions of {@code spring-messaging}.
	 */
	private static String text(Throwable ex) {
		String text = ex.getClass().getName() + ((ex.getMessage() != null) ? ": " + ex.getMessage() : "");
		return (ex instanceof KinesisException && ex.getCause() != null) ? text + "; caused by " + text(ex.getCause())
				: text;
	}

}
