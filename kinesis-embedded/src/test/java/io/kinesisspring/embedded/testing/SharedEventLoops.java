package io.kinesisspring.embedded.testing;

import org.junit.jupiter.api.extension.Extension;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;

/**
 * Keeps the event loops that all clients of the AWS SDK share for as long as the JVM
 * runs. Otherwise the last client that closes waits two seconds for them to end, after
 * most tests. JUnit finds this extension by itself.
 */
public final class SharedEventLoops implements Extension {

	private static final SdkAsyncHttpClient KEEPER = NettyNioAsyncHttpClient.create();

	/**
	 * Create the client that is never closed.
	 */
	public SharedEventLoops() {
		KEEPER.clientName();
	}

}
