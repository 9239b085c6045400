package io.kinesisspring.embedded.dynamodb;

import java.net.URI;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * The request handler of DynamoDB Local behind a loopback socket. Its own launcher
 * listens on every interface and has telemetry to switch off; this one never configures
 * telemetry.
 */
final class LoopbackServer implements AutoCloseable {

	private static final String LOOPBACK = "127.0.0.1";

	private final Server server;

	private final LocalDynamoDBServerHandler handler;

	private final ServerConnector connector;

	LoopbackServer(int port) {
		this.server = new Server();
		this.connector = new ServerConnector(this.server, 1, 1);
		this.connector.setHost(LOOPBACK);
		this.connector.setPort(port);
		this.server.addConnector(this.connector);
		this.handler = new LocalDynamoDBServerHandler(new LocalDynamoDBRequestHandler(0, true, null, false, false),
				null);
		ContextHandler context = new ContextHandler("/");
		context.setHandler(this.handler);
		this.server.setHandler(new ContextHandlerCollection(context));
		try {
			this.server.start();
		}
		catch (Exception | LinkageError ex) {
			closeQuietly();
			throw new IllegalStateException("Could not start DynamoDB Local on " + LOOPBACK + ":" + port + " ("
					+ rootOf(ex) + "). If it is the port, give another one, or 0 for a free one", ex);
		}
	}

	private void closeQuietly() {
		try {
			close();
		}
		catch (IllegalStateException ex) {
			// Why it did not start is what counts
		}
	}

	private static Throwable rootOf(Throwable ex) {
		Throwable root = ex;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return root;
	}

	URI endpoint() {
		return URI.create("http://" + LOOPBACK + ":" + this.connector.getLocalPort());
	}

	@Override
	public void close() {
		try {
			this.server.stop();
		}
		catch (Exception ex) {
			throw new IllegalStateException("Could not stop DynamoDB Local", ex);
		}
		finally {
			this.handler.close();
		}
	}

}
