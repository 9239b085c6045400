package io.kinesisspring.embedded.conformance;

import java.util.Set;

import software.amazon.awssdk.http.Protocol;

import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;
import io.kinesisspring.embedded.testing.IndependentServer;
import io.kinesisspring.embedded.testing.IndependentServers;
import io.kinesisspring.embedded.testing.WireProtocol;

/**
 * kinesalite 3.3.3, which is of 2020. Its differences: JSON over HTTP/1.1 only, no ARNs,
 * no paging and filters for shards, no child shards in answers, no modes, no consumers,
 * no dry runs; partial pages are said not to be behind, and closed shards are read for
 * ever after their last sequence number.
 */
@EnabledIfIndependentServers
class KinesaliteIntegrationTests extends FanOutConformanceTests {

	@Override
	TestServer startServer() {
		IndependentServer server = IndependentServers.kinesalite();
		return new TestServer(server.endpoint(),
				Set.of(Feature.DRY_RUN, Feature.ENHANCED_MONITORING, Feature.RESOURCE_POLICIES,
						Feature.RECORD_DISTRIBUTION, Feature.STREAM_ARN, Feature.SHARD_LISTS, Feature.CHILD_SHARDS,
						Feature.MILLIS_BEHIND, Feature.UPDATE_SHARD_COUNT, Feature.END_OF_SHARD, Feature.SETTINGS,
						Feature.FAN_OUT, Feature.DEREGISTRATION, Feature.FAN_OUT_END),
				server::close);
	}

	@Override
	WireProtocol wire() {
		return WireProtocol.JSON;
	}

	@Override
	Protocol http() {
		return Protocol.HTTP1_1;
	}

}
