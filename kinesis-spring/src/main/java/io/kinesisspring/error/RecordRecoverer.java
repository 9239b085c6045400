package io.kinesisspring.error;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.StreamIdentifier;

/**
 * Receives the records for which an error handler decides
 * {@link ErrorDecision#deadLetter()}. A record counts as processed when the recoverer
 * succeeds. If it fails, the record is delivered again and never skipped. Implementations
 * must be thread-safe: they are called for several shards at once.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RecordRecoverer {

	/**
	 * Recover a record.
	 * @param failure the record and its failure
	 * @return a stage that completes when the record is recovered; {@code null} if it is
	 * when this method returns
	 * @throws Exception if it could not be recovered
	 */
	@Nullable CompletionStage<?> recover(DeliveryFailure failure) throws Exception;

	/**
	 * Check at the start that records of a stream can be recovered. Accepts every stream
	 * by default.
	 * @param stream the stream that is read
	 * @throws IllegalArgumentException if its records cannot be recovered
	 */
	default void checkSource(StreamIdentifier stream) {
	}

	/**
	 * Prepare at the start of a listener for the records of a stream, for example by
	 * creating the stream that they are sent to. Called on the thread that starts the
	 * listener, for each of its streams. Does nothing by default.
	 * @param stream the stream that is read
	 * @return a stage before whose completion no record is read, and with which the start
	 * fails; {@code null} if there is nothing to wait for
	 */
	default @Nullable CompletionStage<?> prepare(StreamIdentifier stream) {
		return null;
	}

	/**
	 * Create a recoverer that has finished when it returns.
	 * @param recovery handles the record; may block
	 * @return the recoverer
	 */
	static RecordRecoverer of(Consumer<DeliveryFailure> recovery) {
		return (failure) -> {
			recovery.accept(failure);
			return null;
		};
	}

}
