package io.kinesisspring.boot.health;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.IamPermission;
import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.listener.ListenerStatus;
import io.kinesisspring.listener.ShardStatus;
import io.kinesisspring.shard.ShardState.Activity;

/**
 * The health of one listener: its state, and details that stay small however many shards
 * there are.
 */
final class ListenerHealth {

	/** How many shards are shown, the worst first. */
	static final int MOST_SHARDS = 20;

	private static final int MOST_CHARACTERS = 300;

	private static final Comparator<ShardStatus> WORST_FIRST = Comparator
		.comparing((ShardStatus shard) -> shard.activity() != Activity.STOPPED)
		.thenComparing((shard) -> !shard.stalled())
		.thenComparing((shard) -> shard.failure() == null)
		.thenComparing(Comparator.comparingLong(ShardStatus::millisBehindLatest).reversed())
		.thenComparing(ShardStatus::stream)
		.thenComparing(ShardStatus::shardId);

	private final ListenerStatus status;

	private final Duration lagThreshold;

	private final Duration ownerTimeout;

	/**
	 * Create it.
	 * @param status how the listener stands
	 * @param lagThreshold how far behind a shard may be
	 * @param ownerTimeout how long a shard may be without an owner
	 */
	ListenerHealth(ListenerStatus status, Duration lagThreshold, Duration ownerTimeout) {
		this.status = status;
		this.lagThreshold = lagThreshold;
		this.ownerTimeout = ownerTimeout;
	}

	ListenerState state() {
		return switch (this.status.phase()) {
			case FAILED -> (this.status.failure() instanceof KinesisAccessDeniedException) ? ListenerState.DENIED
					: ListenerState.FAILED;
			case STARTING -> ListenerState.STARTING;
			case STOPPED -> ListenerState.STOPPED;
			case RUNNING -> running();
		};
	}

	private ListenerState running() {
		List<ShardStatus> shards = this.status.shards();
		if (this.status.failure() != null) {
			return ListenerState.DENIED;
		}
		if (this.status.cutOff()) {
			return ListenerState.CUT_OFF;
		}
		if (shards.stream().anyMatch((shard) -> shard.stalled() || shard.activity() == Activity.STOPPED)) {
			return ListenerState.STALLED;
		}
		if (shards.isEmpty() && this.status.unclaimed().compareTo(this.ownerTimeout) > 0) {
			return ListenerState.NO_LEASE;
		}
		if (shards.stream().anyMatch((shard) -> shard.activity() == Activity.READING && isLagging(shard))) {
			return ListenerState.LAGGING;
		}
		boolean paused = !shards.isEmpty() && shards.stream().allMatch((shard) -> shard.activity() == Activity.PAUSED);
		return paused ? ListenerState.PAUSED : ListenerState.CONSUMING;
	}

	private boolean isLagging(ShardStatus shard) {
		return shard.millisBehindLatest() > this.lagThreshold.toMillis();
	}

	Map<String, Object> details() {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("state", state().word());
		put(details, "since", this.status.since());
		put(details, "error", describe(this.status.failure()));
		if (this.status.failure() instanceof KinesisAccessDeniedException denied) {
			IamPermission missing = denied.getPermissions().get(0);
			details.put("action", missing.action());
			details.put("resource", missing.resource());
		}
		if (!this.status.unclaimed().isZero()) {
			details.put("unclaimedShardsFor", this.status.unclaimed());
		}
		if (this.status.phase() == ListenerStatus.Phase.RUNNING) {
			shards(details);
		}
		return details;
	}

	private void shards(Map<String, Object> details) {
		List<ShardStatus> shards = this.status.shards();
		details.put("held", shards.size());
		details.put("maxMillisBehindLatest",
				shards.stream().mapToLong(ShardStatus::millisBehindLatest).max().orElse(0));
		details.put("shards", shards.stream().sorted(WORST_FIRST).limit(MOST_SHARDS).map(this::shard).toList());
		if (shards.size() > MOST_SHARDS) {
			details.put("shardsNotShown", shards.size() - MOST_SHARDS);
		}
	}

	private Map<String, Object> shard(ShardStatus shard) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("stream", shard.stream());
		details.put("shard", shard.shardId());
		details.put("state", word(shard));
		details.put("millisBehindLatest", shard.millisBehindLatest());
		put(details, "since", shard.since());
		if (shard.unacknowledged() > 0) {
			details.put("unacknowledged", shard.unacknowledged());
			put(details, "unacknowledgedSince", shard.unacknowledgedSince());
		}
		Throwable failure = shard.failure();
		put(details, "error", describe(failure));
		if (shard.activity() == Activity.STOPPED && failure != null) {
			put(details, "cause", describe(failure.getCause()));
		}
		return details;
	}

	private String word(ShardStatus shard) {
		return switch (shard.activity()) {
			case STOPPED -> "stopped";
			case PAUSED -> "paused";
			case READING -> {
				if (shard.stalled()) {
					yield "stalled";
				}
				if (shard.failure() != null) {
					yield "retrying";
				}
				yield isLagging(shard) ? "lagging" : "consuming";
			}
		};
	}

	private static void put(Map<String, Object> details, String name, @Nullable Object value) {
		if (value != null) {
			details.put(name, value);
		}
	}

	private static @Nullable String describe(@Nullable Throwable ex) {
		if (ex == null) {
			return null;
		}
		String text = ex.getClass().getName() + ((ex.getMessage() != null) ? ": " + ex.getMessage() : "");
		return (text.length() > MOST_CHARACTERS) ? text.substring(0, MOST_CHARACTERS) + "…" : text;
	}

}
