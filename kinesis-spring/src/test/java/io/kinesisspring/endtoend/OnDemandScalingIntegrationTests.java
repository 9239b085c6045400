package io.kinesisspring.endtoend;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.kinesis.model.StreamMode;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.store.OnDemandScaling;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.shard.FanOutFallback;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.Containers;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A stream that scales by what is written to it, while listeners read it.
 */
class OnDemandScalingIntegrationTests {

	private static final int KEYS = 50;

	private static final int RECORDS = 5000;

	private static final int MORE = 500;

	private static final MovableClock clock = MovableClock.standingAt(Instant.parse("2026-11-23T12:00:00Z"));

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(OnDemandScalingIntegrationTests::start);

	@RegisterExtension
	final Containers containers = new Containers(backEnds);

	private static KinesisServer start() {
		EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
			.dynamoDb(false)
			.clock(clock)
			.scaling(OnDemandScaling.service())
			.start();
		return new KinesisServer(KinesisClients.withDefaults(server.endpoint()), server::close);
	}

	@ParameterizedTest
	@EnumSource(ReadMode.class)
	void aListenerFollowsTheStreamThroughBothDoublings(ReadMode mode) {
		String stream = "visits-" + mode;
		backEnds.kinesis()
			.createStream((create) -> create.streamName(stream)
				.streamModeDetails((details) -> details.streamMode(StreamMode.ON_DEMAND)))
			.join();
		RecordingListener listener = new RecordingListener();
		this.containers.start(stream, listener, (options) -> options.mode(mode)
			.fanOut(FanOutOptions.defaults().toBuilder().fallback(FanOutFallback.FAIL).build()));
		IntStream.range(0, RECORDS / MORE).forEach((i) -> put(stream, i * MORE));
		clock.advance(OnDemandScaling.service().delay());
		put(stream, RECORDS);
		assertThat(backEnds.openShards(stream)).hasSize(8);
		clock.advance(OnDemandScaling.service().delay());
		put(stream, RECORDS + MORE);
		assertThat(backEnds.openShards(stream)).hasSize(16);
		await().untilAsserted(
				() -> assertThat(this.containers.leases(stream).stream().filter(Lease::isFinished)).hasSize(12));
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(RECORDS + 2 * MORE));
		assertThat(listener.numbers()).hasSize(RECORDS + 2 * MORE);
		assertThat(listener.numbersByKey()).hasSize(KEYS).allSatisfy((key, numbers) -> assertThat(numbers).isSorted());
		List<String> open = backEnds.openShards(stream).stream().map((shard) -> shard.shardId()).toList();
		assertThat(listener.byShard().keySet()).containsAnyElementsOf(open);
	}

	private static void put(String stream, int from) {
		backEnds.put(stream, from, from + MORE, (number) -> "key-" + number % KEYS);
	}

}
