package io.kinesisspring.boot.autoconfigure.client;

import java.net.URI;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Knows endpoints of servers on this machine, and which other properties they need.
 */
public final class LocalEndpoint {

	static final String NEEDED = "Set beside it kinesis.region (any, such as 'us-east-1'), kinesis.credentials.access-key and kinesis.credentials.secret-key (any text), and kinesis.dynamodb.endpoint, or kinesis.lease.store=memory";

	private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "host.docker.internal");

	private LocalEndpoint() {
	}

	/**
	 * Whether an endpoint is a server on this machine.
	 * @param endpoint the endpoint, if it is set
	 * @return {@code true} if it is
	 */
	public static boolean isLocal(@Nullable URI endpoint) {
		return endpoint != null && LOOPBACK.contains(String.valueOf(endpoint.getHost()));
	}

}
