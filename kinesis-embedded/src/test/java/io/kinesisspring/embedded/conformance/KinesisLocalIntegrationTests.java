package io.kinesisspring.embedded.conformance;

import java.util.Set;

import software.amazon.awssdk.http.Protocol;

import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;
import io.kinesisspring.embedded.testing.IndependentServer;
import io.kinesisspring.embedded.testing.IndependentServers;
import io.kinesisspring.embedded.testing.WireProtocol;

/**
 * kinesis-local 0.6.2. Its differences: it knows no dry runs and no streams that
 * distribute their records, takes more than 500 records and none, answers malformed
 * iterators and hash keys with status 500, counts {@code MillisBehindLatest} to the last
 * record and not to now, lists every shard as at the trim horizon, goes on listing
 * consumers that were deregistered, and its subscriptions tick once a second and never
 * end with the shard.
 */
@EnabledIfIndependentServers
class KinesisLocalIntegrationTests extends FanOutConformanceTests {

	@Override
	TestServer startServer() {
		IndependentServer server = IndependentServers.kinesisLocal();
		return new TestServer(server.endpoint(),
				Set.of(Feature.DRY_RUN, Feature.RECORD_DISTRIBUTION, Feature.PUT_LIMITS, Feature.CLIENT_ERRORS,
						Feature.MILLIS_BEHIND, Feature.AT_TRIM_HORIZON, Feature.DEREGISTRATION, Feature.FAN_OUT_END),
				server::close);
	}

	@Override
	WireProtocol wire() {
		return WireProtocol.CBOR;
	}

	@Override
	Protocol http() {
		return Protocol.HTTP1_1;
	}

}
