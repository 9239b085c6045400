package io.kinesisspring.endtoend;

import io.kinesisspring.testing.KinesisServer;

/**
 * On this project's own server, by clients that have everything as the SDK has it.
 */
class EmbeddedEndToEndIntegrationTests extends ReadingTests {

	EmbeddedEndToEndIntegrationTests() {
		super(KinesisServer::embedded);
	}

}
