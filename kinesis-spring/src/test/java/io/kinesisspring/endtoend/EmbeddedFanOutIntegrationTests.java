package io.kinesisspring.endtoend;

import io.kinesisspring.shard.FanOutFallback;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.testing.KinesisServer;

/**
 * The promises of the container when it reads by enhanced fan-out, on this project's own
 * server, by a client that has everything as the SDK has it.
 */
class EmbeddedFanOutIntegrationTests extends ConsumingTests {

	EmbeddedFanOutIntegrationTests() {
		super(KinesisServer::embedded, (options) -> options.mode(ReadMode.FAN_OUT)
			.fanOut(FanOutOptions.defaults().toBuilder().fallback(FanOutFallback.FAIL).build()));
	}

}
