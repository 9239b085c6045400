package io.kinesisspring.embedded.dynamodb;

import java.net.InetAddress;
import java.net.URI;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local in memory. Its own launcher listens on every interface and has telemetry
 * to switch off; this puts its request handler behind a loopback socket instead, and
 * never configures telemetry.
 *
 * @since 0.1.0
 */
public final class DynamoDbLocal implements AutoCloseable {

	private static final String MARKER = "software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler";

	private final Server server;

	private final LocalDynamoDBServerHandler handler;

	private final URI endpoint;

	private DynamoDbLocal(int port) {
		this.server = new Server();
		ServerConnector connector = new ServerConnector(this.server, 1, 1);
		connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
		connector.setPort(port);
		this.server.addConnector(connector);
		this.handler = new LocalDynamoDBServerHandler(new LocalDynamoDBRequestHandler(0, true, null, false, false),
				null);
		ContextHandler context = new ContextHandler("/");
		context.setHandler(this.handler);
		this.server.setHandler(new ContextHandlerCollection(context));
		try {
			this.server.start();
		}
		catch (Exception ex) {
			close();
			throw new IllegalStateException("Could not start DynamoDB Local", ex);
		}
		this.endpoint = URI.create("http://" + connector.getHost() + ":" + connector.getLocalPort());
	}

	/**
	 * Return whether DynamoDB Local is on the class path.
	 * @param classLoader where to look
	 * @return whether it is there
	 */
	public static boolean isPresent(ClassLoader classLoader) {
		try {
			Class.forName(MARKER, false, classLoader);
			return true;
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return false;
		}
	}

	/**
	 * Start DynamoDB Local.
	 * @param port the port, 0 for a free one
	 * @return the running server
	 */
	public static DynamoDbLocal start(int port) {
		return new DynamoDbLocal(port);
	}

	/**
	 * Return where it listens.
	 * @return the endpoint
	 */
	public URI endpoint() {
		return this.endpoint;
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
