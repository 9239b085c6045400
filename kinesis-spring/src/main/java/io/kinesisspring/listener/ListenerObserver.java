package io.kinesisspring.listener;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.shard.ShardEvents;

/**
 * Is notified about everything that happens in a container, from the leases to the
 * listener. For information only: no method decides anything. Events of the listener are
 * published on the listeners' executor. For all others see {@link ShardEvents}.
 * Implementations must be quick and thread-safe. Exceptions are logged and change
 * nothing.
 *
 * @since 0.1.0
 */
public interface ListenerObserver extends ShardEvents {

	/** Ignores every event. */
	ListenerObserver NONE = new ListenerObserver() {
	};

	/**
	 * The container is about to start.
	 * @param streams the names of the streams that it reads
	 */
	default void onContainerStarting(List<String> streams) {
	}

	/**
	 * The container has stopped, or its start has failed. Deliveries may still be in
	 * progress if they take longer than the shutdown timeout.
	 */
	default void onContainerStopped() {
	}

	/**
	 * The container is about to stop by itself, because reading is denied.
	 */
	default void onAccessDenied() {
	}

	/**
	 * Records are queued for delivery.
	 * @param shard their shard
	 * @param records the number of records
	 */
	default void onDeliveryQueued(ListenerShard shard, int records) {
	}

	/**
	 * A delivery has ended or was cancelled.
	 * @param shard the shard of its records
	 * @param records the number of records with which it started
	 */
	default void onDeliveryDone(ListenerShard shard, int records) {
	}

	/**
	 * The listener is called with records: a batch listener once, a record listener for
	 * each record.
	 * @param shard the shard of the records
	 * @return is notified of the end
	 */
	default ListenerCall onListenerCalled(ListenerShard shard) {
		return ListenerCall.NONE;
	}

	/**
	 * The executor has rejected a delivery, which is submitted again after a back-off.
	 * @param shard the shard of its records
	 * @param cause the exception of the executor
	 */
	default void onExecutorRejected(ListenerShard shard, Throwable cause) {
	}

	/**
	 * A failed delivery is retried after a back-off.
	 * @param shard the shard of its records
	 * @param cause the failure
	 */
	default void onRetry(ListenerShard shard, Throwable cause) {
	}

	/**
	 * The listener has negatively acknowledged records, which are delivered again after a
	 * pause.
	 * @param shard the shard of the records
	 * @param records the number of records
	 */
	default void onNacked(ListenerShard shard, int records) {
	}

	/**
	 * A record is too old to be delivered. It is recovered or skipped next, and counts
	 * again if the recoverer fails.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 */
	default void onExpired(String stream, String shardId) {
	}

	/**
	 * A failed record has been skipped, because the error handler decided so.
	 * @param shard the shard of the record
	 * @param cause the failure
	 */
	default void onSkipped(ListenerShard shard, Throwable cause) {
	}

	/**
	 * The recoverer has recovered a failed record.
	 * @param shard the shard of the record
	 * @param cause the failure
	 */
	default void onRecovered(ListenerShard shard, Throwable cause) {
	}

	/**
	 * The recoverer has failed, so that the record is delivered again.
	 * @param shard the shard of the record
	 * @param cause the failure of the recoverer
	 */
	default void onRecovererFailed(ListenerShard shard, Throwable cause) {
	}

	/**
	 * The filter has rejected records, or an interceptor has dropped them.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param records the number of records
	 */
	default void onFiltered(String stream, String shardId, int records) {
	}

	/**
	 * A call of the listener, or several calls without a pause in between.
	 */
	@FunctionalInterface
	interface ListenerCall {

		/** Ignores the end. */
		ListenerCall NONE = (records, exception) -> {
		};

		/**
		 * The listener gets no more records for the moment.
		 * @param records the number of records that it processed
		 * @param exception its exception for the next one, {@code null} if there is none
		 */
		void ended(int records, @Nullable Throwable exception);

	}

}
