package io.kinesisspring.endtoend;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;
import io.kinesisspring.testing.KinesisServer;

/**
 * On kinesalite 3.3.3, over HTTP/1.1 and in JSON.
 */
@EnabledIfIndependentServers
class KinesaliteIntegrationTests extends ReadingTests {

	KinesaliteIntegrationTests() {
		super(KinesisServer::kinesalite);
	}

	@Override
	@Test
	@Disabled("kinesalite never ends a closed shard that is read from behind its last record")
	void findsTheChildrenOfAShardThatWasClosedAfterTheLastCheckpoint() {
	}

}
