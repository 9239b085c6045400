package io.kinesisspring.boot.autoconfigure.client;

import java.time.Duration;

import org.springframework.core.Ordered;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;

import io.kinesisspring.boot.autoconfigure.KinesisProperties;

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

	/**
	 * What a subscription may have on its way while its listener works: 2 MB a second,
	 * the most that the service sends, over a distance of 60 ms. The SDK's 1 MB would be
	 * held by each subscription beside the heap.
	 */
	private static final int WINDOW = 128 << 10;

	/** A connection that is gone is noticed by its pings; no event need be due. */
	private static final Duration PING = Duration.ofSeconds(10);

	private final KinesisProperties.Http properties;

	private final boolean subscribing;

	NettyClientCustomizer(KinesisProperties.Http properties) {
		this(properties, false);
	}

	private NettyClientCustomizer(KinesisProperties.Http properties, boolean subscribing) {
		this.properties = properties;
		this.subscribing = subscribing;
	}

	/**
	 * The same for a client that subscribes to shards. It knows no read timeout: that
	 * would end the subscriptions of slow listeners, which let nothing come meanwhile.
	 */
	NettyClientCustomizer forSubscriptions() {
		return new NettyClientCustomizer(this.properties, true);
	}

	@Override
	public void customize(AwsClientBuilder<?, ?> builder) {
		if (builder instanceof KinesisAsyncClientBuilder kinesis) {
			kinesis.httpClientBuilder(this.subscribing ? subscriptions() : requests());
		}
		else if (builder instanceof AwsAsyncClientBuilder<?, ?> other) {
			other.httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1));
		}
	}

	private NettyNioAsyncHttpClient.Builder requests() {
		return NettyNioAsyncHttpClient.builder().maxConcurrency(UNBOUNDED).protocol(protocol());
	}

	private NettyNioAsyncHttpClient.Builder subscriptions() {
		return requests().readTimeout(Duration.ZERO)
			.http2Configuration((http2) -> http2.initialWindowSize(WINDOW).healthCheckPingPeriod(PING));
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
