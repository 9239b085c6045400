package io.kinesisspring.embedded.dynamodb;

import java.net.URI;

/**
 * DynamoDB Local in memory. This class can be loaded where DynamoDB Local is not on the
 * class path.
 *
 * @since 0.1.0
 */
public final class DynamoDbLocal implements AutoCloseable {

	private static final String MARKER = "software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler";

	private final LoopbackServer server;

	private DynamoDbLocal(LoopbackServer server) {
		this.server = server;
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
		return new DynamoDbLocal(new LoopbackServer(port));
	}

	/**
	 * Return where it listens.
	 * @return the endpoint
	 */
	public URI endpoint() {
		return this.server.endpoint();
	}

	@Override
	public void close() {
		this.server.close();
	}

}
