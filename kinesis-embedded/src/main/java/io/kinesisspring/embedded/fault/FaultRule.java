package io.kinesisspring.embedded.fault;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.protocol.ServiceException;

/**
 * What goes wrong, for which calls and how often. A rule for which nothing else is said
 * concerns every call that it can concern, each time:
 *
 * <pre class="code">
 * server.faults().add(FaultRule.throttle().action("PutRecords").stream("orders").times(3));
 * server.faults().add(FaultRule.latency(Duration.ofMillis(200)).probability(0.1, 42));
 * </pre>
 *
 * Immutable.
 *
 * @param kind what goes wrong
 * @param action the action that it goes wrong for, or {@code null} for any
 * @param stream the name of the stream that it goes wrong for, or {@code null} for any
 * @param shard the id of the shard that it goes wrong for, or {@code null} for any
 * @param skip how many calls that match go well first
 * @param times how many calls go wrong
 * @param probability how probable it is that a call that matches goes wrong
 * @param seed what the random numbers start from
 * @param delay how late the answer is, or how old a listing
 * @param fraction how many of a {@code PutRecords} call's entries are refused, 0 to 1
 * @param error the error that is answered
 * @since 0.1.0
 */
public record FaultRule(FaultKind kind, @Nullable String action, @Nullable String stream, @Nullable String shard,
		long skip, long times, double probability, long seed, Duration delay, double fraction,
		@Nullable ServiceException error) {

	private static final ServiceException THROUGHPUT = new ServiceException("ProvisionedThroughputExceededException",
			400, "Rate exceeded.");

	private static final String LIST_SHARDS = "ListShards";

	private static FaultRule of(FaultKind kind) {
		return new FaultRule(kind, null, null, null, 0, Long.MAX_VALUE, 1, 0, Duration.ZERO, 1, null);
	}

	/**
	 * Calls are throttled: those for records with
	 * {@code ProvisionedThroughputExceededException}, all others with
	 * {@code LimitExceededException}.
	 * @return the rule
	 */
	public static FaultRule throttle() {
		return of(FaultKind.THROTTLE);
	}

	/**
	 * Calls fail with {@code InternalFailure}, HTTP status 500.
	 * @return the rule
	 */
	public static FaultRule internalFailure() {
		return of(FaultKind.INTERNAL_FAILURE);
	}

	/**
	 * Calls fail with {@code AccessDeniedException}.
	 * @return the rule
	 */
	public static FaultRule accessDenied() {
		return of(FaultKind.ACCESS_DENIED);
	}

	/**
	 * {@code GetRecords} fails with {@code ExpiredIteratorException}.
	 * @return the rule
	 */
	public static FaultRule expiredIterator() {
		return of(FaultKind.EXPIRED_ITERATOR).action("GetRecords");
	}

	/**
	 * Calls fail with an error of your choice.
	 * @param type the error's type, such as {@code KMSThrottlingException}
	 * @param status the HTTP status
	 * @param message the message
	 * @return the rule
	 */
	public static FaultRule error(String type, int status, String message) {
		return of(FaultKind.ERROR).withError(new ServiceException(type, status, message));
	}

	/**
	 * Responses are delayed. The call takes effect after the delay.
	 * @param delay how late
	 * @return the rule
	 */
	public static FaultRule latency(Duration delay) {
		return of(FaultKind.LATENCY).withDelay(delay);
	}

	/**
	 * The connection is closed before the call takes effect.
	 * @return the rule
	 */
	public static FaultRule dropBefore() {
		return of(FaultKind.DROP_BEFORE);
	}

	/**
	 * The connection is closed after the call took effect, without a response.
	 * @return the rule
	 */
	public static FaultRule dropAfter() {
		return of(FaultKind.DROP_AFTER);
	}

	/**
	 * Calls have their effect and are answered with status 200 and no body, as by a proxy
	 * or by a connection that broke. Subscriptions are opened and bring nothing.
	 * @return the rule
	 */
	public static FaultRule emptyAnswer() {
		return of(FaultKind.EMPTY_ANSWER);
	}

	/**
	 * Calls have their effect and are answered with status 200 and a structure without
	 * members: {@code {}} in JSON, an empty map in CBOR.
	 * @return the rule
	 */
	public static FaultRule emptyStructure() {
		return of(FaultKind.EMPTY_STRUCTURE);
	}

	/**
	 * {@code ListShards} shows the shards of some time ago: those that are younger are
	 * missing, and those that have been closed since are open. The real service's
	 * listings are eventually consistent.
	 * @param age how long ago
	 * @return the rule
	 */
	public static FaultRule staleListing(Duration age) {
		return of(FaultKind.STALE_LISTING).action(LIST_SHARDS).withDelay(age);
	}

	/**
	 * {@code ListShards} shows no shards; with a shard, all but that one.
	 * @return the rule
	 */
	public static FaultRule shortListing() {
		return of(FaultKind.SHORT_LISTING).action(LIST_SHARDS);
	}

	/**
	 * Some entries of {@code PutRecords} calls fail with
	 * {@code ProvisionedThroughputExceededException}. With a shard, only entries that
	 * would go to that shard.
	 * @param fraction how many, 0 to 1; which ones follows from the seed
	 * @return the rule
	 */
	public static FaultRule partialFailure(double fraction) {
		FaultRule rule = of(FaultKind.PARTIAL_FAILURE);
		return new FaultRule(rule.kind, "PutRecords", null, null, rule.skip, rule.times, rule.probability, rule.seed,
				rule.delay, fraction, THROUGHPUT);
	}

	/**
	 * Running subscriptions end before their time. What is counted are their events:
	 * {@code skip(2)} ends a subscription instead of its third.
	 * @return the rule
	 */
	public static FaultRule endSubscription() {
		return of(FaultKind.END_SUBSCRIPTION);
	}

	/**
	 * Running subscriptions stay open, but send nothing any more. What is counted are
	 * their events: {@code skip(2)} silences a subscription instead of its third.
	 * @return the rule
	 */
	public static FaultRule silenceSubscription() {
		return of(FaultKind.SILENCE_SUBSCRIPTION);
	}

	/**
	 * Affect one action only.
	 * @param name the action's name, such as {@code PutRecords}
	 * @return the rule
	 */
	public FaultRule action(String name) {
		return new FaultRule(this.kind, name, this.stream, this.shard, this.skip, this.times, this.probability,
				this.seed, this.delay, this.fraction, this.error);
	}

	/**
	 * Affect one stream only.
	 * @param name the stream's name
	 * @return the rule
	 */
	public FaultRule stream(String name) {
		return new FaultRule(this.kind, this.action, name, this.shard, this.skip, this.times, this.probability,
				this.seed, this.delay, this.fraction, this.error);
	}

	/**
	 * Affect one shard only, for actions with a shard or an iterator.
	 * @param id the shard's id
	 * @return the rule
	 */
	public FaultRule shard(String id) {
		return new FaultRule(this.kind, this.action, this.stream, id, this.skip, this.times, this.probability,
				this.seed, this.delay, this.fraction, this.error);
	}

	/**
	 * Skip the first calls.
	 * @param calls how many
	 * @return the rule
	 */
	public FaultRule skip(long calls) {
		return new FaultRule(this.kind, this.action, this.stream, this.shard, calls, this.times, this.probability,
				this.seed, this.delay, this.fraction, this.error);
	}

	/**
	 * Affect a limited number of calls.
	 * @param calls how many
	 * @return the rule
	 */
	public FaultRule times(long calls) {
		return new FaultRule(this.kind, this.action, this.stream, this.shard, this.skip, calls, this.probability,
				this.seed, this.delay, this.fraction, this.error);
	}

	/**
	 * Affect calls at random.
	 * @param chance how probable it is, 0 to 1
	 * @param start what the random numbers start from, so that a run can be repeated
	 * @return the rule
	 */
	public FaultRule probability(double chance, long start) {
		return new FaultRule(this.kind, this.action, this.stream, this.shard, this.skip, this.times, chance, start,
				this.delay, this.fraction, this.error);
	}

	/**
	 * Use another error than the default, for {@link #partialFailure partial failures} in
	 * each failed entry.
	 * @param type the error's type, such as {@code InternalFailure}
	 * @param message the message
	 * @return the rule
	 */
	public FaultRule errorCode(String type, String message) {
		return withError(new ServiceException(type, 400, message));
	}

	private FaultRule withDelay(Duration other) {
		return new FaultRule(this.kind, this.action, this.stream, this.shard, this.skip, this.times, this.probability,
				this.seed, other, this.fraction, this.error);
	}

	private FaultRule withError(ServiceException other) {
		return new FaultRule(this.kind, this.action, this.stream, this.shard, this.skip, this.times, this.probability,
				this.seed, this.delay, this.fraction, other);
	}

}
