package io.kinesisspring.boot.autoconfigure.client;

import java.util.function.Supplier;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.function.SingletonSupplier;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/**
 * Creates the client on first use, and closes it with the context.
 */
final class LazyFanOutClient implements KinesisFanOutClient, DisposableBean {

	private final SingletonSupplier<KinesisAsyncClient> client;

	private volatile boolean created;

	LazyFanOutClient(Supplier<KinesisAsyncClient> client) {
		this.client = SingletonSupplier.of(client);
	}

	@Override
	public KinesisAsyncClient getClient() {
		KinesisAsyncClient obtained = this.client.obtain();
		this.created = true;
		return obtained;
	}

	boolean isMade() {
		return this.created;
	}

	@Override
	public void destroy() {
		if (this.created) {
			this.client.obtain().close();
		}
	}

}
