package io.kinesisspring.redrive;

import java.util.concurrent.CompletableFuture;

/**
 * A redrive that has been started. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Redrive {

	private final RedriveRun run;

	Redrive(RedriveRun run) {
		this.run = run;
	}

	/**
	 * How far it has come.
	 * @return the progress
	 */
	public RedriveProgress progress() {
		return this.run.progress();
	}

	/**
	 * Its end. The future completes normally, also if the redrive has failed or was
	 * stopped; the state says so.
	 * @return completes when nothing is sent any more and the positions are released
	 */
	public CompletableFuture<RedriveProgress> result() {
		return this.run.result().copy();
	}

	/**
	 * Stop it after the records that are being sent. Does nothing at its end.
	 */
	public void stop() {
		this.run.stop();
	}

}
