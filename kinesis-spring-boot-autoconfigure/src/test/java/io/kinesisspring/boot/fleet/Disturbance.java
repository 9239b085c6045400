package io.kinesisspring.boot.fleet;

import org.jspecify.annotations.Nullable;

/**
 * Something that was done to a worker, or to all of them, and that may be the reason why
 * records were processed again.
 */
final class Disturbance {

	/** A checkpoint is written once a second, and that takes a moment. */
	private static final long CHECKPOINT_LAG = 3_000;

	private static final long AFTERMATH = 2_000;

	private final String cause;

	private final @Nullable String worker;

	private final long from;

	private final boolean stopsTheProcess;

	private volatile long until = Long.MAX_VALUE;

	private Disturbance(String cause, @Nullable String worker, long from, boolean stopsTheProcess) {
		this.cause = cause;
		this.worker = worker;
		this.from = from;
		this.stopsTheProcess = stopsTheProcess;
	}

	static Disturbance of(String cause, String worker, long from) {
		return new Disturbance(cause, worker, from, false);
	}

	static Disturbance ofAll(String cause, long from) {
		return new Disturbance(cause, null, from, false);
	}

	/**
	 * The process stands still and goes on in the middle of whatever it was doing.
	 */
	static Disturbance ofTheProcess(String cause, String worker, long from) {
		return new Disturbance(cause, worker, from, true);
	}

	Disturbance until(long end) {
		this.until = end;
		return this;
	}

	String cause() {
		return this.cause;
	}

	/**
	 * Whether this is a reason why a record is processed again: what the worker before
	 * had processed was not checkpointed, or not long before.
	 */
	boolean explains(String before, long processed, long again) {
		return concerns(before) && again >= this.from && processed >= this.from - CHECKPOINT_LAG
				&& processed - AFTERMATH <= this.until;
	}

	/**
	 * Whether this is a reason why a worker finishes a record that was in its listener,
	 * long after it has lost the shard.
	 */
	boolean explainsLateness(String late, long at) {
		return this.stopsTheProcess && concerns(late) && at >= this.from && at - AFTERMATH <= this.until;
	}

	private boolean concerns(String other) {
		return this.worker == null || this.worker.equals(other);
	}

}
