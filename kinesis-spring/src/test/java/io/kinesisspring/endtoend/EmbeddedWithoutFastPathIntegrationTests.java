package io.kinesisspring.endtoend;

import org.junit.jupiter.api.Tag;

import io.kinesisspring.testing.KinesisServer;

/**
 * On this project's own server, by clients that have everything as the SDK has it.
 */
@Tag("thorough")
class EmbeddedWithoutFastPathIntegrationTests extends SendingAndReceivingTests {

	EmbeddedWithoutFastPathIntegrationTests() {
		super(KinesisServer::embeddedWithoutFastPath);
	}

}
