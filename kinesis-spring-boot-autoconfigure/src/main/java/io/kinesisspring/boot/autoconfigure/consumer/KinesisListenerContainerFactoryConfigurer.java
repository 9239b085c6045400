package io.kinesisspring.boot.autoconfigure.consumer;

import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.producer.KinesisOperations;

/**
 * Makes further {@link KinesisListenerContainerFactory container factories}, for
 * listeners that read another account's or another region's streams: with the same
 * {@code kinesis.*} properties, lease tables, interceptors, error handler, observations
 * and meters as the auto-configured one. Thread-safe.
 *
 * @since 0.1.0
 */
public interface KinesisListenerContainerFactoryConfigurer {

	/**
	 * Make a factory whose listeners read by a client and send their dead letters by a
	 * template.
	 * @param client reads the streams, and subscribes to them for fan-out
	 * @param deadLetters sends to the streams that
	 * {@code kinesis.consumer.error.dead-letter-stream} and its like name
	 * @return the factory; to be declared as a bean, so that its containers publish
	 * events
	 */
	KinesisListenerContainerFactory create(KinesisAsyncClient client, KinesisOperations deadLetters);

}
