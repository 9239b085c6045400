package io.kinesisspring.listener;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.event.KinesisListenerEvent.ListenerStopped.Reason;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.scheduling.SimulatedScheduler;
import io.kinesisspring.shard.OnMissingStream;
import io.kinesisspring.shard.SimulatedKinesis;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the times of a container, in simulated time.
 */
class ContainerTimeTests {

	private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(30);

	private final SimulatedEventLoop time = new SimulatedEventLoop(1);

	private final SimulatedScheduler scheduler = new SimulatedScheduler(this.time);

	private final SimulatedKinesis kinesis = new SimulatedKinesis(1, this.time.another(), this.time.random(), () -> 0);

	private final CompletableFuture<Void> processed = new CompletableFuture<>();

	private final List<Object> events = new ArrayList<>();

	private final AtomicBoolean delivered = new AtomicBoolean();

	private final KinesisListenerContainer container = container();

	@Test
	void aStopEndsAtTheShutdownTimeoutWhileARecordIsProcessed() {
		deliverARecord();
		AtomicBoolean stopped = stop();
		this.time.advance(SHUTDOWN_TIMEOUT.minusNanos(1));
		assertThat(stopped).isFalse();
		this.time.advance(Duration.ofNanos(1));
		assertThat(stopped).isTrue();
		assertThat(this.events)
			.contains(new KinesisListenerEvent.ListenerStopped("orders", Reason.SHUTDOWN_TIMEOUT, null));
	}

	@Test
	void aStopEndsAtTheShutdownTimeoutAlthoughTheLoopIsStuck() {
		deliverARecord();
		this.scheduler.loop("kinesis-loop-orders-").pause(Duration.ofHours(1));
		AtomicBoolean stopped = stop();
		this.time.advance(SHUTDOWN_TIMEOUT);
		assertThat(stopped).isTrue();
		this.processed.complete(null);
		this.time.advance(Duration.ofHours(2));
		assertThat(this.events).filteredOn(KinesisListenerEvent.ListenerStopped.class::isInstance).hasSize(1);
	}

	@Test
	void aStopThatEndsInTimeLeavesNothingScheduled() {
		deliverARecord();
		this.processed.complete(null);
		AtomicBoolean stopped = stop();
		this.time.advanceUntil(stopped::get, Duration.ofSeconds(5));
		assertThat(this.scheduler.loop("kinesis-stop-orders-").pending()).isZero();
		assertThat(this.scheduler.loop("kinesis-loop-orders-").pending()).isZero();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(this.events).contains(new KinesisListenerEvent.ListenerStopped("orders", Reason.NORMAL, null));
	}

	@Test
	void reportsSinceWhenItRunsOrIsStopped() {
		this.time.advance(Duration.ofMinutes(1));
		deliverARecord();
		Instant startedAt = this.container.getStatus().since();
		assertThat(startedAt).isBetween(SimulatedEventLoop.START.plusSeconds(60), this.time.clock().instant());
		this.time.advance(Duration.ofHours(1));
		Instant stoppedAt = this.time.clock().instant();
		this.processed.complete(null);
		AtomicBoolean stopped = stop();
		this.time.advanceUntil(stopped::get, Duration.ofSeconds(5));
		assertThat(this.container.getStatus().since()).isEqualTo(stoppedAt);
	}

	private KinesisListenerContainer container() {
		KinesisListenerContainerFactory factory = new KinesisListenerContainerFactory(
				new ContainerServices(this.kinesis.client(), (application) -> new InMemoryLeaseStore(), this.scheduler),
				this.time.another(),
				ContainerOptions.builder()
					.application("app")
					.onMissingStream(OnMissingStream.WAIT)
					.shutdownTimeout(SHUTDOWN_TIMEOUT)
					.build(),
				(id, options) -> {
				});
		factory.setApplicationEventPublisher(this.events::add);
		return factory.create(new KinesisListenerEndpoint("orders", List.of(StreamIdentifier.of("orders")),
				new Listener(), (options) -> options, "a test"));
	}

	private void deliverARecord() {
		this.container.start();
		this.kinesis.put("shard-0");
		this.time.advanceUntil(this.delivered::get, Duration.ofMinutes(1));
	}

	private AtomicBoolean stop() {
		AtomicBoolean stopped = new AtomicBoolean();
		this.container.stop(() -> stopped.set(true));
		return stopped;
	}

	private final class Listener implements RecordsListener {

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			ContainerTimeTests.this.delivered.set(true);
			return ContainerTimeTests.this.processed;
		}

		@Override
		public boolean isBatch() {
			return false;
		}

	}

}
