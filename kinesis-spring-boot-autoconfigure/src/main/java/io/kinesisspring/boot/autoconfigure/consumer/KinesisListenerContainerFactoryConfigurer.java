package io.kinesisspring.boot.autoconfigure.consumer;

import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.producer.KinesisOperations;

/**
 * Creates further {@link KinesisListenerContainerFactory container factories}, for
 * listeners that read another account's or another region's streams: with the same
 * {@code kinesis.*} properties, lease tables, interceptors, error handler, observations
 * and meters as the auto-configured one. Thread-safe.
 *
 * @since 0.1.0
 */
public interface KinesisListenerContainerFactoryConfigurer {

	/**
	 * Create a factory whose listeners read with a client and send their dead letters
	 * with a template.
	 * @param client reads the streams, and subscribes to them for fan-out
	 * @param deadLetters sends to the streams of
	 * {@code kinesis.consumer.error.dead-letter-stream} and the same properties of
	 * listeners
	 * @return the factory; declare it as a bean, so that its containers publish events
	 */
	KinesisListenerContainerFactory create(KinesisAsyncClient client, KinesisOperations deadLetters);

}
