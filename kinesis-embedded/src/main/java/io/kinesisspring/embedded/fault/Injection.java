package io.kinesisspring.embedded.fault;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * What happens to one call.
 *
 * @param delay how late it is answered
 * @param drop whether the connection is closed before or after the call takes effect, or
 * {@code null} if it is not
 * @param error the error it is answered with, if any
 * @param partial what refuses entries of a {@code PutRecords} call, if anything
 * @since 0.1.0
 */
public record Injection(Duration delay, @Nullable FaultKind drop, @Nullable ServiceException error,
		@Nullable Fault partial) {

	/**
	 * Nothing happens.
	 */
	public static final Injection NONE = new Injection(Duration.ZERO, null, null, null);

	private static final Set<String> RECORD_ACTIONS = Set.of("PutRecord", "PutRecords", "GetRecords",
			"GetShardIterator");

	Injection with(Fault fault, String action) {
		FaultRule rule = fault.rule();
		return switch (rule.kind()) {
			case LATENCY -> new Injection(this.delay.plus(rule.delay()), this.drop, this.error, this.partial);
			case DROP_BEFORE, DROP_AFTER -> new Injection(this.delay, rule.kind(), this.error, this.partial);
			case PARTIAL_FAILURE -> new Injection(this.delay, this.drop, this.error, fault);
			default -> new Injection(this.delay, this.drop, error(rule, action), this.partial);
		};
	}

	boolean fails() {
		return this.drop != null || this.error != null || this.partial != null;
	}

	/**
	 * Decide on an entry of a {@code PutRecords} call.
	 * @param shard the id of the shard that it would go to
	 * @return the error it is refused with, or {@code null} if it is taken
	 */
	public @Nullable ServiceException entryError(String shard) {
		return (this.partial != null && this.partial.strikesEntry(shard)) ? this.partial.rule().error() : null;
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
