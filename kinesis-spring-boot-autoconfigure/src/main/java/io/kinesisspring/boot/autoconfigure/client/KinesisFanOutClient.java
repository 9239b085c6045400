package io.kinesisspring.boot.autoconfigure.client;

import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/**
 * Provides the client that subscribes to shards in the mode {@code fan-out}. The
 * {@code KinesisAsyncClient} bean makes all other calls. With two clients, subscriptions
 * and requests do not delay each other. The second one is not a bean of the SDK's type,
 * so that there is only one such bean. A bean of this type replaces the auto-configured
 * one.
 * <p>
 * The client should neither retry nor have a read timeout, because a slow listener
 * requests no events while it works.
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
