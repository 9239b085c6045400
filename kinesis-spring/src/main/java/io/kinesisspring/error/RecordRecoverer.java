package io.kinesisspring.error;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.StreamIdentifier;

/**
 * Takes the records that an error handler gives up on by
 * {@link ErrorDecision#deadLetter()}. A record counts as processed when its recoverer has
 * taken it; if that fails the record is delivered again, never skipped. Called for
 * several shards at once: implementations must be thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface RecordRecoverer {

	/**
	 * Take a record.
	 * @param failure the record and what happened to it
	 * @return what is to be awaited before the record counts as taken; {@code null} if it
	 * is when this method returns
	 * @throws Exception if it could not be taken
	 */
	@Nullable CompletionStage<?> recover(DeliveryFailure failure) throws Exception;

	/**
	 * Check, before the first record, that the records of a stream can be taken. Accepts
	 * everything by default.
	 * @param stream a stream whose records may be given up on
	 * @throws IllegalArgumentException if its records cannot be taken, saying why
	 */
	default void checkSource(StreamIdentifier stream) {
	}

	/**
	 * A recoverer that has taken a record when it returns.
	 * @param recovery what it does with it; may block
	 * @return the recoverer
	 */
	static RecordRecoverer of(Consumer<DeliveryFailure> recovery) {
		return (failure) -> {
			recovery.accept(failure);
			return null;
		};
	}

}
