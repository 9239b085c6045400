package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.task.TaskRejectedException;

import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.shard.ShardState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShardEventPublisher}: what the application is told, and when.
 */
class ShardEventPublisherTests {

	private static final Duration IDLE = Duration.ofMinutes(1);

	private static final Duration STALLED = Duration.ofMinutes(5);

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final ListenerShard SHARD = new ListenerShard("orders", "stream", "shard-0");

	private final List<Object> published = new ArrayList<>();

	private final SimulatedEventLoop loop = new SimulatedEventLoop(1);

	private final SimulatedEventLoop executor = this.loop.another();

	private final ShardEventPublisher shardEventPublisher = new ShardEventPublisher("orders", List.of(new Recorder()),
			this.published::add, this.executor, this.loop.clock(), TIMEOUT);

	@Test
	void publishesEventsOfAShardInOrderAndBeforeItsFirstRecord() {
		CompletableFuture<@Nullable Checkpoint> ready = this.shardEventPublisher.assigned("stream", "shard-0");
		assertThat(ready).isNotDone();
		this.shardEventPublisher.revoked("stream", "shard-0");
		this.shardEventPublisher.onReleased("stream", "shard-0", true);
		this.shardEventPublisher.assigned("stream", "shard-0");
		this.shardEventPublisher.onLost("stream", "shard-0");
		this.shardEventPublisher.lost("stream", "shard-0");
		this.shardEventPublisher.assigned("stream", "shard-0");
		this.shardEventPublisher.ended("stream", "shard-0");
		this.shardEventPublisher.onFinished("stream", "shard-0");
		this.loop.runUntilIdle();
		assertThat(ready).isCompleted();
		assertThat(this.published).containsExactly("assigned " + SHARD,
				new KinesisListenerEvent.ShardAssigned("orders", "stream", "shard-0"), "revoked " + SHARD,
				new KinesisListenerEvent.ShardRevoked("orders", "stream", "shard-0"), "assigned " + SHARD,
				new KinesisListenerEvent.ShardAssigned("orders", "stream", "shard-0"),
				new KinesisListenerEvent.ShardLost("orders", "stream", "shard-0"), "lost " + SHARD, "assigned " + SHARD,
				new KinesisListenerEvent.ShardAssigned("orders", "stream", "shard-0"), "ended " + SHARD,
				new KinesisListenerEvent.ShardEnded("orders", "stream", "shard-0"));
	}

	@Test
	void eventListenersThatFailDoNotDelayIt() {
		ShardEventPublisher failing = new ShardEventPublisher("orders", List.of(new Recorder()), (event) -> {
			throw new StackOverflowError("not well");
		}, this.executor, this.loop.clock(), TIMEOUT);
		CompletableFuture<@Nullable Checkpoint> ready = failing.assigned("stream", "shard-0");
		this.loop.runUntilIdle();
		assertThat(ready).isCompleted();
		assertThat(this.published).containsExactly("assigned " + SHARD);
	}

	@Test
	void publishesTheFirstOfSeveralFailuresInARow() {
		int[] calls = { 0 };
		ShardEventPublisher failing = new ShardEventPublisher("orders", List.of(new Recorder(), new ShardListener() {

			@Override
			public @Nullable Checkpoint onAssigned(ListenerShard shard) {
				if (++calls[0] < 3) {
					throw new NoClassDefFoundError("not well");
				}
				return null;
			}

		}), this.published::add, this.executor, this.loop.clock(), TIMEOUT);
		for (int i = 0; i < 2; i++) {
			CompletableFuture<@Nullable Checkpoint> failed = failing.assigned("stream", "shard-0");
			this.loop.runUntilIdle();
			assertThat(failed).isCompletedExceptionally();
		}
		CompletableFuture<@Nullable Checkpoint> ready = failing.assigned("stream", "shard-0");
		this.loop.runUntilIdle();
		assertThat(ready).isCompletedWithValue(null);
		assertThat(this.published).hasSize(3)
			.startsWith("assigned " + SHARD)
			.endsWith(new KinesisListenerEvent.ShardAssigned("orders", "stream", "shard-0"));
		assertThat(this.published.get(1)).isInstanceOfSatisfying(KinesisListenerEvent.ListenerFailed.class,
				(failure) -> assertThat(failure.cause()).isInstanceOf(NoClassDefFoundError.class));
	}

