package io.kinesisspring.embedded.store;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * An account's commitment to a minimum throughput, which makes its on-demand streams
 * "On-demand Advantage".
 *
 * @param startedAt when it started, in milliseconds since the epoch, or {@code null} if
 * it never did
 * @param endsAt when it ends or ended, or {@code null} if nobody ended it
 * @since 0.1.0
 */
public record BillingCommitment(@Nullable Long startedAt, @Nullable Long endsAt) {

	private static final Duration MINIMUM = Duration.ofHours(24);

	private static final BillingCommitment NONE = new BillingCommitment(null, null);

	/**
	 * Return the commitment of an account that never made one.
	 * @return no commitment
	 */
	public static BillingCommitment none() {
		return NONE;
	}

	/**
	 * Return whether the commitment is in force.
	 * @param now the current time in milliseconds since the epoch
	 * @return whether the account is On-demand Advantage
	 */
	public boolean isInForce(long now) {
		return this.startedAt != null && (this.endsAt == null || now < this.endsAt);
	}

	/**
	 * Return the status in the service's words.
	 * @param now the current time in milliseconds since the epoch
	 * @return the status
	 */
	public String status(long now) {
		if (!isInForce(now)) {
			return "DISABLED";
		}
		return (this.endsAt == null) ? "ENABLED" : "ENABLED_UNTIL_EARLIEST_ALLOWED_END";
	}

	/**
	 * Return when the commitment may end at the earliest: 24 hours after its start.
	 * @return the time in milliseconds since the epoch, or {@code null} if it never
	 * started
	 */
	public @Nullable Long earliestAllowedEndAt() {
		return (this.startedAt != null) ? this.startedAt + MINIMUM.toMillis() : null;
	}

	/**
	 * Start the commitment, or keep the one that is in force.
	 * @param now the current time in milliseconds since the epoch
	 * @return the commitment
	 */
	public BillingCommitment enable(long now) {
		return new BillingCommitment(isInForce(now) ? this.startedAt : Long.valueOf(now), null);
	}

	/**
	 * End the commitment as early as is allowed.
	 * @param now the current time in milliseconds since the epoch
	 * @return the commitment
	 */
	public BillingCommitment disable(long now) {
		Long earliest = earliestAllowedEndAt();
		if (earliest == null || this.endsAt != null) {
			return this;
		}
		return new BillingCommitment(this.startedAt, Math.max(now, earliest));
	}

}
