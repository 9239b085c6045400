package io.kinesisspring.boot.autoconfigure.client;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.util.function.SingletonSupplier;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;

/**
 * The threads of the connections of all clients that use Netty. The clients leave them
 * running when they are closed. If they closed them, as they do with the SDK's own, each
 * stop would take two seconds: so long they wait for tasks that nobody submits any more.
 * <p>
 * Their names start like those of the SDK's own threads, by which a template recognizes
 * threads on which it must not wait.
 */
final class ConnectionThreads {

	static final String PREFIX = "aws-java-sdk-NettyEventLoop-kinesis-";

	/** How long a stop waits for the threads at most. Normally takes milliseconds. */
	private static final long LONGEST_WAIT_SECONDS = 2;

	private final SingletonSupplier<SdkEventLoopGroup> group;

	private volatile boolean created;

	/**
	 * As many threads as the SDK starts.
	 */
	ConnectionThreads() {
		this(() -> SdkEventLoopGroup.builder().threadFactory(daemons()).build());
	}

	/**
	 * One thread. The SDK (2.58) prepares a connection through a proxy on any thread of
	 * the group, while the connection reads on its own. Over HTTP/2, about one connection
	 * in twenty misses the server's settings, which come once. It is never ready. The
	 * calls that wait for it fail after ten seconds.
	 */
	static ConnectionThreads single() {
		return new ConnectionThreads(
				() -> SdkEventLoopGroup.builder().threadFactory(daemons()).numberOfThreads(1).build());
	}

	ConnectionThreads(Supplier<SdkEventLoopGroup> group) {
		this.group = SingletonSupplier.of(group);
	}

	private static CustomizableThreadFactory daemons() {
		CustomizableThreadFactory factory = new CustomizableThreadFactory(PREFIX);
		factory.setDaemon(true);
		return factory;
	}

	SdkEventLoopGroup get() {
		SdkEventLoopGroup obtained = this.group.obtain();
		this.created = true;
		return obtained;
	}

	/**
	 * End the threads, after all clients are closed, without waiting for further tasks.
	 */
	void close() {
		if (this.created) {
			this.group.obtain()
				.eventLoopGroup()
				.shutdownGracefully(0, LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)
				.awaitUninterruptibly(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
		}
	}

}
