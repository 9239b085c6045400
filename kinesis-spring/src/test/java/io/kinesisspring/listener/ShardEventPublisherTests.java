package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.springframework.core.task.TaskRejectedException;

import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShardEventPublisher}: what the application is told, and when.
 */
class ShardEventPublisherTests {

	private static final Duration IDLE = Duration.ofMinutes(1);

	private static final Duration STALLED = Duration.ofMinutes(5);

	private static final ListenerShard SHARD = new ListenerShard("orders", "stream", "shard-0");

	private final List<Object> published = new ArrayList<>();

	private final SimulatedEventLoop loop = new SimulatedEventLoop(1);

	private final SimulatedEventLoop executor = this.loop.another();

	private final ShardEventPublisher shardEventPublisher = new ShardEventPublisher("orders", List.of(new Recorder()),
			this.published::add, this.executor, this.loop.clock());

	@Test
	void publishesEventsOfAShardInOrderAndBeforeItsFirstRecord() {
		CompletableFuture<Void> ready = this.shardEventPublisher.assigned("stream", "shard-0");
		assertThat(ready).isNotDone();
		this.shardEventPublisher.onLost("stream", "shard-0");
		this.shardEventPublisher.assigned("stream", "shard-0");
		this.shardEventPublisher.onFinished("stream", "shard-0");
		this.loop.runUntilIdle();
		assertThat(ready).isCompleted();
		assertThat(this.published).containsExactly("assigned " + SHARD,
				new KinesisListenerEvent.ShardAssigned("orders", "stream", "shard-0"), "lost " + SHARD,
				new KinesisListenerEvent.ShardLost("orders", "stream", "shard-0"), "assigned " + SHARD,
				new KinesisListenerEvent.ShardAssigned("orders", "stream", "shard-0"), "ended " + SHARD,
				new KinesisListenerEvent.ShardEnded("orders", "stream", "shard-0"));
	}

	@Test
	void listenersThatFailDoNotDelayIt() {
		ShardEventPublisher failing = new ShardEventPublisher("orders", List.of(new ShardListener() {

			@Override
			public void onAssigned(ListenerShard shard) {
				throw new IllegalStateException("not well");
			}

		}, new Recorder()), (event) -> {
			throw new IllegalStateException("not well");
		}, this.executor, this.loop.clock());
		CompletableFuture<Void> ready = failing.assigned("stream", "shard-0");
		this.loop.runUntilIdle();
		assertThat(ready).isCompleted();
		assertThat(this.published).containsExactly("assigned " + SHARD);
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
		}, this.loop.clock());
		rejecting.retryOn(this.loop);
		CompletableFuture<Void> ready = rejecting.assigned("stream", "shard-0");
		rejecting.onLost("stream", "shard-0");
		this.loop.advance(Duration.ofMillis(100));
		assertThat(ready).isNotDone();
		this.loop.advance(Duration.ofMinutes(2));
		assertThat(ready).isCompleted();
		assertThat(this.published).containsExactly("assigned " + SHARD, "lost " + SHARD);
	}

	@Test
	void readsAShardEvenIfTheExecutorRejectsItsEvents() {
		ShardEventPublisher rejecting = new ShardEventPublisher("orders", List.of(new Recorder()), this.published::add,
				(task) -> {
					throw new TaskRejectedException("full");
				}, this.loop.clock());
		rejecting.retryOn(this.loop);
		CompletableFuture<Void> ready = rejecting.assigned("stream", "shard-0");
		this.loop.advance(Duration.ofMinutes(2));
		assertThat(ready).isCompleted();
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
		assertThat(this.published).hasSize(2).hasOnlyElementsOfType(KinesisListenerEvent.ShardIdle.class);
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
		assertThat(this.published).hasSize(1);
		pass(Duration.ofMinutes(4), () -> {
		});
		assertThat(this.published).hasSize(2);
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
		public void onAssigned(ListenerShard shard) {
			ShardEventPublisherTests.this.published.add("assigned " + shard);
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
