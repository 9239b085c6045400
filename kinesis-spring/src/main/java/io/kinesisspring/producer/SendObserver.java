package io.kinesisspring.producer;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;
import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * Observes requests and records, for example to count them. It cannot change anything.
 * Methods are called on the template's loop or by senders, so implementations must be
 * quick and thread-safe. The first exception of each method is logged; sending continues.
 * Streams are named as the senders name them: by name or by ARN.
 *
 * @since 0.1.0
 */
public interface SendObserver {

	/** An observer that does nothing. */
	SendObserver NONE = new SendObserver() {
	};

	/**
	 * A template was created.
	 * @param state the current state of the template; refer to it weakly, so that the
	 * template can be garbage collected
	 */
	default void opened(SendState state) {
	}

	/**
	 * A template was closed.
	 * @param state the state that {@link #opened} got
	 */
	default void closed(SendState state) {
	}

	/**
	 * A request is sent.
	 * @param stream the stream
	 * @param entries the number of its entries, each of which may be an aggregate
	 * @param bytes the size of the data, keys included
	 */
	default void requested(String stream, int entries, long bytes) {
	}

	/**
	 * A request has a response, or has failed.
	 * @param stream the stream
	 * @param duration the time since the request was sent
	 * @param rejected the number of entries that the service rejected
	 * @param failure why the whole request failed, or {@code null} if it did not
	 */
	default void answered(String stream, Duration duration, int rejected, @Nullable Reason failure) {
	}

	/**
	 * Records of a request are stored.
	 * @param stream the stream
	 * @param records the number of records, including those in aggregates
	 * @param entries the number of entries that hold them, each of which may be an
	 * aggregate
	 * @param bytes the size of the stored data, keys included
	 * @param oldest the time since the oldest of the records was accepted
	 */
	default void stored(String stream, int records, int entries, long bytes, Duration oldest) {
	}

	/**
	 * Records will be sent again.
	 * @param stream the stream
	 * @param reason the reason
	 * @param records the number of records
	 */
	default void retried(String stream, Reason reason, int records) {
	}

	/**
	 * A shard has stored an aggregate with records of other shards, because shards were
	 * split or merged. The records will be sent again, as readers such as the Kinesis
	 * Client Library drop such an aggregate. Readers that do not see the records twice.
	 * @param stream the stream
	 * @param records the number of records
	 */
	default void misplaced(String stream, int records) {
	}

	/**
	 * A record was not accepted, or has failed.
	 * @param stream the stream, or {@code null} if it is unknown
	 * @param exception the exception of its future
	 */
	default void failed(@Nullable String stream, KinesisException exception) {
	}

	/**
	 * The number of rate-limited shards has changed. They accept fewer records than the
	 * template sends.
	 * @param stream the stream
	 * @param shards the number of limited shards
	 */
	default void shardsLimited(String stream, int shards) {
	}

	/**
	 * The current state of a template. Thread-safe.
	 */
	interface SendState {

		/**
		 * Return the memory of the records without an outcome.
		 * @return a number of bytes
		 */
		long bufferUsed();

		/**
		 * Return the maximum memory of records without an outcome.
		 * @return a number of bytes
		 */
		long bufferSize();

		/**
		 * Return the senders that wait for room in the buffer.
		 * @return a number of threads
		 */
		int waiting();

		/**
		 * Return the accepted records without an outcome.
		 * @return a number of records
		 */
		long inFlight();

	}

}
