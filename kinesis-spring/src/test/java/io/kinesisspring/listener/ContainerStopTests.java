package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.kinesisspring.KinesisException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.lease.ForwardingLeaseStore;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.shard.OnMissingStream;
import io.kinesisspring.shard.ShardState;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.Containers;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;
import io.kinesisspring.testing.TestThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for stops and pauses that come at an odd moment or from an odd place.
 */
@Timeout(180)
class ContainerStopTests {

	private static final String SHARD = "shardId-000000000000";

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(KinesisServer::embedded);

	@RegisterExtension
	final Containers containers = new Containers(backEnds);

	private final AtomicReference<KinesisListenerContainer> container = new AtomicReference<>();

	private final List<Object> events = new CopyOnWriteArrayList<>();

	private String stream;

	@BeforeEach
	void createStream(TestInfo test) {
		this.stream = test.getTestMethod().orElseThrow().getName();
		backEnds.createStream(this.stream, 1);
	}

	@Test
	void aStopInterruptsAStart() {
		CompletableFuture<Void> preparing = new CompletableFuture<>();
		KinesisListenerContainer hanging = hanging(preparing, OnMissingStream.FAIL);
		CompletableFuture<Void> started = CompletableFuture.runAsync(hanging::start);
		await().until(() -> preparing.getNumberOfDependents() > 0);
		hanging.stop();
		await().until(started::isDone);
		assertThat(started.handle((done, ex) -> ex.getCause()).join()).isInstanceOf(KinesisException.class)
			.hasMessage("Listener 'hanging' was stopped while it was starting");
		assertThat(hanging.isRunning()).isFalse();
		assertStoppedAndNotFailed(hanging);
	}

	@Test
	void aStopDuringABackgroundStartIsNoFailure() {
		CompletableFuture<Void> preparing = new CompletableFuture<>();
		KinesisListenerContainer hanging = hanging(preparing, OnMissingStream.WAIT);
		hanging.start();
		await().until(() -> preparing.getNumberOfDependents() > 0);
		hanging.stop();
		assertStoppedAndNotFailed(hanging);
	}

	private void assertStoppedAndNotFailed(KinesisListenerContainer hanging) {
		await().untilAsserted(
				() -> assertThat(this.events).hasAtLeastOneElementOfType(KinesisListenerEvent.ListenerStopped.class));
		assertThat(this.events).doesNotHaveAnyElementsOfTypes(KinesisListenerEvent.ListenerFailed.class);
		assertThat(hanging.getStatus().phase()).isEqualTo(ListenerStatus.Phase.STOPPED);
	}

	private KinesisListenerContainer hanging(CompletableFuture<Void> preparing, OnMissingStream onMissingStream) {
		LeaseStore store = new ForwardingLeaseStore(new InMemoryLeaseStore()) {

			@Override
			public CompletableFuture<Void> prepare() {
				return preparing;
			}

		};
		KinesisListenerContainerFactory factory = new KinesisListenerContainerFactory(
				new StreamClient(backEnds.kinesis()), (application) -> store, TestThreads.executor("listener-"),
				ContainerOptions.defaults().toBuilder().application("app").onMissingStream(onMissingStream).build(),
				(id, builder) -> {
				});
		factory.setApplicationEventPublisher(this.events::add);
		return factory.create(new KinesisListenerEndpoint("hanging", List.of(StreamIdentifier.of(this.stream)),
				new RecordingListener(), (options) -> options, "a test"));
	}

	@Test
	void aListenerCanStopItsContainerWithoutLossOrRepetition() {
		backEnds.put(this.stream, 0, 20, (number) -> "one");
		RecordingListener listener = new RecordingListener((record) -> {
			if (RecordingListener.number(record) == 7) {
				this.container.get().stop();
			}
		});
		start(listener);
		await().untilAsserted(() -> assertThat(this.containers.leases(this.stream)).singleElement()
			.satisfies((lease) -> assertThat(lease.owner()).isNull()));
		assertThat(this.container.get().isRunning()).isFalse();
		int reached = listener.numbers().size();
		assertThat(reached).isGreaterThan(7);
		backEnds.put(this.stream, 20, 30, (number) -> "one");
		RecordingListener next = new RecordingListener();
		this.containers.start(this.stream, next);
		await().untilAsserted(() -> assertThat(next.numbers()).endsWith(29));
		assertThat(listener.numbers()).isEqualTo(IntStream.range(0, reached).boxed().toList());
		assertThat(next.numbers()).isEqualTo(IntStream.range(reached, 30).boxed().toList());
	}

	@Test
	void aListenerCanWaitForItsOwnPause() {
		backEnds.put(this.stream, 0, 20, (number) -> "one");
		RecordingListener listener = new RecordingListener((record) -> {
			if (RecordingListener.number(record) == 7) {
				this.container.get().pause(this.stream, SHARD).join();
			}
		});
		start(listener);
		await().untilAsserted(() -> assertThat(this.container.get().getShards().join()).extracting(ShardState::activity)
			.containsExactly(ShardState.Activity.PAUSED));
		assertThat(this.container.get().pause()).succeedsWithin(Duration.ofSeconds(10));
		assertThat(listener.numbers()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
		this.container.get().resume(this.stream, SHARD).join();
		this.container.get().resume().join();
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSize(20).endsWith(19));
	}

	private void start(RecordingListener listener) {
		this.container.set(this.containers.create(this.stream, listener, (options) -> options));
		this.container.get().start();
	}

}