	@Test
	void publishesRejectedEventsLaterAndInOrder() {
		int[] tasks = { 0 };
		ShardEventPublisher rejecting = new ShardEventPublisher("orders", List.of(new Recorder()), (event) -> {
		}, (task) -> {
			if (tasks[0]++ < 4) {
				if (tasks[0] == 3) {
					this.executor.schedule(Duration.ofMinutes(1), task);
				}
				throw new OutOfMemoryError("unable to create native thread");
			}
			this.executor.execute(task);
		}, this.loop.clock(), TIMEOUT);
		rejecting.use(this.loop);
		CompletableFuture<@Nullable Checkpoint> ready = rejecting.assigned("stream", "shard-0");
		rejecting.lost("stream", "shard-0");
		this.loop.advance(Duration.ofMillis(100));
		assertThat(ready).isNotDone();
		this.loop.advance(Duration.ofMinutes(2));
		assertThat(ready).isCompleted();
		assertThat(this.published).containsExactly("assigned " + SHARD, "lost " + SHARD);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void readsAShardWhoseEventsTheExecutorRejectsOnlyWithoutAShardListener(boolean listening) {
		ShardEventPublisher rejecting = new ShardEventPublisher("orders",
				listening ? List.of(new Recorder()) : List.of(), this.published::add, (task) -> {
					throw new TaskRejectedException("full");
				}, this.loop.clock(), TIMEOUT);
		rejecting.use(this.loop);
		CompletableFuture<@Nullable Checkpoint> ready = rejecting.assigned("stream", "shard-0");
		this.loop.advance(Duration.ofMinutes(2));
		assertThat(ready).isDone();
		assertThat(ready.isCompletedExceptionally()).isEqualTo(listening);
		assertThat(this.published).isEmpty();
	}

	@Test
	void publishesIdleOnceUntilTheNextRecord() {
		ShardProgressMonitor monitor = assigned();
		pass(Duration.ofSeconds(50), () -> monitor.read(0, 0));
		assertThat(this.published).isEmpty();
		pass(Duration.ofMinutes(10), () -> monitor.read(0, 0));
		assertThat(this.published)
			.containsExactly(new KinesisListenerEvent.ShardIdle("orders", "stream", "shard-0", IDLE));
		monitor.read(1, 0);
		pass(Duration.ofMinutes(10), () -> monitor.read(0, 0));
		assertThat(this.published).containsExactly(
				new KinesisListenerEvent.ShardIdle("orders", "stream", "shard-0", IDLE),
				new KinesisListenerEvent.ShardNoLongerIdle("orders", "stream", "shard-0", Duration.ofSeconds(650)),
				new KinesisListenerEvent.ShardIdle("orders", "stream", "shard-0", IDLE));
	}

	@Test
	void publishesStalledOnceUntilTheShardMakesProgress() {
		ShardProgressMonitor monitor = assigned();
		monitor.deliveryStarted();
		pass(Duration.ofSeconds(290), () -> monitor.read(0, 0));
		assertThat(this.published).isEmpty();
		pass(Duration.ofMinutes(20), () -> monitor.read(0, 0));
		assertThat(this.published)
			.containsExactly(new KinesisListenerEvent.ShardStalled("orders", "stream", "shard-0", STALLED));
		monitor.recordsFinished();
		pass(Duration.ofMinutes(4), () -> {
		});
		assertThat(this.published).hasSize(2)
			.last()
			.isEqualTo(new KinesisListenerEvent.ShardNoLongerStalled("orders", "stream", "shard-0",
					Duration.ofSeconds(1490)));
		pass(Duration.ofMinutes(4), () -> {
		});
		assertThat(this.published).hasSize(3).last().isInstanceOf(KinesisListenerEvent.ShardStalled.class);
	}

	@Test
	void publishesStalledForAShardThatCannotBeRead() {
		assigned();
		pass(Duration.ofMinutes(6), () -> {
		});
		assertThat(this.published).last().isInstanceOf(KinesisListenerEvent.ShardStalled.class);
	}

	@Test
	void doesNotPublishStalledForAPausedShard() {
		assigned();
		this.shardEventPublisher.closed("stream", "shard-0");
		pass(Duration.ofMinutes(20), () -> {
		});
		assertThat(this.published).noneMatch(KinesisListenerEvent.ShardStalled.class::isInstance);
	}

	@Test
	void publishesPausesAndResumesAndTheReasonOfAStopOncePerChange() {
		assigned();
		IllegalStateException cause = new IllegalStateException("gone");
		for (ShardState.Activity activity : List.of(ShardState.Activity.READING, ShardState.Activity.PAUSED,
				ShardState.Activity.PAUSED, ShardState.Activity.READING, ShardState.Activity.READING,
				ShardState.Activity.STOPPED, ShardState.Activity.READING)) {
			this.shardEventPublisher.onActivityChanged("stream", "shard-0", activity,
					(activity == ShardState.Activity.STOPPED) ? cause : null);
		}
		this.loop.runUntilIdle();
		assertThat(this.published).containsExactly(new KinesisListenerEvent.ShardPaused("orders", "stream", "shard-0"),
				new KinesisListenerEvent.ShardResumed("orders", "stream", "shard-0"),
				new KinesisListenerEvent.ShardStopped("orders", "stream", "shard-0", cause),
				new KinesisListenerEvent.ShardResumed("orders", "stream", "shard-0"));
	}

	@Test
	void publishesNothingForASlowShardThatMakesProgress() {
		ShardProgressMonitor monitor = assigned();
		monitor.deliveryStarted();
		pass(Duration.ofHours(1), monitor::recordsFinished);
		assertThat(this.published).isEmpty();
	}

	private ShardProgressMonitor assigned() {
		this.shardEventPublisher.assigned("stream", "shard-0");
		this.loop.runUntilIdle();
		this.published.clear();
		return this.shardEventPublisher.monitor("stream", "shard-0");
	}

	private void pass(Duration duration, Runnable meanwhile) {
		for (Duration passed = Duration.ZERO; passed.compareTo(duration) < 0; passed = passed.plusSeconds(10)) {
			meanwhile.run();
			this.shardEventPublisher.check(this.loop.nanoTime(), IDLE, STALLED);
			this.loop.advance(Duration.ofSeconds(10));
		}
	}

	/**
	 * Takes note of what it is told.
	 */
	private final class Recorder implements ShardListener {

		@Override
		public @Nullable Checkpoint onAssigned(ListenerShard shard) {
			ShardEventPublisherTests.this.published.add("assigned " + shard);
			return null;
		}

		@Override
		public void onRevoked(ListenerShard shard) {
			ShardEventPublisherTests.this.published.add("revoked " + shard);
		}

		@Override
		public void onLost(ListenerShard shard) {
			ShardEventPublisherTests.this.published.add("lost " + shard);
		}

		@Override
		public void onEnded(ListenerShard shard) {
			ShardEventPublisherTests.this.published.add("ended " + shard);
		}

	}

}
