package io.kinesisspring.embedded.http;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;

/**
 * The listening socket and the threads behind it.
 *
 * @since 0.1.0
 */
public final class HttpServer implements AutoCloseable {

	/**
	 * What endpoints say, whichever loopback address the JVM prefers.
	 */
	private static final String LOOPBACK = "127.0.0.1";

	private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

	/**
	 * After which a connection on which nothing happens is closed, so that clients which
	 * vanished do not add up.
	 */
	private static final int IDLE_MINUTES = 10;

	private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	private final EventLoopGroup threads;

	private final int port;

	private HttpServer(int port, Service service) {
		this.threads = new MultiThreadIoEventLoopGroup(THREADS, new DefaultThreadFactory("embedded-kinesis", true),
				NioIoHandler.newFactory());
		ServerBootstrap bootstrap = new ServerBootstrap().group(this.threads)
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.SO_REUSEADDR, true)
			.option(ChannelOption.SO_BACKLOG, 1024)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<SocketChannel>() {

				@Override
				protected void initChannel(SocketChannel channel) {
					HttpServer.this.channels.add(channel);
					channel.pipeline()
						.addLast(new IdleStateHandler(0, 0, IDLE_MINUTES, TimeUnit.MINUTES),
								new ProtocolSelector(service));
				}

			});
		ChannelFuture bound = bootstrap.bind(LOOPBACK, port).awaitUninterruptibly();
		if (!bound.isSuccess()) {
			this.threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
			throw new IllegalStateException("Could not listen on " + LOOPBACK + ":" + port + " ("
					+ bound.cause().getMessage() + "). Give another port, or 0 for a free one", bound.cause());
		}
		Channel channel = bound.channel();
		this.channels.add(channel);
		this.port = ((InetSocketAddress) channel.localAddress()).getPort();
	}

	/**
	 * Start to listen.
	 * @param port the port, 0 for a free one
	 * @param service what answers the requests
	 * @return the server
	 */
	public static HttpServer start(int port, Service service) {
		return new HttpServer(port, service);
	}

	/**
	 * Return the port.
	 * @return the port that this server listens on
	 */
	public int port() {
		return this.port;
	}

	@Override
	public void close() {
		this.channels.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
		this.threads.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
	}

}
