package io.kinesisspring.boot.autoconfigure.consumer;

import java.util.function.BiFunction;
import java.util.function.Supplier;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;
import software.amazon.awssdk.core.SdkClient;

import io.kinesisspring.error.RecordRecoverer;

/**
 * Creates recoverers that send dead letters to another service of AWS: with the client of
 * the application, if it has one, or else with a client of its own, which is created when
 * it is needed first. Thread-safe.
 *
 * @param <C> the type of the client
 */
final class DeadLetterService<C extends SdkClient> implements DisposableBean {

	private final DeadLetterTarget.Kind kind;

	private final SingletonSupplier<C> client;

	private final BiFunction<Supplier<C>, String, RecordRecoverer> recoverers;

	private volatile boolean ownIsMade;

	DeadLetterService(DeadLetterTarget.Kind kind, ObjectProvider<C> clients, Supplier<C> own,
			BiFunction<Supplier<C>, String, RecordRecoverer> recoverers) {
		this.kind = kind;
		this.client = SingletonSupplier.of(() -> clients.getIfUnique(() -> create(own)));
		this.recoverers = recoverers;
	}

	private C create(Supplier<C> own) {
		C created = own.get();
		this.ownIsMade = true;
		return created;
	}

	DeadLetterTarget.Kind kind() {
		return this.kind;
	}

	/**
	 * Create a recoverer.
	 * @throws IllegalArgumentException if the destination is not of the kind
	 */
	RecordRecoverer recoverer(String destination) {
		return this.recoverers.apply(this.client::obtain, destination);
	}

	@Override
	public void destroy() {
		if (this.ownIsMade) {
			this.client.obtain().close();
		}
	}

}
