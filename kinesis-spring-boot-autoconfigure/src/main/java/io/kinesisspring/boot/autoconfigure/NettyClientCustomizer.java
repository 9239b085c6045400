package io.kinesisspring.boot.autoconfigure;

import org.springframework.core.Ordered;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;

/**
 * Gives the clients Netty, whatever else is on the class path. Comes before all other
 * customizers, so that each of them may choose differently.
 */
final class NettyClientCustomizer implements KinesisClientCustomizer<AwsClientBuilder<?, ?>>, Ordered {

	/**
	 * Requests are bounded where they come from: one at a time for each shard, and the
	 * template's requests in flight. A bound here, such as the SDK's own of 50, would let
	 * shards wait for each other.
	 */
	private static final int UNBOUNDED = Integer.MAX_VALUE;

	private final KinesisProperties.Http properties;

	NettyClientCustomizer(KinesisProperties.Http properties) {
		this.properties = properties;
	}

	@Override
	public void customize(AwsClientBuilder<?, ?> builder) {
		if (builder instanceof KinesisAsyncClientBuilder kinesis) {
			kinesis.httpClientBuilder(NettyNioAsyncHttpClient.builder().maxConcurrency(UNBOUNDED).protocol(protocol()));
		}
		else if (builder instanceof AwsAsyncClientBuilder<?, ?> other) {
			other.httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1));
		}
	}

	private Protocol protocol() {
		return switch (this.properties.getProtocol()) {
			case HTTP2 -> Protocol.HTTP2;
			case HTTP1_1 -> Protocol.HTTP1_1;
		};
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
