package io.kinesisspring.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.listener.ListenerObserver;
import io.kinesisspring.listener.ListenerShard;
import io.kinesisspring.shard.ShardState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ListenerMeters}.
 */
class ListenerMetersTests {

	private static final Checkpoint.After SOMEWHERE = new Checkpoint.After(SequenceNumber.of("1"), 0);

	private final MockClock clock = new MockClock();

	private final MeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, this.clock);

	@Test
	void aThousandShardsLeaveNoMeters() {
		ListenerObserver listener = started(true);
		useAndLose(listener, "shard-0");
		Set<Meter.Id> before = ids();
		for (int i = 1; i <= 1000; i++) {
			listener.onAcquired("orders", "shard-" + i);
			use(listener, "shard-" + i);
		}
		assertThat(this.registry.get("kinesis.consumer.lag").gauges()).hasSize(1000);
		assertThat(ids()).hasSizeGreaterThan(15_000);
		for (int i = 1; i <= 1000; i++) {
			switch (i % 3) {
				case 0 -> listener.onLost("orders", "shard-" + i);
				case 1 -> listener.onReleased("orders", "shard-" + i, false);
				default -> listener.onFinished("orders", "shard-" + i);
			}
			use(listener, "shard-" + i);
		}
		assertThat(ids()).isEqualTo(before);
	}

	@Test
	void aStopRemovesTheMetersOfItsShards() {
		ListenerObserver listener = started(true);
		useAndLose(listener, "shard-0");
		Set<Meter.Id> before = ids();
		listener.onAcquired("orders", "shard-1");
		use(listener, "shard-1");
		listener.onContainerStopped();
		assertThat(ids()).isEqualTo(before);
		assertThat(gauge("kinesis.lease.held")).isZero();
		assertThat(gauge("kinesis.consumer.running")).isZero();
	}

	@Test
	void concurrentCountsLeaveNoMetersOfALostShard() throws Exception {
		ListenerObserver listener = started(true);
		useAndLose(listener, "shard-0");
		Set<Meter.Id> before = ids();
		for (int i = 0; i < 200; i++) {
			listener.onAcquired("orders", "shard-1");
			CountDownLatch together = new CountDownLatch(2);
			Thread counting = new Thread(() -> {
				together.countDown();
				await(together);
				use(listener, "shard-1");
			});
			counting.start();
			together.countDown();
			await(together);
			listener.onLost("orders", "shard-1");
			counting.join();
			assertThat(ids()).isEqualTo(before);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void withoutTheShardTagNoMeterKnowsShards() {
		ListenerObserver listener = started(false);
		IntStream.range(0, 100).forEach((i) -> {
			listener.onAcquired("orders", "shard-" + i);
			use(listener, "shard-" + i);
		});
		assertThat(this.registry.getMeters()).hasSizeLessThan(50)
			.allSatisfy((meter) -> assertThat(meter.getId().getTag("shard")).isNull());
		assertThat(this.registry.get("kinesis.consumer.records").counter().count()).isEqualTo(700);
		assertThat(gauge("kinesis.lease.held")).isEqualTo(100);
	}

	@Test
	void keepsCountsThatArriveAfterAShardIsLost() {
		ListenerObserver listener = started(true);
		listener.onAcquired("orders", "shard-1");
		listener.onLost("orders", "shard-1");
		listener.onSkipped(new ListenerShard("listener", "orders", "shard-1"), new IllegalStateException());
		assertThat(this.registry.get("kinesis.consumer.skipped").tag("shard", "none").counter().count()).isOne();
	}

	@Test
	void theMaximumLagIsThatOfTheSlowestShard() {
		ListenerObserver listener = started(false);
		assertThat(gauge("kinesis.consumer.lag.max")).isNaN();
		listener.onAcquired("orders", "shard-1");
		listener.onAcquired("orders", "shard-2");
		listener.onBatchRead("orders", "shard-1", 0, 7000, Duration.ZERO);
		listener.onBatchRead("orders", "shard-2", 0, 0, Duration.ZERO);
		assertThat(gauge("kinesis.consumer.lag.max")).isEqualTo(7000);
		listener.onReleased("orders", "shard-1", false);
		this.clock.add(1, TimeUnit.SECONDS);
		assertThat(gauge("kinesis.consumer.lag.max")).isEqualTo(1000);
		listener.onFinished("orders", "shard-2");
		assertThat(gauge("kinesis.consumer.lag.max")).isNaN();
	}

	@Test
	void aListenerThatWasDeniedFallsBehindThoughItHasStopped() {
		ListenerObserver listener = started(false);
		listener.onAcquired("orders", "shard-1");
		listener.onAcquired("orders", "shard-2");
		listener.onBatchRead("orders", "shard-1", 0, 7000, Duration.ZERO);
		listener.onBatchRead("orders", "shard-2", 0, 3000, Duration.ZERO);
		listener.onAccessDenied();
		listener.onReleased("orders", "shard-1", true);
		listener.onContainerStopped();
		this.clock.add(1, TimeUnit.MINUTES);
		assertThat(gauge("kinesis.consumer.lag.max")).isEqualTo(67_000);
		assertThat(gauge("kinesis.consumer.running")).isZero();
		listener.onContainerStarting(List.of("orders"));
		assertThat(gauge("kinesis.consumer.lag.max")).isNaN();
		assertThat(gauge("kinesis.consumer.running")).isOne();
	}

	@Test
	void countsShardsByState() {
		ListenerObserver listener = started(false);
		for (ShardState.Activity activity : ShardState.Activity.values()) {
			listener.onAcquired("orders", activity.name());
			listener.onActivityChanged("orders", activity.name(), activity, null);
			assertThat(this.registry.get("kinesis.consumer.shards")
				.tag("state", activity.name().toLowerCase())
				.gauge()
				.value()).isOne();
		}
	}

	@Test
	void freeShardsExpireWhenNoReconciliationReportsThem() {
		ListenerObserver listener = started(false);
		listener.onAssignmentPlanned("orders", 3, 2);
		assertThat(gauge("kinesis.lease.wanted")).isEqualTo(3);
		assertThat(gauge("kinesis.lease.free")).isEqualTo(2);
		this.clock.add(5, TimeUnit.MINUTES);
		assertThat(gauge("kinesis.lease.wanted")).isEqualTo(3);
		assertThat(gauge("kinesis.lease.free")).isZero();
	}

	@Test
	void theSameIdContinuesTheSameMeters() {
		KinesisMetrics metrics = new KinesisMetrics(this.registry, false);
		ListenerObserver first = metrics.listener("listener");
		first.onContainerStarting(List.of("orders"));
		first.onAcquired("orders", "shard-1");
		first.onContainerStopped();
		ListenerObserver second = metrics.listener("listener");
		second.onContainerStarting(List.of("orders"));
		second.onAcquired("orders", "shard-1");
		assertThat(gauge("kinesis.lease.held")).isOne();
		assertThat(this.registry.get("kinesis.lease.taken").counter().count()).isEqualTo(2);
	}

	@Test
	void aRegistryThatRejectsMetersHarmsNothing() {
		this.registry.config().meterFilter(new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				throw new IllegalStateException("refused");
			}

		});
		ListenerObserver listener = started(true);
		listener.onAcquired("orders", "shard-1");
		use(listener, "shard-1");
		listener.onLost("orders", "shard-1");
		assertThat(this.registry.getMeters()).isEmpty();
	}

	private ListenerObserver started(boolean includeShardTag) {
		ListenerObserver listener = new KinesisMetrics(this.registry, includeShardTag).listener("listener");
		listener.onContainerStarting(List.of("orders"));
		return listener;
	}

	private void useAndLose(ListenerObserver listener, String shardId) {
		listener.onAcquired("orders", shardId);
		use(listener, shardId);
		listener.onLost("orders", shardId);
		listener.onAcquired("orders", shardId);
		listener.onReleased("orders", shardId, false);
		use(listener, shardId);
	}

	/**
	 * Everything that can be said about a shard.
	 */
	private static void use(ListenerObserver listener, String shardId) {
		ListenerShard shard = new ListenerShard("listener", "orders", shardId);
		IllegalStateException failure = new IllegalStateException("made for a test");
		listener.onActivityChanged("orders", shardId, ShardState.Activity.READING, null);
		listener.onFetched("orders", shardId, Duration.ofMillis(5), null);
		listener.onUnpacked("orders", shardId, 100, 7, 2);
		listener.onBatchRead("orders", shardId, 7, 1000, Duration.ZERO);
		listener.onDeliveryStarted("orders", shardId, SOMEWHERE);
		listener.onDeliveryQueued(shard, 7);
		listener.onListenerCalled(shard).ended(3, failure);
		listener.onRetry(shard, failure);
		listener.onNacked(shard, 2);
		listener.onExpired("orders", shardId);
		listener.onSkipped(shard, failure);
		listener.onRecovered(shard, failure);
		listener.onRecovererFailed(shard, failure);
		listener.onFiltered("orders", shardId, 1);
		listener.onDeliveryDone(shard, 7);
		listener.onBatchHandled("orders", shardId);
		listener.onCheckpoint("orders", shardId, SOMEWHERE, null);
		listener.onCheckpoint("orders", shardId, SOMEWHERE, failure);
		listener.onThrottled("orders", shardId, "GetRecords");
		listener.onCallFailed("orders", shardId, "GetRecords", failure);
		listener.onIteratorExpired("orders", shardId);
		listener.onCheckpointStale("orders", shardId);
		listener.onAggregateBroken("orders", shardId);
		listener.onOutOfRange("orders", shardId, 2, true);
	}

	private Set<Meter.Id> ids() {
		return this.registry.getMeters().stream().map(Meter::getId).collect(Collectors.toSet());
	}

	private double gauge(String name) {
		return this.registry.get(name).gauge().value();
	}

}
