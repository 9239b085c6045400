package io.kinesisspring.endtoend;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the container promises: order, nothing skipped, restart, hand-over, resharding.
 */
abstract class ConsumingTests extends EndToEndTests {

	private static final int KEYS = 40;

	ConsumingTests(Supplier<KinesisServer> server) {
		super(server);
	}

	ConsumingTests(Supplier<KinesisServer> server, UnaryOperator<ContainerOptions.Builder> options) {
		super(server, options);
	}

	@Test
	void deliversEveryRecordOfAllShardsInTheOrderOfItsShard() {
		RecordingListener listener = new RecordingListener();
		this.backEnds.put(stream(), 0, 300);
		this.containers.start(stream(), listener);
		this.backEnds.put(stream(), 300, 500);
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(500));
		assertThat(listener.numbers()).hasSize(500);
		assertThat(listener.byShard()).hasSize(SHARDS);
		listener.byShard()
			.forEach((shard, records) -> assertThat(records)
				.isSortedAccordingTo((one, other) -> one.sequenceNumber().compareTo(other.sequenceNumber())));
	}

	@Test
	void resumesExactlyAfterTheLastCheckpoint() {
		RecordingListener before = new RecordingListener();
		this.backEnds.put(stream(), 0, 200);
		KinesisListenerContainer container = this.containers.start(stream(), before);
		await().untilAsserted(() -> assertThat(before.distinctNumbers()).hasSize(200));
		container.stop();
		this.backEnds.put(stream(), 200, 300);
		RecordingListener after = new RecordingListener();
		this.containers.start(stream(), after);
		await().untilAsserted(() -> assertThat(after.distinctNumbers()).hasSize(100));
		assertThat(after.distinctNumbers()).doesNotContainAnyElementsOf(before.distinctNumbers());
		assertThat(before.numbers()).hasSize(200);
		assertThat(after.numbers()).hasSize(100);
	}

	@Test
	void deaggregatesRecordsAndResumesInsideAnAggregate() throws Exception {
		this.backEnds.put(stream(), 0, 10, (number) -> "one");
		this.backEnds.putAggregated(stream(), 10, 60, (number) -> (number == 10) ? "one" : "key-" + number);
		this.backEnds.put(stream(), 60, 70, (number) -> "one");
		CountDownLatch inside = new CountDownLatch(31);
		CountDownLatch stopped = new CountDownLatch(1);
		RecordingListener before = new RecordingListener((record) -> {
			inside.countDown();
			if (inside.getCount() == 0) {
				stopped.await(20, TimeUnit.MILLISECONDS);
			}
		});
		KinesisListenerContainer container = this.containers.start(stream(), before);
		assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
		container.stop(stopped::countDown);
		assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
		int seen = before.numbers().size();
		assertThat(seen).isBetween(31, 59);
		RecordingListener after = new RecordingListener();
		this.containers.start(stream(), after);
		await().untilAsserted(() -> assertThat(after.numbers()).isEqualTo(IntStream.range(seen, 70).boxed().toList()));
		assertThat(after.records().get(0).partitionKey()).isEqualTo("key-" + seen);
		assertThat(after.records().get(0).subSequenceNumber()).isEqualTo(seen - 10);
	}

	@Test
	void checkpointsAndReleasesWhenItStops() {
		RecordingListener listener = new RecordingListener();
		this.backEnds.put(stream(), 0, 100);
		KinesisListenerContainer container = this.containers.start(stream(), listener);
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(100));
		container.stop();
		assertThat(container.isRunning()).isFalse();
		assertThat(this.containers.leases(stream())).hasSize(SHARDS).allSatisfy((lease) -> {
			assertThat(lease.owner()).isNull();
			List<KinesisRecord<byte[]>> records = listener.byShard().get(lease.shardId());
			assertThat(lease.checkpoint())
				.isEqualTo(Checkpoint.after(records.get(records.size() - 1).sequenceNumber(), 0));
		});
		assertThat(this.containers.table(stream()).groups())
			.allSatisfy((group) -> assertThat(group.members()).isEmpty());
	}

	@Test
	void stopsBetweenTwoRecordsOfALongBatch() throws Exception {
		this.backEnds.put(stream(), 0, 100, (number) -> "one");
		CountDownLatch fifth = new CountDownLatch(5);
		CountDownLatch stopped = new CountDownLatch(1);
		RecordingListener listener = new RecordingListener((record) -> {
			fifth.countDown();
			if (fifth.getCount() == 0) {
				stopped.await(20, TimeUnit.MILLISECONDS);
			}
		});
		KinesisListenerContainer container = this.containers.start(stream(), listener);
		assertThat(fifth.await(30, TimeUnit.SECONDS)).isTrue();
		container.stop(stopped::countDown);
		assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
		int seen = listener.numbers().size();
		assertThat(seen).isLessThan(100);
		RecordingListener later = new RecordingListener();
		this.containers.start(stream(), later);
		await().untilAsserted(() -> assertThat(later.numbers()).isEqualTo(IntStream.range(seen, 100).boxed().toList()));
	}

	@Test
	void sharesTheShardsWithAnotherInstanceAndClaimsThemWhenThatStops() {
		RecordingListener listener = new RecordingListener();
		KinesisListenerContainer first = this.containers.start(stream(), listener);
		this.containers.start(stream(), listener);
		await().untilAsserted(() -> assertThat(this.containers.leases(stream())
			.stream()
			.filter((lease) -> lease.owner() != null)
			.collect(Collectors.groupingBy(Lease::owner, Collectors.counting()))
			.values()).containsExactly(2L, 2L));
		this.backEnds.put(stream(), 0, 100);
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(100));
		first.stop();
		this.backEnds.put(stream(), 100, 200);
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(200));
		assertThat(listener.numbers()).hasSize(200);
	}

	@Test
	void readsChildrenAfterTheirParents() {
		RecordingListener listener = new RecordingListener();
		put(0, 200);
		this.containers.start(stream(), listener);
		this.backEnds.split(stream(), 0);
		put(200, 400);
		this.backEnds.merge(stream(), 3);
		put(400, 600);
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(600));
		await().untilAsserted(
				() -> assertThat(this.containers.leases(stream()).stream().filter(Lease::isFinished)).hasSize(3));
		assertEachKeyInOrderAndOnce(listener, 600);
	}

	@Test
	void readsClosedShardsAndTheirChildrenFromTheirBeginningWhenItStartsLate() {
		put(0, 200);
		this.backEnds.split(stream(), 1);
		put(200, 400);
		this.backEnds.merge(stream(), 1);
		put(400, 600);
		RecordingListener listener = new RecordingListener();
		this.containers.start(stream(), listener);
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(600));
		assertEachKeyInOrderAndOnce(listener, 600);
	}

	@Test
	void findsTheChildrenOfAShardThatWasClosedAfterTheLastCheckpoint() {
		RecordingListener before = new RecordingListener();
		put(0, 200);
		KinesisListenerContainer container = this.containers.start(stream(), before);
		await().untilAsserted(() -> assertThat(before.distinctNumbers()).hasSize(200));
		container.stop();
		this.backEnds.split(stream(), 0);
		put(200, 400);
		RecordingListener after = new RecordingListener();
		this.containers.start(stream(), after);
		await().untilAsserted(() -> assertThat(after.distinctNumbers()).hasSize(200));
		assertThat(after.numbers()).hasSize(200).allMatch((number) -> number >= 200);
	}

	@Test
	void redeliversAFailedRecordInOrderAndNothingBeforeIt() {
		this.backEnds.put(stream(), 0, 50, (number) -> "one");
		AtomicInteger failures = new AtomicInteger();
		RecordingListener listener = new RecordingListener((record) -> {
			if (RecordingListener.number(record) == 20 && failures.incrementAndGet() <= 3) {
				throw new IllegalStateException("not yet");
			}
		});
		this.containers.start(stream(), listener, ConsumingTests::fastRetries);
		await().untilAsserted(() -> assertThat(listener.distinctNumbers()).hasSize(50));
		assertThat(listener.numbers()).isEqualTo(IntStream.range(0, 50).boxed().toList());
		assertThat(failures).hasValue(4);
	}

	@Test
	void keepsTheCheckpointBeforeAFailedRecordThroughAStop() {
		this.backEnds.put(stream(), 0, 50, (number) -> "one");
		CountDownLatch failed = new CountDownLatch(3);
		RecordingListener listener = new RecordingListener((record) -> {
			if (RecordingListener.number(record) == 20) {
				failed.countDown();
				throw new IllegalStateException("never");
			}
		});
		KinesisListenerContainer container = this.containers.start(stream(), listener, ConsumingTests::fastRetries);
		await().until(() -> failed.getCount() == 0);
		container.stop();
		RecordingListener later = new RecordingListener();
		this.containers.start(stream(), later);
		await().untilAsserted(() -> assertThat(later.numbers()).isEqualTo(IntStream.range(20, 50).boxed().toList()));
	}

	@Test
	void aFailingShardDoesNotDelayTheOthers() {
		this.backEnds.put(stream(), 0, 200);
		Set<Integer> failedOnce = ConcurrentHashMap.newKeySet();
		RecordingListener listener = new RecordingListener((record) -> {
			if (record.shardId().endsWith("0")) {
				failedOnce.add(RecordingListener.number(record));
				throw new IllegalStateException("never");
			}
		});
		this.containers.start(stream(), listener, ConsumingTests::fastRetries);
		await().untilAsserted(() -> assertThat(listener.byShard()).hasSize(SHARDS - 1));
		await().untilAsserted(() -> assertThat(listener.numbers()).hasSizeGreaterThan(100));
		assertThat(failedOnce).hasSizeLessThanOrEqualTo(1);
	}

	/**
	 * Put numbered records that share keys, so that each key goes from shard to shard.
	 */
	private void put(int from, int to) {
		this.backEnds.put(stream(), from, to, (number) -> "key-" + number % KEYS);
	}

	private static void assertEachKeyInOrderAndOnce(RecordingListener listener, int count) {
		assertThat(listener.numbers()).hasSize(count);
		assertThat(listener.numbersByKey()).hasSize(KEYS).allSatisfy((key, numbers) -> assertThat(numbers).isSorted());
	}

	private static ContainerOptions.Builder fastRetries(ContainerOptions.Builder options) {
		return options.errorHandler(DefaultErrorHandler.builder()
			.initialInterval(Duration.ofMillis(5))
			.maxInterval(Duration.ofMillis(5))
			.build());
	}

}
