package io.kinesisspring.listener;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.shard.ShardSession;

/**
 * Hands the work of a session to the executor. What that does not take, because it is
 * full or there is no thread to be had, is handed over again after a pause for as long as
 * the session is active. Thread-safe.
 */
final class ExecutorHandoff {

	private static final Log logger = LogFactory.getLog(ExecutorHandoff.class);

	/** Pauses grow up to this one: an executor has room again within seconds. */
	private static final int LONGEST_PAUSE = 5;

	private final AtomicBoolean rejecting = new AtomicBoolean();

	private final DeliveryContext context;

	private final ShardSession session;

	private final ShardProgressMonitor shardMonitor;

	ExecutorHandoff(DeliveryContext context, ShardSession session, ShardProgressMonitor shardMonitor) {
		this.context = context;
		this.session = session;
		this.shardMonitor = shardMonitor;
	}

	/**
	 * Hand work over.
	 * @return whether it runs, or will; if not it has been told, or will be
	 */
	boolean execute(Work work) {
		Task task = new Task(work);
		try {
			this.context.executor().execute(task);
		}
		catch (Throwable ex) {
			if (task.cancel()) {
				executionRejected(work, ex);
				return false;
			}
		}
		return true;
	}

	private void runTask(Work work) {
		if (this.rejecting.get() && this.rejecting.compareAndSet(true, false)) {
			this.shardMonitor.deliveryRecovered(this);
			logger.info("The executor accepts tasks again: " + this.session);
		}
		work.run();
	}

	private void executionRejected(Work work, Throwable ex) {
		if (!this.session.isActive()) {
			work.abandon();
			return;
		}
		if (this.rejecting.compareAndSet(false, true) && this.shardMonitor.failureLog().permits()) {
			logger.warn("The executor rejects the records of " + this.session
					+ ". They are submitted again until it accepts them. Give it more threads or a larger queue if this happens often",
					ex);
		}
		this.shardMonitor.deliveryFailed(this, ex);
		new DeliveryEvents(this.context.observer(), this.shardMonitor)
			.publish((events) -> events.onExecutorRejected(this.shardMonitor.shard(), ex));
		this.session.afterPause(pause(work.countRejection()), work::retry);
		if (!this.session.isActive()) {
			close();
		}
	}

	private Duration pause(int rejections) {
		return this.context.errorHandlerInvoker().backOff(Math.min(rejections, LONGEST_PAUSE));
	}

	/**
	 * The session is over: its rejections no longer count as failures of the shard.
	 */
	void close() {
		this.shardMonitor.deliveryRecovered(this);
	}

	/**
	 * What is to be done on the executor.
	 */
	interface Work {

		/**
		 * Do it. Never throws.
		 */
		void run();

		/**
		 * It has been refused once more.
		 * @return how often in a row
		 */
		int countRejection();

		/**
		 * The pause behind a refusal is over.
		 */
		void retry();

		/**
		 * It will not be done, as the session is over.
		 */
		void abandon();

	}

	/**
	 * Runs once or not at all: an executor may have kept what it then could not start a
	 * thread for.
	 */
	private final class Task implements Runnable {

		private final AtomicBoolean decided = new AtomicBoolean();

		private final Work work;

		private Task(Work work) {
			this.work = work;
		}

		private boolean cancel() {
			return this.decided.compareAndSet(false, true);
		}

		@Override
		public void run() {
			if (this.decided.compareAndSet(false, true)) {
				runTask(this.work);
			}
		}

	}

}
