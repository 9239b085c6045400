package io.kinesisspring.error;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * What to do about a failed delivery. If a batch listener does not report which record
 * failed, a search precedes every decision except a retry. The batch is delivered in
 * halves until the failing record is alone, and the handler decides about that record.
 *
 * @since 0.1.0
 */
public sealed interface ErrorDecision {

	/**
	 * Deliver again, in order, starting with the failed record. No thread waits.
	 * @param delay how long to wait before that
	 * @return the decision
	 */
	static ErrorDecision retry(Duration delay) {
		return new Retry(delay);
	}

	/**
	 * Skip the failed record and continue after it.
	 * @return the decision
	 */
	static ErrorDecision skip() {
		return new Skip();
	}

	/**
	 * Pass the failed record to the {@link RecordRecoverer} and continue after it. If the
	 * recoverer fails, or there is none, the record is delivered again.
	 * @return the decision
	 */
	static ErrorDecision deadLetter() {
		return new DeadLetter(null);
	}

	/**
	 * Pass the failed record to a recoverer and continue after it. If the recoverer
	 * fails, the record is delivered again.
	 * @param recoverer takes the record instead of the listener's {@link RecordRecoverer}
	 * @return the decision
	 */
	static ErrorDecision recover(RecordRecoverer recoverer) {
		Assert.notNull(recoverer, "'recoverer' must not be null");
		return new DeadLetter(recoverer);
	}

	/**
	 * Stop reading the shard on this instance. This instance keeps the lease while it
	 * runs, so that no other instance fails at the same record. Reading continues with
	 * the failed record when the shard is resumed, or after a restart.
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
	 * Continue after the failed record.
	 */
	record Skip() implements ErrorDecision {

	}

	/**
	 * Pass the failed record to a recoverer, and continue after it.
	 *
	 * @param recoverer the recoverer; {@code null} for that of the listener
	 */
	record DeadLetter(@Nullable RecordRecoverer recoverer) implements ErrorDecision {

	}

	/**
	 * Stop reading the shard.
	 */
	record StopShard() implements ErrorDecision {

	}

}
