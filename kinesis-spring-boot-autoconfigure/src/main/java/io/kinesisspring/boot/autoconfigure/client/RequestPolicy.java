package io.kinesisspring.boot.autoconfigure.client;

import java.time.Duration;

import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;

/**
 * Timeouts and retries of a client. The SDK's defaults do not limit the time of a call,
 * and their retries would multiply the retries of this library.
 *
 * @param attempts how many times a request is made at most
 * @param attemptTimeout how long each time may take
 * @param callTimeout how long all of them together may take
 */
record RequestPolicy(int attempts, Duration attemptTimeout, Duration callTimeout) {

	/**
	 * Readers, shard discovery and templates retry by themselves. They know what the SDK
	 * does not: the shard's five reads a second, a record's delivery timeout, whether the
	 * lease is still held. The SDK makes one more attempt, for connections that broke
	 * while they were idle. The default timeouts of 20 and 45 seconds allow for 10 MB,
	 * the most that GetRecords returns and PutRecords takes, at 5 Mbit/s.
	 */
	static RequestPolicy kinesis(Duration callTimeout) {
		return new RequestPolicy(2, callTimeout.multipliedBy(4).dividedBy(9), callTimeout);
	}

	/**
	 * To the SDK, an open subscription is one call. Readers monitor subscriptions and
	 * renew them. The SDK must not retry: it would subscribe again at the old position.
	 */
	static final RequestPolicy SUBSCRIPTIONS = new RequestPolicy(1, Duration.ofMinutes(15), Duration.ofMinutes(15));

	/**
	 * Heartbeats and reconciliations repeat by themselves. The first calls of a start and
	 * the last ones of a stop do not, so the SDK makes three attempts. Requests and
	 * responses are small. A response that takes longer than a failover is useless.
	 */
	static final RequestPolicy DYNAMODB = new RequestPolicy(3, Duration.ofSeconds(4), Duration.ofSeconds(10));

	/**
	 * A delivery or a send waits for the response, once for each schema. Deliveries are
	 * repeated by themselves, sends are not, so the SDK makes three attempts.
	 */
	static final RequestPolicy SCHEMAS = new RequestPolicy(3, Duration.ofSeconds(5), Duration.ofSeconds(15));

	/**
	 * No other code retries, and every request waits for the credentials.
	 */
	static final RequestPolicy STS = new RequestPolicy(3, Duration.ofSeconds(5), Duration.ofSeconds(15));

	/**
	 * The same policy with shorter timeouts, if the call timeout is longer than another.
	 */
	RequestPolicy within(Duration timeout) {
		return (timeout.compareTo(this.callTimeout) < 0)
				? new RequestPolicy(this.attempts, min(timeout, this.attemptTimeout), timeout) : this;
	}

	private static Duration min(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	ClientOverrideConfiguration toOverrideConfiguration() {
		return ClientOverrideConfiguration.builder()
			.apiCallAttemptTimeout(this.attemptTimeout)
			.apiCallTimeout(this.callTimeout)
			.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(this.attempts).build())
			.build();
	}

}
