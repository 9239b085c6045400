package io.kinesisspring.lease.dynamodb;

import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.lease.Lease;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.Containers;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a container delivers of a stream that was deleted and created again while nobody
 * read it.
 */
class RecreatedStreamIntegrationTests {

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(KinesisServer::embedded);

	@RegisterExtension
	final Containers containers = new Containers(backEnds);

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void readsAllOfTheNewStream(int shards) {
		String stream = "orders-" + shards;
		backEnds.createStream(stream, 1);
		backEnds.put(stream, 0, 10);
		RecordingListener listener = new RecordingListener();
		KinesisListenerContainer container = this.containers.start(stream, listener);
		backEnds.split(stream, 0);
		backEnds.put(stream, 10, 20);
		Awaitility.await().untilAsserted(() -> {
			assertThat(listener.distinctNumbers()).hasSize(20);
			assertThat(this.containers.leases(stream)).filteredOn(Lease::isFinished).hasSize(1);
		});
		container.stop();
		deleteAndCreate(stream, shards);
		backEnds.put(stream, 100, 140);
		RecordingListener later = new RecordingListener();
		this.containers.start(stream, later);
		Awaitility.await()

			.untilAsserted(() -> assertThat(later.distinctNumbers())
				.containsExactlyElementsOf(IntStream.range(100, 140).boxed().toList()));
		assertThat(later.numbers()).hasSize(40);
	}

	private static void deleteAndCreate(String stream, int shards) {
		backEnds.kinesis().deleteStream((delete) -> delete.streamName(stream)).join();
		Awaitility.await()

			.until(() -> !backEnds.kinesis().listStreams().join().streamNames().contains(stream));
		backEnds.createStream(stream, shards);
	}

}
