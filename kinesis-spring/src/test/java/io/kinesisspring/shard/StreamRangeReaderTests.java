package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link StreamRangeReader} in simulated time.
 */
class StreamRangeReaderTests {

	private static final Duration LONG = Duration.ofMinutes(10);

	private final SimulatedEventLoop loop = new SimulatedEventLoop(42);

	private double failures;

	private final SimulatedKinesis kinesis = new SimulatedKinesis(2, this.loop.another(), this.loop.random(),
			() -> this.failures);

	private final RangeReceiver receiver = new RangeReceiver(this.loop, () -> 0);

	private OnStaleCheckpoint onStaleCheckpoint = OnStaleCheckpoint.FAIL;

	private int maxConcurrentShards = 32;

	StreamRangeReaderTests() {
		this.loop.advance(Duration.ofHours(1));
	}

	@Test
	void endsAtTheTipWithAllThatIsStored() {
		put("shard-0", 20);
		put("shard-1", 5);
		StreamRangeReader reader = read(InitialPosition.TRIM_HORIZON, null);
		assertThat(this.receiver.ended).isTrue();
		assertThat(this.receiver.places).isEqualTo(
				Map.of("shard-0", this.kinesis.recordsOf("shard-0"), "shard-1", this.kinesis.recordsOf("shard-1")));
		assertThat(reader.progress()).isEqualTo(new ReadProgress(2, 2, 25, 1));
		assertThat(reader.budget().used()).isZero();
	}

	@Test
	void deaggregates() {
		this.kinesis.put("shard-0", 7);
		read(InitialPosition.TRIM_HORIZON, null);
		assertThat(this.receiver.places.get("shard-0")).hasSize(7).isEqualTo(this.kinesis.recordsOf("shard-0"));
	}

