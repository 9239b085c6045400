package io.kinesisspring.boot.fleet;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Comparator;

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

	private boolean byItself;

	private volatile long until = Long.MAX_VALUE;

	/**
	 * The one that began last comes first, and what was done comes before what the
	 * machine did by itself.
	 */
	static Comparator<Disturbance> likeliestFirst() {
		return Comparator.comparing((Disturbance disturbance) -> disturbance.byItself)
			.thenComparing((disturbance) -> disturbance.from, Comparator.reverseOrder());
	}

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

	/**
	 * Nobody did it: the machine was too busy.
	 */
	Disturbance byItself() {
		this.byItself = true;
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

	@Override
	public String toString() {
		return this.cause + ((this.worker != null) ? ", " + this.worker : "") + ", for " + (this.until - this.from)
				+ " ms until " + LocalTime.ofInstant(Instant.ofEpochMilli(this.until), ZoneId.systemDefault());
	}

	private boolean concerns(String other) {
		return this.worker == null || this.worker.equals(other);
	}

}
