package io.kinesisspring.endtoend;

import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;
import io.kinesisspring.testing.KinesisServer;

/**
 * On kinesis-local 0.6.2, over HTTP/1.1 and in CBOR.
 */
@EnabledIfIndependentServers
class KinesisLocalIntegrationTests extends ReadingTests {

	KinesisLocalIntegrationTests() {
		super(KinesisServer::kinesisLocal);
	}

}
