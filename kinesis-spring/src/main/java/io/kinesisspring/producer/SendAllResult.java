package io.kinesisspring.producer;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;

/**
 * The outcomes of the records of one {@code sendAll}, in the order of the records.
 * Immutable.
 *
 * @param outcomes one outcome for each record
 * @since 0.1.0
 */
public record SendAllResult(List<Outcome> outcomes) {

	public SendAllResult {
		outcomes = List.copyOf(outcomes);
	}

	/**
	 * Return whether each record was stored.
	 * @return {@code true} if there is no failure
	 */
	public boolean allSucceeded() {
		return this.outcomes.stream().allMatch(Outcome::succeeded);
	}

	/**
	 * Return the results of the stored records.
	 * @return the results, in the order of the records
	 */
	public List<SendResult> successes() {
		return this.outcomes.stream().map(Outcome::result).filter(Objects::nonNull).toList();
	}

	/**
	 * Return the records that were not stored.
	 * @return their positions and exceptions, in the order of the records
	 */
	public List<SendFailure> failures() {
		return IntStream.range(0, this.outcomes.size())
			.filter((index) -> !this.outcomes.get(index).succeeded())
			.mapToObj((index) -> new SendFailure(index, Objects.requireNonNull(this.outcomes.get(index).failure())))
			.toList();
	}

	/**
	 * The outcome of one record: either a result or a failure.
	 *
	 * @param result the result of a stored record, or {@code null}
	 * @param failure why the record was not stored, or {@code null}
	 */
	public record Outcome(@Nullable SendResult result, @Nullable KinesisException failure) {

		public Outcome {
			if ((result == null) == (failure == null)) {
				throw new IllegalArgumentException("An outcome must be either a result or a failure");
			}
		}

		/**
		 * Return whether the record was stored.
		 * @return {@code true} if there is a result
		 */
		public boolean succeeded() {
			return this.result != null;
		}

	}

	/**
	 * A record that was not stored.
	 *
	 * @param index the position of the record in the collection, from 0
	 * @param exception why the record failed
	 */
	public record SendFailure(int index, KinesisException exception) {

	}

}
