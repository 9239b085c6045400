package io.kinesisspring.listener;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.kinesisspring.shard.ShardSession;

/**
 * Submits the work of a session to the executor. If the executor rejects it, because it
 * is full or no thread is available, it is submitted again after a back-off, as long as
 * the session is active. Thread-safe.
 */
final class ExecutorHandoff {

	private static final Log logger = LogFactory.getLog(ExecutorHandoff.class);

	/**
	 * The longest back-off, in seconds. An executor usually has capacity again within
	 * seconds.
	 */
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
	 * Submit work.
	 * @return whether it runs or will run; otherwise {@link Work} is notified
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
	 * The session has ended: its rejections no longer count as failures of the shard.
	 */
	void close() {
		this.shardMonitor.deliveryRecovered(this);
	}

	/**
	 * Work for the executor.
	 */
	interface Work {

		/**
		 * Run the work. Never throws.
		 */
		void run();

		/**
		 * The executor has rejected the work once more.
		 * @return the number of rejections in a row
		 */
		int countRejection();

		/**
		 * The back-off after a rejection is over.
		 */
		void retry();

		/**
		 * The work will not run, because the session has ended.
		 */
		void abandon();

	}

	/**
	 * Runs at most once. An executor may keep a task and still throw, because it could
	 * not start a thread.
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
