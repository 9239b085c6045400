package io.kinesisspring.listener;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.shard.ShardEvents;

/**
 * Is notified about everything that happens in a container, from the leases to the
 * listener. For information only: no method decides anything. Events of the listener come
 * on the listeners' executor; for all others see {@link ShardEvents}. Implementations
 * must be quick and thread-safe. Exceptions are logged and change nothing.
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
	 * The container has stopped, or its start has failed. Deliveries may still be under
	 * way if they took longer than the container waits for.
	 */
	default void onContainerStopped() {
	}

	/**
	 * The container is about to stop by itself, as nothing can be read under this
	 * identity.
	 */
	default void onAccessDenied() {
	}

	/**
	 * Records have come whose delivery begins when its turn comes.
	 * @param shard where they come from
	 * @param records how many
	 */
	default void onDeliveryQueued(ListenerShard shard, int records) {
	}

	/**
	 * A delivery is over, or broken off.
	 * @param shard where its records come from
	 * @param records how many it had begun with
	 */
	default void onDeliveryDone(ListenerShard shard, int records) {
	}

	/**
	 * The listener gets records: a batch listener at once, a record listener one after
	 * the other.
	 * @param shard where they come from
	 * @return told of the end
	 */
	default ListenerCall onListenerCalled(ListenerShard shard) {
		return ListenerCall.NONE;
	}

	/**
	 * The executor has not taken a delivery, which is handed to it again after a pause.
	 * @param shard where its records come from
	 * @param cause what the executor threw
	 */
	default void onExecutorRejected(ListenerShard shard, Throwable cause) {
	}

	/**
	 * What failed is delivered again after a pause.
	 * @param shard where it comes from
	 * @param cause what it failed with
	 */
	default void onRetry(ListenerShard shard, Throwable cause) {
	}

	/**
	 * A record that failed has been skipped, as the error handler decided.
	 * @param shard where it comes from
	 * @param cause what it failed with
	 */
	default void onSkipped(ListenerShard shard, Throwable cause) {
	}

	/**
	 * The recoverer has taken a record that failed.
	 * @param shard where it comes from
	 * @param cause what it failed with
	 */
	default void onRecovered(ListenerShard shard, Throwable cause) {
	}

	/**
	 * The recoverer has failed, so that the record is delivered again.
	 * @param shard where it comes from
	 * @param cause what the recoverer failed with
	 */
	default void onRecovererFailed(ListenerShard shard, Throwable cause) {
	}

	/**
	 * The filter has refused records.
	 * @param stream the name of the stream
	 * @param shardId the shard
	 * @param records how many
	 */
	default void onFiltered(String stream, String shardId, int records) {
	}

	/**
	 * Records that are delivered without a pause.
	 */
	@FunctionalInterface
	interface ListenerCall {

		/** A stretch that nobody looks at. */
		ListenerCall NONE = (records, exception) -> {
		};

		/**
		 * The listener is done, at least for the moment.
		 * @param records how many records it returned from
		 * @param exception what it threw at the next one, {@code null} if nothing
		 */
		void ended(int records, @Nullable Throwable exception);

	}

}
