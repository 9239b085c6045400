package io.kinesisspring.error;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * What to do about a failed delivery.
 *
 * @since 0.1.0
 */
public sealed interface ErrorDecision {

	/**
	 * Deliver again, from the failed record on and in order.
	 * @param delay how long to wait before that
	 * @return the decision
	 */
	static ErrorDecision retry(Duration delay) {
		return new Retry(delay);
	}

	/**
	 * Give up on what failed and go on behind it: the failed record, or all that was
	 * delivered at once where a batch listener does not say which of them failed.
	 * @return the decision
	 */
	static ErrorDecision skip() {
		return new Skip();
	}

	/**
	 * Stop reading the shard on this instance. Its lease is kept, so that no other
	 * instance runs into the same failure; a restart begins with the failed record.
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
	 * Stop reading the shard.
	 */
	record StopShard() implements ErrorDecision {

	}

}
