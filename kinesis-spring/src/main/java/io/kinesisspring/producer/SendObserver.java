package io.kinesisspring.producer;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Sees what becomes of requests and records: for counting, not for deciding. Called on
 * the template's loop or by senders, so that implementations must be quick and must be
 * safe for threads. What they throw is logged once and harms nobody. Streams are named as
 * senders name them: by name or by ARN.
 *
 * @since 0.1.0
 */
public interface SendObserver {

	/** An observer that looks away. */
	SendObserver NONE = new SendObserver() {
	};

	/**
	 * A template has been made.
	 * @param state how it stands at any moment; should not be kept from being collected
	 */
	default void opened(SendState state) {
	}

	/**
	 * A template has been closed.
	 * @param state what it was opened with
	 */
	default void closed(SendState state) {
	}

	/**
	 * A request is about to be made.
	 * @param stream the stream
	 * @param entries how many entries it has, of which each may be an aggregate
	 * @param bytes how much data, keys included
	 */
	default void requested(String stream, int entries, long bytes) {
	}

	/**
	 * A request has its answer.
	 * @param stream the stream
	 * @param took how long that took
	 * @param refused how many entries the service refused
	 * @param failure why the request failed as a whole, {@code null} if it did not
	 */
	default void answered(String stream, Duration took, int refused, @Nullable Reason failure) {
	}

	/**
	 * Records of a request have been stored.
	 * @param stream the stream
	 * @param records how many, each in an aggregate counted
	 * @param bytes how much data went to the stream, keys included
	 * @param oldest for how long the oldest of them had been accepted
	 */
	default void stored(String stream, int records, long bytes, Duration oldest) {
	}

	/**
	 * Records are to be sent once more.
	 * @param stream the stream
	 * @param reason why
	 * @param records how many
	 */
	default void retried(String stream, Reason reason, int records) {
	}

	/**
	 * A record has not been sent, or has failed for good.
	 * @param stream the stream, {@code null} if it is not known
	 * @param exception what its future failed with
	 */
	default void failed(@Nullable String stream, KinesisException exception) {
	}

	/**
	 * The shards have changed that take fewer records than they are sent, so that their
	 * records wait for their turn.
	 * @param stream the stream
	 * @param shards how many they are
	 */
	default void paced(String stream, int shards) {
	}

	/**
	 * How a template stands. Safe for threads.
	 */
	interface SendState {

		/**
		 * The memory that records without an outcome take.
		 * @return a number of bytes
		 */
		long bufferUsed();

		/**
		 * The memory that records without an outcome may take.
		 * @return a number of bytes
		 */
		long bufferSize();

		/**
		 * The senders that wait for room.
		 * @return a number of threads
		 */
		int waiting();

		/**
		 * The records that have been accepted and have no outcome.
		 * @return a number of records
		 */
		long inFlight();

	}

}
