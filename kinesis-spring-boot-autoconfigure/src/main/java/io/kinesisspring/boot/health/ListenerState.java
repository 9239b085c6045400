package io.kinesisspring.boot.health;

import java.util.Locale;

import org.springframework.boot.health.contributor.Status;

/**
 * The state of a listener. Worse states come first.
 */
enum ListenerState {

	/** It has been refused to go on, and has stopped. */
	DENIED(Status.DOWN),

	/** It could not be started. */
	FAILED(Status.DOWN),

	/** It cannot reach its lease store and delivers nothing until it can. */
	CUT_OFF(ListenerState.DEGRADED),

	/** A shard does not get on, or has been stopped by a failure. */
	STALLED(ListenerState.DEGRADED),

	/** It has no shard though there are some that nobody reads. */
	NO_LEASE(ListenerState.DEGRADED),

	/** A shard is further behind than it should be. */
	LAGGING(ListenerState.DEGRADED),

	/** It is being started, or waits for its stream. */
	STARTING(Status.UP),

	/** It has been stopped on purpose. */
	STOPPED(Status.UP),

	/** All its shards have been paused. */
	PAUSED(Status.UP),

	/** All is well. */
	CONSUMING(Status.UP);

	/**
	 * Somebody should look at the listener, but a restart of the instance would not help.
	 * By default this status neither removes traffic nor restarts anything.
	 */
	static final String DEGRADED = "DEGRADED";

	private final Status status;

	ListenerState(Status status) {
		this.status = status;
	}

	ListenerState(String status) {
		this(new Status(status));
	}

	Status status() {
		return this.status;
	}

	String word() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
