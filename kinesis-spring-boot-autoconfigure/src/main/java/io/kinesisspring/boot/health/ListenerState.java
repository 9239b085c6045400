package io.kinesisspring.boot.health;

import java.util.Locale;

import org.springframework.boot.health.contributor.Status;

/**
 * How a listener gets on, in one word. The worse come first.
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
	 * Something needs a look, and stopping the instance would not help: nothing that
	 * takes traffic away or restarts anything by default.
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
