package io.kinesisspring.endtoend;

import io.kinesisspring.testing.KinesisServer;

/**
 * On this project's own server, on the fast path.
 */
class EmbeddedEndToEndIntegrationTests extends ReadingTests {

	EmbeddedEndToEndIntegrationTests() {
		super(KinesisServer::embedded);
	}

}
