package io.kinesisspring.embedded.conformance;

import java.net.URI;
import java.util.Set;

import io.kinesisspring.embedded.EmbeddedKinesisServer;

/**
 * A server under test.
 *
 * @param endpoint where it listens
 * @param missing what it does not have
 * @param stop what ends it
 */
record TestServer(URI endpoint, Set<Feature> missing, Runnable stop) {

	static TestServer embedded() {
		EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().dynamoDb(false).start();
		return new TestServer(server.endpoint(), Set.of(), server::close);
	}

}
