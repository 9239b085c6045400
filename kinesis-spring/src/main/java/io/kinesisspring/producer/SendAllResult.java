package io.kinesisspring.producer;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisException;

/**
 * What became of the records of one {@code sendAll}, in the order in which they were
 * given. Immutable.
 *
 * @param outcomes one for each record
 * @since 0.1.0
 */
public record SendAllResult(List<Outcome> outcomes) {

	public SendAllResult {
		outcomes = List.copyOf(outcomes);
	}

	/**
	 * Whether every record was stored.
	 * @return {@code true} if there is no failure
	 */
	public boolean allSucceeded() {
		return this.outcomes.stream().allMatch(Outcome::succeeded);
	}

	/**
	 * The results of the records that were stored.
	 * @return the results, in the order of the records
	 */
	public List<SendResult> successes() {
		return this.outcomes.stream().map(Outcome::result).filter(Objects::nonNull).toList();
	}

	/**
	 * The records that were not stored.
	 * @return their places and why they failed, in the order of the records
	 */
	public List<SendFailure> failures() {
		return IntStream.range(0, this.outcomes.size())
			.filter((index) -> !this.outcomes.get(index).succeeded())
			.mapToObj((index) -> new SendFailure(index, Objects.requireNonNull(this.outcomes.get(index).failure())))
			.toList();
	}

	/**
	 * What became of one record: either a result or a failure.
	 *
	 * @param result where the record is stored, or {@code null}
	 * @param failure why it is not, or {@code null}
	 */
	public record Outcome(@Nullable SendResult result, @Nullable KinesisException failure) {

		public Outcome {
			if ((result == null) == (failure == null)) {
				throw new IllegalArgumentException("An outcome must be either a result or a failure");
			}
		}

		/**
		 * Whether the record was stored.
		 * @return {@code true} if there is a result
		 */
		public boolean succeeded() {
			return this.result != null;
		}

	}

	/**
	 * A record that was not stored.
	 *
	 * @param index the record's place in the collection that was given, from 0
	 * @param exception why it failed
	 */
	public record SendFailure(int index, KinesisException exception) {

	}

}
