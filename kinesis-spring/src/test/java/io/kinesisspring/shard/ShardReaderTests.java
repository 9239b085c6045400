package io.kinesisspring.shard;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every way of reading a shard keeps to, in simulated time.
 */
abstract class ShardReaderTests {

	static final String SHARD = "shard-0";

	static final StreamIdentifier STREAM = StreamIdentifier.of("orders");

	final SimulatedEventLoop loop = new SimulatedEventLoop(42);

	final SimulatedKinesis kinesis = new SimulatedKinesis(1, this.loop.another(), this.loop.random(), () -> 0);

	final BufferBudget budget = new BufferBudget(64L << 20, this.loop, ShardEvents.NONE);

	ShardBuffer buffer = this.budget.open();

	final CountingObserver events = new CountingObserver();

	final Reading reading = new Reading();

	int maxRecords = 10_000;

	Duration idle = Duration.ofMillis(200);

	OnStaleCheckpoint onStaleCheckpoint = OnStaleCheckpoint.TRIM_HORIZON;

	OutOfRange outOfRange = OutOfRange.DELIVER;

	/**
	 * Make a reader.
	 */
	abstract ShardReader create(Checkpoint from, ReaderOptions options);

	@Test
	void deaggregatesRecordsWithTheirKeysAndPlaces() {
		this.kinesis.put(SHARD, 1);
		this.kinesis.put(SHARD, 3);
		this.kinesis.put(SHARD, 1);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.reading.payloads()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.reading.records).extracting(KinesisRecord::partitionKey)
			.containsExactlyElementsOf(this.kinesis.recordsOf(SHARD).stream().map(SimulatedKinesis::keyOf).toList());
	}

	@Test
	void deliversMalformedAggregatesUnchanged() {
		this.kinesis.put(SHARD, 0);
		this.kinesis.put(SHARD, 2);
		this.kinesis.put(SHARD, 0);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.broken).isEqualTo(2);
	}

	@Test
	void deliversAndCountsAggregatedRecordsOfOtherShards() {
		this.kinesis.narrow(SHARD, "key-2");
		putThreeAggregates();
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.outOfRange).isEqualTo(outOfRange()).isBetween(23, 25);
		assertThat(this.events.dropped).isZero();
		assertThat(this.reading.droppedUpTo).isNull();
	}

	private void putThreeAggregates() {
		for (int i = 0; i < 3; i++) {
			this.kinesis.put(SHARD, 10);
			this.kinesis.put(SHARD);
		}
		this.kinesis.putAlike(SHARD, "key-1", null);
	}

	private int outOfRange() {
		return (int) this.kinesis.recordsOf(SHARD)
			.stream()
			.filter((place) -> this.kinesis.isOutOfRange(SHARD, place))
			.count();
	}

	@Test
	void dropsAggregatedRecordsOfOtherShardsOneByOneIfConfigured() {
		this.outOfRange = OutOfRange.DROP;
		this.kinesis.narrow(SHARD, "key-2");
		putThreeAggregates();
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		List<String> kept = this.kinesis.recordsOf(SHARD)
			.stream()
			.filter((place) -> !this.kinesis.isOutOfRange(SHARD, place))
			.toList();
		assertThat(this.reading.places()).isEqualTo(kept).hasSizeBetween(11, 13);
		assertThat(this.events.dropped).isEqualTo(outOfRange());
		assertThat(this.events.outOfRange).isZero();
	}

	@Test
	void reportsThePositionOfTheLastDroppedRecord() {
		this.outOfRange = OutOfRange.DROP;
		this.kinesis.narrow(SHARD, "another");
		start(Checkpoint.TRIM_HORIZON);
		this.kinesis.put(SHARD, 4);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.records).isEmpty();
		assertThat(this.reading.droppedUpTo).isEqualTo(after(this.kinesis.recordsOf(SHARD).get(3)));
		this.kinesis.put(SHARD);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.records).hasSize(1);
	}

	@Test
	void doesNotCountWhatTheCheckpointCovers() {
		this.outOfRange = OutOfRange.DROP;
		this.kinesis.narrow(SHARD, "another");
		this.kinesis.put(SHARD, 4);
		start(after(this.kinesis.recordsOf(SHARD).get(2)));
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.events.dropped).isOne();
	}

	@Test
	void listsTheShardsOnceAndOnlyForAggregatesOfSeveralKeys() {
		put(5);
		this.kinesis.putAlike(SHARD, "key-1", null);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.kinesis.calls("ListShards")).isZero();
		for (int i = 0; i < 10; i++) {
			this.kinesis.put(SHARD, 3);
			this.loop.advance(Duration.ofSeconds(5));
		}
		assertThat(this.kinesis.calls("ListShards")).isOne();
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.outOfRange).isZero();
	}

	@Test
	void comparesTheExplicitHashKeyBeforeThePartitionKey() {
		this.kinesis.narrow(SHARD, "key-1");
		this.kinesis.putAlike(SHARD, "key-1", "17");
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.events.outOfRange).isEqualTo(3);
		this.kinesis.putAlike(SHARD, "key-1", "no number");
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.events.outOfRange).isEqualTo(3);
		assertThat(this.reading.records).hasSize(6);
	}

	@Test
	void deliversEverythingWhileTheHashKeysOfTheShardAreUnknown() {
		this.outOfRange = OutOfRange.DROP;
		this.kinesis.narrow(SHARD, "another");
		this.kinesis.deny("ListShards");
		start(Checkpoint.TRIM_HORIZON);
		for (int i = 0; i < 50; i++) {
			this.kinesis.put(SHARD, 2);
			this.loop.advance(Duration.ofMillis(500));
		}
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.dropped).isZero();
		assertThat(this.kinesis.calls("ListShards")).isBetween(4, 6);
		this.kinesis.allow("ListShards");
		this.loop.advance(Duration.ofSeconds(10));
		this.kinesis.put(SHARD, 2);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.events.dropped).isEqualTo(2);
		assertThat(this.reading.records).hasSize(100);
	}

	@ParameterizedTest
	@EnumSource(value = OnStaleCheckpoint.class, names = { "TRIM_HORIZON", "LATEST" })
	void comparesWithTheHashKeysOfARecreatedStream(OnStaleCheckpoint policy) {
		this.outOfRange = OutOfRange.DROP;
		this.onStaleCheckpoint = policy;
		this.kinesis.narrow(SHARD, "another");
		this.kinesis.put(SHARD, 4);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.events.dropped).isEqualTo(4);
		this.kinesis.remake(1);
		this.loop.advance(Duration.ofMinutes(6));
		this.kinesis.put(SHARD, 4);
		this.loop.advance(Duration.ofSeconds(20));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD)).hasSize(4);
	}

	@Test
	void comparesAgainAfterAGap() {
		this.outOfRange = OutOfRange.DROP;
		this.kinesis.narrow(SHARD, "another");
		this.kinesis.put(SHARD, 4);
		ShardReader reader = start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		reader.close();
		this.kinesis.put(SHARD, 4);
		start(after(this.kinesis.recordsOf(SHARD).get(1)));
		this.kinesis.trim(SHARD, 1);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.events.stale).isOne();
		assertThat(this.events.dropped).isEqualTo(8);
		assertThat(this.reading.records).isEmpty();
	}

	@Test
	void resumesAfterEveryPossibleCheckpoint() {
		for (int i = 0; i < 6; i++) {
			this.kinesis.put(SHARD, 1 + i % 3);
		}
		List<String> all = this.kinesis.recordsOf(SHARD);
		for (int i = 0; i < all.size(); i++) {
			this.reading.records.clear();
			ShardReader reader = start(after(all.get(i)));
			this.loop.advance(Duration.ofSeconds(5));
			assertThat(this.reading.places()).isEqualTo(all.subList(i + 1, all.size()));
			reader.close();
			this.loop.advance(Duration.ofSeconds(2));
		}
		assertThat(this.events.stale).isZero();
		assertThat(this.budget.used()).isZero();
	}

	@Test
	void resumesAfterAWholeRecord() {
		this.kinesis.put(SHARD, 5);
		this.kinesis.put(SHARD, 2);
		start(Checkpoint.afterAll(number(this.kinesis.recordsOf(SHARD).get(0))));
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD).subList(5, 7));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void readsTheRemainingRecordsWhenTheCheckpointIsStale(boolean rejected) {
		startStale(rejected);
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD).subList(3, 5));
		assertThat(this.events.stale).isEqualTo(1);
		assertThat(this.reading.failure).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void failsWhenTheCheckpointIsStaleIfConfigured(boolean rejected) {
		this.onStaleCheckpoint = OnStaleCheckpoint.FAIL;
		startStale(rejected);
		assertThat(this.reading.records).isEmpty();
		assertThat(this.reading.failure).hasMessageContaining("policy for stale checkpoints is 'fail'")
			.hasMessageContaining("'trim-horizon'");
		assertThat(this.budget.used()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void readsNewRecordsWhenTheCheckpointIsStaleIfConfigured(boolean rejected) {
		this.onStaleCheckpoint = OnStaleCheckpoint.LATEST;
		startStale(rejected);
		assertThat(this.reading.records).isEmpty();
		assertThat(this.reading.moved).isInstanceOf(Checkpoint.AtTimestamp.class);
		this.kinesis.put(SHARD, 2);
		this.loop.advance(Duration.ofSeconds(3));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD).subList(5, 7));
	}

	private void startStale(boolean rejected) {
		if (rejected) {
			this.kinesis.rejectTrimmed();
		}
		this.kinesis.put(SHARD, 3);
		this.loop.advance(Duration.ofSeconds(1));
		put(2);
		this.kinesis.trim(SHARD, 1);
		this.loop.advance(Duration.ofSeconds(1));
		start(after(this.kinesis.recordsOf(SHARD).get(1)));
		this.loop.advance(Duration.ofSeconds(5));
	}

	@Test
	void reportsThatTheRestOfAnEndedShardHasExpired() {
		put(5);
		this.kinesis.split(SHARD);
		this.kinesis.trim(SHARD, 5);
		start(after(this.kinesis.recordsOf(SHARD).get(1)));
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.events.stale).isEqualTo(1);
		assertThat(this.reading.ended).isTrue();
	}

	@Test
	void reportsNoGapIfTheShardEndsRightAfterTheCheckpoint() {
		put(5);
		this.kinesis.split(SHARD);
		start(after(this.kinesis.recordsOf(SHARD).get(4)));
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.events.stale).isZero();
		assertThat(this.reading.ended).isTrue();
		assertThat(this.reading.records).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "TRIM_HORIZON", "FAIL" })
	void reportsRecordsThatExpireWhileAReaderHangs(OnStaleCheckpoint policy) {
		this.onStaleCheckpoint = policy;
		this.kinesis.keepRecordsFor(Duration.ofSeconds(60));
		ShardReader reader = hangUntilRecordsAreGone();
		reader.read(this.reading);
		this.loop.advance(Duration.ofSeconds(20));
		assertThat(this.events.stale).isEqualTo(1);
		List<String> all = this.kinesis.recordsOf(SHARD);
		if (policy == OnStaleCheckpoint.FAIL) {
			assertThat(this.reading.failure).hasMessageContaining("policy for stale checkpoints is 'fail'");
			assertThat(this.reading.places()).isEqualTo(all.subList(0, this.reading.places().size()));
		}
		else {
			assertThat(this.reading.failure).isNull();
			assertThat(this.reading.places()).endsWith(all.get(all.size() - 1)).doesNotHaveDuplicates();
		}
		reader.close();
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.budget.used()).isZero();
	}

	@Test
	void readsNewRecordsWhenRecordsHaveExpiredIfConfigured() {
		this.onStaleCheckpoint = OnStaleCheckpoint.LATEST;
		this.kinesis.keepRecordsFor(Duration.ofSeconds(60));
		ShardReader reader = hangUntilRecordsAreGone();
		int before = this.reading.places().size();
		int gone = this.kinesis.recordsOf(SHARD).size();
		reader.read(this.reading);
		this.loop.advance(Duration.ofSeconds(20));
		assertThat(this.events.stale).isEqualTo(1);
		assertThat(this.reading.moved).isInstanceOf(Checkpoint.AtTimestamp.class);
		put(3);
		this.loop.advance(Duration.ofSeconds(10));
		List<String> all = this.kinesis.recordsOf(SHARD);
		assertThat(this.reading.places().subList(before, this.reading.places().size()))
			.isEqualTo(all.subList(gone, all.size()));
	}

	private ShardReader hangUntilRecordsAreGone() {
		put(5);
		ShardReader reader = start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.reading.places()).hasSize(5);
		this.reading.idle = true;
		this.loop.advance(Duration.ofSeconds(10));
		for (int i = 0; i < 10; i++) {
			put(2);
			this.loop.advance(Duration.ofSeconds(10));
		}
		this.reading.idle = false;
		return reader;
	}

	/**
	 * However slow or often interrupted a reader is: it never passes anything that the
	 * retention took without saying so.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
	void countsEachGapOfExpiredRecords(long seed) {
		Random chance = new Random(seed);
		this.maxRecords = 3;
		this.kinesis.keepRecordsFor(Duration.ofSeconds(30));
		ShardReader reader = start(Checkpoint.TRIM_HORIZON);
		for (int i = 0; i < 200; i++) {
			put(chance.nextInt(6));
			this.reading.idle = chance.nextInt(5) == 0;
			this.loop.advance(Duration.ofMillis(chance.nextInt(this.reading.idle ? 120_000 : 4_000)));
			if (chance.nextInt(10) == 0) {
				this.kinesis.expireIterators();
			}
			this.reading.idle = false;
			if (this.reading.wasIdle) {
				this.reading.wasIdle = false;
				reader.read(this.reading);
			}
		}
		put(1);
		this.loop.advance(Duration.ofSeconds(60));
		List<String> all = this.kinesis.recordsOf(SHARD);
		List<String> read = this.reading.places();
		int gaps = 0;
		for (int i = 1; i < read.size(); i++) {
			int step = all.indexOf(read.get(i)) - all.indexOf(read.get(i - 1));
			assertThat(step).as("from %s to %s (seed %s)", read.get(i - 1), read.get(i), seed).isPositive();
			gaps += (step > 1) ? 1 : 0;
		}
		assertThat(read).as("seed %s", seed).endsWith(all.get(all.size() - 1));
		assertThat(gaps).as("gaps that were not said (seed %s)", seed).isLessThanOrEqualTo(this.events.stale);
		assertThat(gaps).as("seed %s", seed).isPositive();
	}

	@Test
	void reportsNoGapForAnIdleShard() {
		this.onStaleCheckpoint = OnStaleCheckpoint.FAIL;
		this.kinesis.keepRecordsFor(Duration.ofSeconds(60));
		put(3);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(3));
		this.kinesis.expireIterators();
		this.kinesis.fanOut().endAll(null);
		put(2);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.stale).isZero();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
	void takesAnEmptyResponseNeitherForTheEndNorForRecords(long seed) {
		Random chance = new Random(seed);
		this.kinesis.answerEmpty((action) -> chance.nextInt(3) == 0);
		start(Checkpoint.TRIM_HORIZON);
		for (int i = 0; i < 30; i++) {
			put(3);
			this.loop.advance(Duration.ofSeconds(5));
			this.kinesis.expireIterators();
		}
		assertThat(this.reading.ended).isFalse();
		assertThat(this.events.failed).isPositive();
		this.kinesis.answerEmpty((action) -> false);
		this.kinesis.split(SHARD);
		this.loop.advance(Duration.ofSeconds(30));
		assertThat(this.reading.places()).as("seed %s", seed).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.reading.ended).isTrue();
	}

	@Test
	void namesTheChildShards() {
		put(3);
		start(Checkpoint.TRIM_HORIZON);
		this.kinesis.split(SHARD);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.reading.children).containsExactly(new ShardDescription("shard-1", Set.of(SHARD), false),
				new ShardDescription("shard-2", Set.of(SHARD), false));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void endsWithoutChildrenOnceAListingShowsItAsClosed(boolean emptyListing) {
		this.kinesis.nameNoChildren();
		this.kinesis.leaveOut((shard) -> emptyListing || shard.equals(SHARD));
		put(3);
		this.kinesis.split(SHARD);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.reading.ended).isFalse();
		assertThat(this.kinesis.calls("ListShards")).isGreaterThan(1);
		this.kinesis.leaveOut((shard) -> false);
		this.loop.advance(Duration.ofSeconds(20));
		assertThat(this.reading.ended).isTrue();
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
	}

	@Test
	void endsWhenTheServiceHasDeletedTheShardAndNamesAChild() {
		put(3);
		this.kinesis.split(SHARD);
		this.kinesis.forget(SHARD);
		start(after(this.kinesis.recordsOf(SHARD).get(1)));
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.reading.ended).isTrue();
	}

	@Test
	void endsWhenTheShardHasBeenUnknownForAWhile() {
		this.kinesis.split(SHARD);
		this.kinesis.forget(SHARD);
		this.kinesis.leaveOut((shard) -> shard.equals("shard-1"));
		this.kinesis.leaveOut((shard) -> true);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(3));
		assertThat(this.reading.ended).isFalse();
		this.kinesis.put("shard-2");
		this.kinesis.split("shard-1");
		this.kinesis.leaveOut((shard) -> List.of("shard-1", "shard-2").contains(shard));
		this.loop.advance(Duration.ofSeconds(40));
		assertThat(this.reading.ended).isFalse();
		this.loop.advance(Duration.ofSeconds(60));
		assertThat(this.reading.ended).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void endsAtTheSequenceNumberOfTheEnd(boolean rejected) {
		if (rejected) {
			this.kinesis.rejectTrimmed();
		}
		this.onStaleCheckpoint = OnStaleCheckpoint.FAIL;
		put(3);
		this.kinesis.split(SHARD);
		start(Checkpoint.afterAll(SequenceNumber.of(this.kinesis.endOf(SHARD))));
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.reading.ended).isTrue();
		assertThat(this.reading.records).isEmpty();
		assertThat(this.events.stale).isZero();
		assertThat(this.reading.failure).isNull();
	}

	@ParameterizedTest
	@EnumSource(OnStaleCheckpoint.class)
	void releasesItsReservationWheneverItIsClosed(OnStaleCheckpoint policy) {
		this.onStaleCheckpoint = policy;
		this.kinesis.put(SHARD, 3);
		put(2);
		this.kinesis.trim(SHARD, 1);
		for (int millis = 0; millis < 400; millis += 7) {
			ShardReader reader = start(after(this.kinesis.recordsOf(SHARD).get(0)));
			this.loop.advance(Duration.ofMillis(millis));
			reader.close();
			this.loop.advance(Duration.ofSeconds(1));
			assertThat(this.budget.used()).as("closed after %s ms", millis).isZero();
		}
	}

	void put(int records) {
		for (int i = 0; i < records; i++) {
			this.kinesis.put(SHARD);
		}
	}

	ShardReader start(Checkpoint from) {
		ShardReader reader = create(from, options());
		this.reading.readOn(reader);
		return reader;
	}

	ReaderOptions options() {
		return new ReaderOptions(this.maxRecords, this.idle, DataSize.ofMegabytes(64), Duration.ofSeconds(1),
				this.onStaleCheckpoint, this.outOfRange, OnAccessDenied.RETRY, Duration.ofMinutes(5), this.events);
	}

	static Checkpoint after(String place) {
		return Checkpoint.after(number(place), Long.parseLong(place.split("/")[1]));
	}

	static SequenceNumber number(String place) {
		return SequenceNumber.of(place.split("/")[0]);
	}

	/**
	 * Reads on and on, and takes no time over it.
	 */
	final class Reading implements ShardReader.Reading {

		final List<KinesisRecord<byte[]>> records = new ArrayList<>();

		@Nullable ShardReader reader;

		boolean ended;

		List<ShardDescription> children = List.of();

		boolean idle;

		boolean wasIdle;

		int batches;

		Checkpoint.@Nullable After droppedUpTo;

		@Nullable Checkpoint moved;

		@Nullable KinesisException failure;

		@Nullable KinesisException denial;

		boolean retriesDenials;

		void readOn(ShardReader from) {
			this.reader = from;
			from.read(this);
		}

		List<String> places() {
			return this.records.stream()
				.map((record) -> record.sequenceNumber() + "/" + record.subSequenceNumber())
				.toList();
		}

		List<String> payloads() {
			return this.records.stream().map((record) -> new String(record.payload(), StandardCharsets.UTF_8)).toList();
		}

		@Override
		public void onBatch(ShardBatch batch) {
			this.records.addAll(batch.records());
			if (batch.droppedUpTo() != null) {
				this.droppedUpTo = batch.droppedUpTo();
			}
			ShardReaderTests.this.buffer.adjust(-batch.bytes());
			this.ended = batch.last();
			this.children = batch.children();
			this.batches++;
			this.wasIdle = this.idle;
			if (!this.ended && !this.idle) {
				this.reader.read(this);
			}
		}

		@Override
		public void onPositionMoved(Checkpoint position) {
			this.moved = position;
		}

		@Override
		public void onReadingStopped(KinesisException ex) {
			this.failure = ex;
		}

		@Override
		public void switchedTo(ShardReader next) {
			readOn(next);
		}

		@Override
		public boolean onAccessDenied(KinesisException ex) {
			this.denial = ex;
			return this.retriesDenials;
		}

	}

	/**
	 * Counts what it sees.
	 */
	static final class CountingObserver implements ShardEvents {

		int throttled;

		int failed;

		int expired;

		int stale;

		int broken;

		int outOfRange;

		int dropped;

		int opened;

		int events;

		final List<SubscriptionEnd> ended = new ArrayList<>();

		@Override
		public void onThrottled(String stream, @Nullable String shardId, String action) {
			this.throttled++;
		}

		@Override
		public void onCallFailed(String stream, @Nullable String shardId, String action, Throwable exception) {
			this.failed++;
		}

		@Override
		public void onIteratorExpired(String stream, String shardId) {
			this.expired++;
		}

		@Override
		public void onCheckpointStale(String stream, String shardId) {
			this.stale++;
		}

		@Override
		public void onSubscriptionOpened(String stream, String shardId) {
			this.opened++;
		}

		@Override
		public void onSubscriptionEvent(String stream, String shardId) {
			this.events++;
		}

		@Override
		public void onSubscriptionEnded(String stream, String shardId, SubscriptionEnd cause) {
			this.ended.add(cause);
		}

		@Override
		public void onAggregateBroken(String stream, String shardId) {
			this.broken++;
		}

		@Override
		public void onOutOfRange(String stream, String shardId, int records, boolean dropped) {
			this.dropped += dropped ? records : 0;
			this.outOfRange += dropped ? 0 : records;
		}

	}

}