	@Test
	void readsChildrenAfterTheirParents() {
		put("shard-0", 30);
		this.kinesis.split("shard-0");
		put("shard-2", 3);
		put("shard-3", 3);
		this.kinesis.merge("shard-2", "shard-3");
		put("shard-4", 3);
		put("shard-1", 3);
		read(InitialPosition.TRIM_HORIZON, null);
		assertThat(this.receiver.ended).isTrue();
		this.kinesis.allShards()
			.forEach((shard) -> assertThat(this.receiver.places.get(shard)).isEqualTo(this.kinesis.recordsOf(shard)));
		List<String> order = this.receiver.shards;
		assertThat(order.lastIndexOf("shard-0")).isLessThan(order.indexOf("shard-2"))
			.isLessThan(order.indexOf("shard-3"));
		assertThat(order.lastIndexOf("shard-2")).isLessThan(order.indexOf("shard-4"));
		assertThat(order.lastIndexOf("shard-3")).isLessThan(order.indexOf("shard-4"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void findsTheChildrenOfAReshardingDuringTheRead(boolean named) {
		if (!named) {
			this.kinesis.nameNoChildren();
		}
		put("shard-0", 5);
		StreamRangeReader reader = start(InitialPosition.TRIM_HORIZON, now().plusSeconds(60));
		this.loop.advance(Duration.ofSeconds(10));
		this.kinesis.split("shard-0");
		put("shard-2", 5);
		this.loop.advance(Duration.ofSeconds(2));
		assertThat(reader.progress().shards()).isEqualTo(4);
		this.kinesis.split("shard-2");
		put("shard-4", 5);
		finish();
		assertThat(this.receiver.places.get("shard-2")).isEqualTo(this.kinesis.recordsOf("shard-2"));
		assertThat(this.receiver.places.get("shard-4")).isEqualTo(this.kinesis.recordsOf("shard-4"));
	}

	@Test
	void includesTheBeginningAndExcludesTheEnd() {
		List<Instant> moments = IntStream.range(0, 10).mapToObj((i) -> {
			Instant moment = now();
			this.kinesis.put("shard-0");
			this.loop.advance(Duration.ofSeconds(30));
			return moment;
		}).toList();
		read(new InitialPosition.At(moments.get(3)), moments.get(7));
		assertThat(this.receiver.places.get("shard-0")).isEqualTo(this.kinesis.recordsOf("shard-0").subList(3, 7));
		assertThat(this.loop.elapsed()).isLessThan(Duration.ofMinutes(66));
	}

	@Test
	void readsChildrenAfterAnEarlierEndOfTheRange() {
		put("shard-0", 3);
		this.kinesis.split("shard-0");
		put("shard-2", 2);
		this.loop.advance(Duration.ofMinutes(1));
		Instant to = now();
		this.loop.advance(Duration.ofMinutes(1));
		put("shard-2", 2);
		read(InitialPosition.TRIM_HORIZON, to);
		assertThat(this.receiver.places.get("shard-2")).isEqualTo(this.kinesis.recordsOf("shard-2").subList(0, 2));
	}

	@Test
	void doesNotReadTheChildrenOfAShardThatHasPassedTheRange() {
		put("shard-0", 3);
		this.loop.advance(Duration.ofMinutes(1));
		Instant to = now();
		this.loop.advance(Duration.ofMinutes(1));
		put("shard-0", 3);
		this.kinesis.split("shard-0");
		put("shard-2", 2);
		StreamRangeReader reader = read(InitialPosition.TRIM_HORIZON, to);
		assertThat(this.receiver.places).containsOnlyKeys("shard-0");
		assertThat(reader.progress().fraction()).isEqualTo(1);
	}

	@Test
	void waitsForAnEndInTheFuture() {
		Instant to = now().plusSeconds(120);
		start(InitialPosition.TRIM_HORIZON, to);
		this.loop.advance(Duration.ofSeconds(118));
		assertThat(this.receiver.isDone()).isFalse();
		this.kinesis.put("shard-1");
		finish();
		assertThat(now()).isBetween(to, to.plusSeconds(6));
		assertThat(this.receiver.places).containsOnlyKeys("shard-1");
	}

	@Test
	void doesNotEndAtEmptyResponsesBehindTheTip() {
		put("shard-0", 200);
		this.kinesis.answerEmpty((action) -> action.equals("GetRecords") && this.loop.random().nextInt(3) != 0);
		read(InitialPosition.TRIM_HORIZON, null);
		assertThat(this.receiver.places.get("shard-0")).isEqualTo(this.kinesis.recordsOf("shard-0"));
	}

	@Test
	void beginsAtARecordOrAfterOne() {
		put("shard-0", 5);
		this.kinesis.split("shard-0");
		put("shard-2", 2);
		put("shard-1", 2);
		List<String> places = this.kinesis.recordsOf("shard-0");
		SequenceNumber third = SequenceNumber.of(places.get(2).replace("/0", ""));
		finish(range(null, Map.of("shard-0", Checkpoint.after(third, -1)), null));
		assertThat(this.receiver.places)
			.isEqualTo(Map.of("shard-0", places.subList(2, 5), "shard-2", this.kinesis.recordsOf("shard-2")));
		this.receiver.places.clear();
		RangeReceiver again = new RangeReceiver(this.loop, () -> 0);
		new StreamRangeReader(this.kinesis.client(),
				range(InitialPosition.TRIM_HORIZON,
						Map.of("shard-0", Checkpoint.SHARD_END, "shard-2",
								Checkpoint.afterAll(
										SequenceNumber.of(this.kinesis.recordsOf("shard-2").get(0).replace("/0", "")))),
						null),
				this.loop, again)
			.start();
		this.loop.advanceUntil(again::isDone, LONG);
		assertThat(again.places).isEqualTo(Map.of("shard-1", this.kinesis.recordsOf("shard-1"), "shard-2",
				this.kinesis.recordsOf("shard-2").subList(1, 2)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "FAIL", "TRIM_HORIZON" })
	void saysThatThePositionHasExpired(OnStaleCheckpoint policy) {
		this.onStaleCheckpoint = policy;
		put("shard-0", 5);
		List<String> places = this.kinesis.recordsOf("shard-0");
		this.kinesis.trim("shard-0", 2);
		finish(range(null, Map.of("shard-0", Checkpoint.after(SequenceNumber.of(places.get(0).replace("/0", "")), -1)),
				null));
		if (policy == OnStaleCheckpoint.FAIL) {
			assertThat(this.receiver.failure).hasMessageContaining("shard-0").hasMessageContaining("expired");
		}
		else {
			assertThat(this.receiver.places.get("shard-0")).isEqualTo(places.subList(2, 5));
		}
	}

	@Test
	void failsIfAShardIsUnknown() {
		finish(range(null, Map.of("shard-9", Checkpoint.TRIM_HORIZON), null));
		assertThat(this.receiver.failure).hasMessageContaining("'shard-9' of stream 'orders' does not exist");
	}

	@Test
	void failsIfTheStreamIsDeleted() {
		put("shard-0", 5);
		start(InitialPosition.TRIM_HORIZON, now().plusSeconds(600));
		this.loop.advance(Duration.ofSeconds(30));
		this.kinesis.delete();
		finish();
		assertThat(this.receiver.failure).hasMessageContaining("'orders' does not exist any more");
	}

	@Test
	void failsIfTheStreamDoesNotExist() {
		this.kinesis.delete();
		read(InitialPosition.TRIM_HORIZON, null);
		assertThat(this.receiver.failure).hasMessageContaining("'orders' does not exist")
			.hasMessageContaining("Create it")
			.hasMessageNotContaining("{");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ListShards", "GetShardIterator", "GetRecords" })
	void failsIfAccessIsDenied(String action) {
		this.kinesis.deny(action);
		StreamRangeReader reader = read(InitialPosition.TRIM_HORIZON, null);
		assertThat(this.receiver.failure).hasMessageContaining("kinesis:" + action);
		this.loop.advance(LONG);
		assertThat(reader.budget().used()).isZero();
	}

	@Test
	void failsIfAShardIsThrottledForTooLong() {
		this.kinesis.throttle((request) -> request.shardIterator().startsWith("shard-1"));
		read(InitialPosition.TRIM_HORIZON, null);
		assertThat(this.receiver.failure).hasMessageContaining("'shard-1'").hasMessageContaining("throttled");
	}

	@Test
	void renewsIteratorsOfASlowConsumer() {
		put("shard-0", 100);
		RangeReceiver slow = new RangeReceiver(this.loop, () -> {
			this.kinesis.expireIterators();
			return 1_000;
		});
		new StreamRangeReader(this.kinesis.client(), range(InitialPosition.TRIM_HORIZON, Map.of(), null), this.loop,
				slow)
			.start();
		this.loop.advanceUntil(slow::isDone, LONG);
		assertThat(slow.places.get("shard-0")).isEqualTo(this.kinesis.recordsOf("shard-0"));
	}

	@Test
	void readsOnlyAsRecordsAreConsumed() {
		this.maxConcurrentShards = 3;
		SimulatedKinesis wide = new SimulatedKinesis(20, this.loop.another(), this.loop.random(), () -> 0);
		this.loop.advance(Duration.ofSeconds(1));
		wide.allShards().forEach((shard) -> IntStream.range(0, 50).forEach((i) -> wide.putLarge(shard, 10_000)));
		boolean[] stuck = { true };
		RangeReceiver receiver = new RangeReceiver(this.loop, () -> (stuck[0]) ? 3_600_000 : 1);
		StreamRangeReader reader = new StreamRangeReader(wide.client(),
				range(InitialPosition.TRIM_HORIZON, Map.of(), null), this.loop, receiver);
		reader.start();
		this.loop.advance(Duration.ofMinutes(1));
		int calls = wide.calls("GetRecords");
		assertThat(calls).isLessThan(10);
		this.loop.advance(Duration.ofMinutes(10));
		assertThat(wide.calls("GetRecords")).isEqualTo(calls);
		stuck[0] = false;
		this.loop.advanceUntil(receiver::isDone, Duration.ofHours(2));
		assertThat(receiver.mostQueued).isLessThanOrEqualTo(3);
		assertThat(receiver.places).hasSize(20).allSatisfy((shard, places) -> assertThat(places).hasSize(50));
		assertThat(reader.budget().used()).isZero();
	}

	@Test
	void stopsWhenItIsClosed() {
		put("shard-0", 50);
		StreamRangeReader reader = start(InitialPosition.TRIM_HORIZON, now().plusSeconds(3600));
		this.loop.advance(Duration.ofSeconds(5));
		boolean[] closed = { false };
		reader.close(() -> closed[0] = true);
		this.loop.runUntilIdle();
		int calls = this.kinesis.calls("GetRecords");
		this.loop.advance(Duration.ofHours(2));
		assertThat(closed[0]).isTrue();
		assertThat(this.kinesis.calls("GetRecords")).isEqualTo(calls);
		assertThat(this.receiver.isDone()).isFalse();
		assertThat(reader.budget().used()).isZero();
	}

	private Instant now() {
		return this.kinesis.now();
	}

	private void put(String shard, int count) {
		IntStream.range(0, count).forEach((i) -> this.kinesis.put(shard));
	}

	private StreamRangeReader read(InitialPosition from, @Nullable Instant to) {
		StreamRangeReader reader = start(from, to);
		finish();
		this.loop.runUntilIdle();
		return reader;
	}

	private void finish() {
		this.loop.advanceUntil(this.receiver::isDone, LONG);
	}

	private void finish(StreamRange range) {
		new StreamRangeReader(this.kinesis.client(), range, this.loop, this.receiver).start();
		finish();
	}

	private StreamRangeReader start(InitialPosition from, @Nullable Instant to) {
		StreamRangeReader reader = new StreamRangeReader(this.kinesis.client(), range(from, Map.of(), to), this.loop,
				this.receiver);
		reader.start();
		return reader;
	}

	private StreamRange range(@Nullable InitialPosition from, Map<String, Checkpoint> positions, @Nullable Instant to) {
		return new StreamRange(StreamIdentifier.of("orders"), from, positions, to, this.maxConcurrentShards,
				Duration.ofMinutes(2),
				new ReaderOptions(10_000, Duration.ofMillis(500), DataSize.ofMegabytes(1), Duration.ZERO,
						this.onStaleCheckpoint, OutOfRange.DELIVER, OnAccessDenied.RETRY, Duration.ofMinutes(5),
						ShardEvents.NONE));
	}

}
