package io.kinesisspring.boot.autoconfigure.client;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.Ordered;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.ProxyConfiguration;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;

import io.kinesisspring.boot.autoconfigure.KinesisProperties.Http.Proxy.Scheme;
import io.kinesisspring.wire.KeepAliveHttpClient;

/**
 * Makes the clients use Netty, whatever else is on the class path. It is called before
 * all other customizers, so that each of them can choose another HTTP client. All clients
 * share the threads of their connections, which this bean ends after the clients.
 */
final class NettyClientCustomizer implements KinesisClientCustomizer<AwsClientBuilder<?, ?>>, Ordered, DisposableBean {

	/**
	 * The callers limit their requests: readers to one for each shard, the template to
	 * its requests in flight. A limit here, such as the SDK's default of 50, would make
	 * shards wait for each other. Subscriptions are never limited: each stays open for
	 * minutes.
	 */
	private static final int UNBOUNDED = Integer.MAX_VALUE;

	/**
	 * The flow-control window of a subscription: 2 MB a second, the most that the service
	 * sends, with a round trip of 60 ms. With the SDK's 1 MB, each subscription would
	 * hold as much outside the heap.
	 */
	private static final int WINDOW = 128 << 10;

	/** Pings detect a broken connection even if no event is due. */
	private static final Duration PING = Duration.ofSeconds(10);

	private final HttpSettings settings;

	private final ProxyConfiguration proxy;

	private final ConnectionThreads threads;

	private final boolean subscribing;

	NettyClientCustomizer(HttpSettings settings) {
		this(settings, configuration(settings.proxy()));
	}

	private NettyClientCustomizer(HttpSettings settings, ProxyConfiguration proxy) {
		this(settings, proxy, threads(settings, proxy), false);
	}

	private NettyClientCustomizer(HttpSettings settings, ProxyConfiguration proxy, ConnectionThreads threads,
			boolean subscribing) {
		this.settings = settings;
		this.proxy = proxy;
		this.threads = threads;
		this.subscribing = subscribing;
	}

	/**
	 * The same for a client that subscribes to shards. It has no read timeout, which
	 * would end the subscriptions of slow listeners: these request no events meanwhile.
	 */
	NettyClientCustomizer forSubscriptions() {
		return new NettyClientCustomizer(this.settings, this.proxy, this.threads, true);
	}

	private static ConnectionThreads threads(HttpSettings settings, ProxyConfiguration proxy) {
		boolean manyAreSafe = proxy.host() == null || protocol(settings) == Protocol.HTTP1_1;
		return manyAreSafe ? new ConnectionThreads() : ConnectionThreads.single();
	}

	@Override
	public void customize(AwsClientBuilder<?, ?> builder) {
		if (builder instanceof KinesisAsyncClientBuilder kinesis) {
			kinesis.httpClientBuilder(
					withProtocol(this.subscribing ? subscriptions() : requests(), protocol(this.settings)));
		}
		else if (builder instanceof AwsAsyncClientBuilder<?, ?> other) {
			other.httpClientBuilder(withProtocol(connections(), Protocol.HTTP1_1));
		}
	}

	/**
	 * Over HTTP/2, each call has a stream of its own, and no cancellation hits another.
	 */
	private static SdkAsyncHttpClient.Builder<?> withProtocol(NettyNioAsyncHttpClient.Builder client,
			Protocol protocol) {
		client.protocol(protocol);
		return (protocol == Protocol.HTTP1_1) ? KeepAliveHttpClient.builder(client) : client;
	}

	private NettyNioAsyncHttpClient.Builder requests() {
		Integer limit = this.settings.maxConcurrency();
		return connections().maxConcurrency((limit != null) ? limit : UNBOUNDED);
	}

	private NettyNioAsyncHttpClient.Builder subscriptions() {
		return connections().maxConcurrency(UNBOUNDED)
			.readTimeout(Duration.ZERO)
			.http2Configuration((http2) -> http2.initialWindowSize(WINDOW).healthCheckPingPeriod(PING));
	}

	private NettyNioAsyncHttpClient.Builder connections() {
		return NettyNioAsyncHttpClient.builder()
			.eventLoopGroup(this.threads.get())
			.connectionTimeout(this.settings.connectTimeout())
			.proxyConfiguration(this.proxy);
	}

	/**
	 * Without a proxy of ours, the SDK looks for one in the settings of the JVM and of
	 * the environment.
	 */
	private static ProxyConfiguration configuration(HttpSettings.@Nullable Proxy proxy) {
		if (proxy == null) {
			return ProxyConfiguration.builder().build();
		}
		ProxyConfiguration.Builder configuration = ProxyConfiguration.builder()
			.scheme((proxy.scheme() == Scheme.HTTPS) ? "https" : "http")
			.host(proxy.host())
			.port(proxy.port())
			.nonProxyHosts(proxy.nonProxyHosts())
			.useSystemPropertyValues(false)
			.useEnvironmentVariableValues(false);
		if (proxy.username() != null) {
			configuration.username(proxy.username()).password(proxy.password());
		}
		return configuration.build();
	}

	private static Protocol protocol(HttpSettings settings) {
		return switch (settings.protocol()) {
			case HTTP2 -> Protocol.HTTP2;
			case HTTP1_1 -> Protocol.HTTP1_1;
		};
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void destroy() {
		this.threads.close();
	}

}
