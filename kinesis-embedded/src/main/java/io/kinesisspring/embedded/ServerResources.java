package io.kinesisspring.embedded;

import java.net.URI;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.action.Actions;
import io.kinesisspring.embedded.control.Control;
import io.kinesisspring.embedded.dynamodb.DynamoDbLocal;
import io.kinesisspring.embedded.fault.Faults;
import io.kinesisspring.embedded.http.HttpServer;
import io.kinesisspring.embedded.http.Service;
import io.kinesisspring.embedded.http.Tls;
import io.kinesisspring.embedded.persistence.DataDirectory;
import io.kinesisspring.embedded.store.Account;

/**
 * The parts of a running server. They are closed in reverse order. Nothing is left open
 * if one of them cannot be opened.
 */
final class ServerResources implements AutoCloseable {

	private final Deque<Runnable> closers = new ConcurrentLinkedDeque<>();

	private final Account account;

	private final @Nullable DynamoDbLocal dynamoDb;

	private final HttpServer http;

	private ServerResources(ServerSettings settings, Faults faults, Tls tls) {
		try {
			this.account = openAccount(settings);
			settings.streams.values().forEach((stream) -> stream.createIn(this.account, settings.directory != null));
			this.dynamoDb = openDynamoDb(settings);
			this.http = HttpServer.start(settings.port, new Service(new Actions(this.account), faults,
					new Control(this.account, faults, settings.clock), tls, settings.clock));
			this.closers.push(this.http::close);
		}
		catch (Throwable ex) {
			try {
				close();
			}
			catch (RuntimeException suppressed) {
				ex.addSuppressed(suppressed);
			}
			throw ex;
		}
	}

	static ServerResources open(ServerSettings settings, Faults faults, Tls tls) {
		return new ServerResources(settings, faults, tls);
	}

	private Account openAccount(ServerSettings settings) {
		DataDirectory directory = null;
		if (settings.directory != null) {
			directory = DataDirectory.open(settings.directory);
			this.closers.push(directory::close);
		}
		Account opened = new Account(settings.region, settings.clock, settings.delays, settings.quotas(), directory);
		this.closers.push(opened::close);
		opened.scaling(settings.scaling);
		return opened;
	}

	private @Nullable DynamoDbLocal openDynamoDb(ServerSettings settings) {
		DynamoDbLocal opened = DynamoDbLocal.startIfWanted(settings.dynamoDb, settings.dynamoDbPort);
		if (opened != null) {
			this.closers.push(opened::close);
		}
		return opened;
	}

	Account account() {
		return this.account;
	}

	int port() {
		return this.http.port();
	}

	Optional<URI> dynamoDbEndpoint() {
		return Optional.ofNullable(this.dynamoDb).map(DynamoDbLocal::endpoint);
	}

	@Override
	public void close() {
		RuntimeException failure = null;
		for (Runnable closer = this.closers.poll(); closer != null; closer = this.closers.poll()) {
			try {
				closer.run();
			}
			catch (RuntimeException ex) {
				failure = ex;
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

}
