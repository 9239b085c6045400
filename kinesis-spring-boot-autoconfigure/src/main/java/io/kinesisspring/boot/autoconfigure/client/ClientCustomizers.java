package io.kinesisspring.boot.autoconfigure.client;

import java.util.List;

import org.springframework.boot.util.LambdaSafe;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;

/**
 * The {@link KinesisClientCustomizer} beans in their order.
 *
 * @param customizers the customizers
 */
record ClientCustomizers(List<KinesisClientCustomizer<?>> customizers) {

	/**
	 * The same for a client that subscribes to shards.
	 */
	ClientCustomizers forSubscriptions() {
		return new ClientCustomizers(this.customizers.stream()
			.<KinesisClientCustomizer<?>>map((customizer) -> (customizer instanceof NettyClientCustomizer netty)
					? netty.forSubscriptions() : customizer)
			.toList());
	}

	/**
	 * Call the customizers whose type argument fits the builder.
	 * @param builder the builder to customize
	 */
	@SuppressWarnings({ "rawtypes", "unchecked" })
	void customize(AwsClientBuilder<?, ?> builder) {
		List<KinesisClientCustomizer> callbacks = (List) this.customizers;
		LambdaSafe.callbacks(KinesisClientCustomizer.class, callbacks, builder)
			.withLogger(ClientCustomizers.class)
			.invoke((customizer) -> customizer.customize(builder));
	}

}
