package io.kinesisspring.boot.autoconfigure.client;

import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/**
 * Provides the client that subscribes to shards in the mode {@code fan-out}; all other
 * calls are made by the {@code KinesisAsyncClient} bean. It is a client of its own, so
 * that subscriptions and requests do not hold each other up, and no bean of the SDK's
 * type, so that there is one of those only. A bean of this type takes the place of the
 * auto-configured one.
 * <p>
 * The client should neither retry nor have a read timeout: a listener that is slow lets
 * nothing come for as long as it works.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface KinesisFanOutClient {

	/**
	 * The client. Called once, when the first fan-out container starts.
	 * @return the client, which the caller does not close
	 */
	KinesisAsyncClient getClient();

}
