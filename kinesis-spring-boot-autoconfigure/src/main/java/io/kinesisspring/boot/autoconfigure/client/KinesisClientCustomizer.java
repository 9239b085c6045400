package io.kinesisspring.boot.autoconfigure.client;

import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;

/**
 * Customizes the builder of an AWS client before it is built. The type argument selects
 * the clients: {@code KinesisAsyncClientBuilder}, {@code DynamoDbAsyncClientBuilder},
 * {@code StsClientBuilder}, or a type that they have in common, such as
 * {@code AwsClientBuilder<?, ?>}. Beans of this type are called in their order.
 * <p>
 * A builder does not merge configurations. Whoever sets a timeout, a retry strategy or an
 * interceptor keeps what is set already by building on it:
 *
 * <pre class="code">
 * builder.overrideConfiguration(
 *         builder.overrideConfiguration().copy((override) -&gt; override.apiCallTimeout(timeout)));
 * </pre>
 *
 * Another HTTP client is set with {@code httpClientBuilder}, which replaces the one that
 * is set already.
 *
 * @param <B> the type of the builder
 * @since 0.1.0
 */
@FunctionalInterface
public interface KinesisClientCustomizer<B extends AwsClientBuilder<?, ?>> {

	/**
	 * Customize a builder.
	 * @param builder the builder
	 */
	void customize(B builder);

}
