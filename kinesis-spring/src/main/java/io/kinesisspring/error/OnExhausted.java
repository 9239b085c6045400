package io.kinesisspring.error;

/**
 * What the {@link DefaultErrorHandler} does with a record that it no longer retries.
 *
 * @since 0.1.0
 */
public enum OnExhausted {

	/** Stop reading the shard: {@link ErrorDecision#stopShard()}. The default. */
	STOP_SHARD(ErrorDecision.stopShard()),

	/** Pass it to the {@link RecordRecoverer}: {@link ErrorDecision#deadLetter()}. */
	DEAD_LETTER(ErrorDecision.deadLetter()),

	/** Continue after it: {@link ErrorDecision#skip()}. */
	SKIP(ErrorDecision.skip());

	private final ErrorDecision decision;

	OnExhausted(ErrorDecision decision) {
		this.decision = decision;
	}

	ErrorDecision decision() {
		return this.decision;
	}

}
