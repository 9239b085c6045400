package io.kinesisspring.error;

/**
 * What the {@link DefaultErrorHandler} does about a record when another attempt would not
 * help.
 *
 * @since 0.1.0
 */
public enum OnExhausted {

	/** Stop reading the shard: {@link ErrorDecision#stopShard()}. The default. */
	STOP_SHARD(ErrorDecision.stopShard()),

	/** Hand it to the {@link RecordRecoverer}: {@link ErrorDecision#deadLetter()}. */
	DEAD_LETTER(ErrorDecision.deadLetter()),

	/** Go on behind it: {@link ErrorDecision#skip()}. */
	SKIP(ErrorDecision.skip());

	private final ErrorDecision decision;

	OnExhausted(ErrorDecision decision) {
		this.decision = decision;
	}

	ErrorDecision decision() {
		return this.decision;
	}

}
