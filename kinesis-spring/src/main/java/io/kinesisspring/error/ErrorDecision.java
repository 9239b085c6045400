package io.kinesisspring.error;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * What to do about a failed delivery. Where a batch listener does not say which record
 * failed, everything but a retry is preceded by a search: the batch is delivered by
 * halves until the failing record stands alone, and the decision is asked for that one.
 *
 * @since 0.1.0
 */
public sealed interface ErrorDecision {

	/**
	 * Deliver again, from the failed record on and in order. No thread waits meanwhile.
	 * @param delay how long to wait before that
	 * @return the decision
	 */
	static ErrorDecision retry(Duration delay) {
		return new Retry(delay);
	}

	/**
	 * Give up on the failed record and go on behind it.
	 * @return the decision
	 */
	static ErrorDecision skip() {
		return new Skip();
	}

	/**
	 * Hand the failed record to the {@link RecordRecoverer} and go on behind it. If the
	 * recoverer fails, or there is none, the record is delivered again.
	 * @return the decision
	 */
	static ErrorDecision deadLetter() {
		return new DeadLetter();
	}

	/**
	 * Stop reading the shard on this instance. Its lease is kept, so that no other
	 * instance runs into the same failure while this one lives; reading goes on with the
	 * failed record when the shard is resumed, or after a restart.
	 * @return the decision
	 */
	static ErrorDecision stopShard() {
		return new StopShard();
	}

	/**
	 * Deliver again.
	 *
	 * @param delay how long to wait before that
	 */
	record Retry(Duration delay) implements ErrorDecision {

		public Retry {
			Assert.isTrue(!delay.isNegative(), "'delay' must not be negative");
		}

	}

	/**
	 * Go on behind what failed.
	 */
	record Skip() implements ErrorDecision {

	}

	/**
	 * Hand over what failed, and go on behind it.
	 */
	record DeadLetter() implements ErrorDecision {

	}

	/**
	 * Stop reading the shard.
	 */
	record StopShard() implements ErrorDecision {

	}

}
