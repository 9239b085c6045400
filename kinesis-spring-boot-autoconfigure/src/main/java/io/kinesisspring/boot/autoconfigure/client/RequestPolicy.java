package io.kinesisspring.boot.autoconfigure.client;

import java.time.Duration;

import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;

/**
 * How long a client waits for an answer and how often it tries: short of the SDK's own
 * defaults, which know no end to a call, and retry below the retries of this library.
 *
 * @param attempts how many times a request is made at most
 * @param attemptTimeout how long each time may take
 * @param callTimeout how long all of them together may take
 */
record RequestPolicy(int attempts, Duration attemptTimeout, Duration callTimeout) {

	/**
	 * Readers, shard discovery and template retry by themselves for as long as it makes
	 * sense, and know what the SDK does not: the shard's five reads a second, a record's
	 * delivery timeout, whether the lease still holds. One more attempt is left to the
	 * SDK, for the connection that broke while it was idle. The times allow for 10 MB,
	 * the most that GetRecords returns and PutRecords takes, at 5 Mbit/s.
	 */
	static final RequestPolicy KINESIS = new RequestPolicy(2, Duration.ofSeconds(20), Duration.ofSeconds(45));

	/**
	 * A subscription is one call to the SDK for as long as it is open; readers watch it,
	 * and know how long it may take and when to open another. The SDK must not: it would
	 * begin the same one anew, at its old position.
	 */
	static final RequestPolicy SUBSCRIPTIONS = new RequestPolicy(1, Duration.ofMinutes(15), Duration.ofMinutes(15));

	/**
	 * Heartbeats and rounds come again by themselves; the first ones of a start, and the
	 * last checkpoint and the release of a stop, do not, so the SDK tries three times.
	 * Requests and answers are small, and what takes longer than a failover takes is of
	 * no use to anybody.
	 */
	static final RequestPolicy DYNAMODB = new RequestPolicy(3, Duration.ofSeconds(4), Duration.ofSeconds(10));

	/**
	 * Nobody else retries, and every request waits for it.
	 */
	static final RequestPolicy STS = new RequestPolicy(3, Duration.ofSeconds(5), Duration.ofSeconds(15));

	ClientOverrideConfiguration toOverrideConfiguration() {
		return ClientOverrideConfiguration.builder()
			.apiCallAttemptTimeout(this.attemptTimeout)
			.apiCallTimeout(this.callTimeout)
			.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(this.attempts).build())
			.build();
	}

}
