package io.kinesisspring.embedded.fault;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * The faults to inject into one call.
 *
 * @param delay how late it is answered
 * @param drop whether the connection is closed before or after the call takes effect, or
 * the answer is left empty; {@code null} if it is answered
 * @param error the error it is answered with, if any
 * @param partial what refuses entries of a {@code PutRecords} call, if anything
 * @param listing what makes a listing of shards old or short, if anything
 * @since 0.1.0
 */
public record Injection(Duration delay, @Nullable FaultKind drop, @Nullable ServiceException error,
		@Nullable Fault partial, @Nullable FaultRule listing) {

	/**
	 * No faults.
	 */
	public static final Injection NONE = new Injection(Duration.ZERO, null, null, null, null);

	private static final Set<String> RECORD_ACTIONS = Set.of("PutRecord", "PutRecords", "GetRecords",
			"GetShardIterator");

	Injection with(Fault fault, String action) {
		FaultRule rule = fault.rule();
		return switch (rule.kind()) {
			case LATENCY ->
				new Injection(this.delay.plus(rule.delay()), this.drop, this.error, this.partial, this.listing);
			case DROP_BEFORE, DROP_AFTER, EMPTY_ANSWER, EMPTY_STRUCTURE ->
				new Injection(this.delay, rule.kind(), this.error, this.partial, this.listing);
			case PARTIAL_FAILURE -> new Injection(this.delay, this.drop, this.error, fault, this.listing);
			case STALE_LISTING, SHORT_LISTING -> new Injection(this.delay, this.drop, this.error, this.partial, rule);
			default -> new Injection(this.delay, this.drop, error(rule, action), this.partial, this.listing);
		};
	}

	boolean fails() {
		return this.drop != null || this.error != null || this.partial != null || this.listing != null;
	}

	/**
	 * Decide on an entry of a {@code PutRecords} call.
	 * @param shard the id of the shard that it would go to
	 * @return the error it is refused with, or {@code null} if it is taken
	 */
	public @Nullable ServiceException entryError(String shard) {
		return (this.partial != null && this.partial.strikesEntry(shard)) ? this.partial.rule().error() : null;
	}

	/**
	 * Return the moment that a listing of shards shows.
	 * @param now this moment, in milliseconds since the epoch
	 * @return the moment, in milliseconds since the epoch
	 */
	public long listedAt(long now) {
		return (this.listing != null && this.listing.kind() == FaultKind.STALE_LISTING)
				? now - this.listing.delay().toMillis() : now;
	}

	/**
	 * Decide on a shard of a listing.
	 * @param shard the id of the shard
	 * @return whether the listing shows it
	 */
	public boolean lists(String shard) {
		return this.listing == null || this.listing.kind() != FaultKind.SHORT_LISTING
				|| (this.listing.shard() != null && !this.listing.shard().equals(shard));
	}

	private static ServiceException error(FaultRule rule, String action) {
		if (rule.error() != null) {
			return rule.error();
		}
		return switch (rule.kind()) {
			case THROTTLE -> RECORD_ACTIONS.contains(action) ? Errors.throughputExceeded("Rate exceeded.")
					: Errors.limitExceeded("Rate exceeded.");
			case ACCESS_DENIED -> new ServiceException("AccessDeniedException", 400,
					"User: arn:aws:iam::000000000000:user/embedded is not authorized to perform: kinesis:" + action
							+ " because no identity-based policy allows the kinesis:" + action + " action");
			case EXPIRED_ITERATOR -> Errors.expiredIterator("Iterator expired.");
			default -> Errors.internalFailure();
		};
	}

}
