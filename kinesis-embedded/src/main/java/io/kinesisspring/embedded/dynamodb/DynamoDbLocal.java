package io.kinesisspring.embedded.dynamodb;

import java.net.URI;

import org.jspecify.annotations.Nullable;

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
	 * @param classLoader the class loader to search
	 * @return {@code true} if it is present
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
	 * @param port the port, or 0 for a free one
	 * @return the running server
	 */
	public static DynamoDbLocal start(int port) {
		return new DynamoDbLocal(new LoopbackServer(port));
	}

	/**
	 * Start DynamoDB Local if the user wants it, or by default if it is on the class
	 * path.
	 * @param wanted whether to start it, or {@code null} for the default
	 * @param port the port, or 0 for a free one
	 * @return the running server, or {@code null} if it is not started
	 * @throws IllegalStateException if it is wanted but not on the class path
	 */
	public static @Nullable DynamoDbLocal startIfWanted(@Nullable Boolean wanted, int port) {
		boolean present = isPresent(DynamoDbLocal.class.getClassLoader());
		if (Boolean.TRUE.equals(wanted) && !present) {
			throw new IllegalStateException("DynamoDB Local is not on the class path. Add "
					+ "software.amazon.dynamodb:DynamoDBLocal in test scope, or do not ask for it.");
		}
		return ((wanted != null) ? wanted : present) ? start(port) : null;
	}

	/**
	 * Return the endpoint.
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
