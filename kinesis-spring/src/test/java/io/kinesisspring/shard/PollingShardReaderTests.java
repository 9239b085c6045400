package io.kinesisspring.shard;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.scheduling.SimulatedEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link PollingShardReader} in simulated time.
 */
class PollingShardReaderTests {

	private static final String SHARD = "shard-0";

	private final SimulatedEventLoop loop = new SimulatedEventLoop(42);

	private final SimulatedKinesis kinesis = new SimulatedKinesis(1, this.loop.another(), this.loop.random(), () -> 0);

	private final BufferBudget budget = new BufferBudget(64L << 20, this.loop, ReadingObserver.NONE);

	private ShardRoom room = this.budget.open();

	private final CountingObserver observer = new CountingObserver();

	private final Reading reading = new Reading();

	private int maxRecords = 10_000;

	private Duration idle = Duration.ofMillis(200);

	private StaleCheckpoint staleCheckpoint = StaleCheckpoint.TRIM_HORIZON;

	@Test
	void readsAtOnceWhileItIsBehindAndFiveTimesASecondAtMost() {
		this.maxRecords = 10;
		put(500);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.kinesis.calls("GetRecords")).isBetween(24, 26);
	}

	@Test
	void waitsAsLongAsItIsToldToOnceItHasCaughtUp() {
		this.idle = Duration.ofSeconds(1);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.kinesis.calls("GetRecords")).isBetween(9, 11);
	}

	@Test
	void takesAggregatesApartAndGivesEachRecordItsKeyAndItsPlace() {
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
	void deliversBrokenAggregatesAsTheyAre() {
		this.kinesis.put(SHARD, 0);
		this.kinesis.put(SHARD, 2);
		this.kinesis.put(SHARD, 0);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.observer.broken).isEqualTo(2);
	}

	@Test
	void goesOnBehindEveryPlaceThatACheckpointMayStandAt() {
		for (int i = 0; i < 6; i++) {
			this.kinesis.put(SHARD, 1 + i % 3);
		}
		List<String> all = this.kinesis.recordsOf(SHARD);
		for (int i = 0; i < all.size(); i++) {
			this.reading.records.clear();
			PollingShardReader reader = start(after(all.get(i)));
			this.loop.advance(Duration.ofSeconds(5));
			assertThat(this.reading.places()).isEqualTo(all.subList(i + 1, all.size()));
			reader.close();
			this.loop.advance(Duration.ofSeconds(2));
		}
		assertThat(this.observer.stale).isZero();
		assertThat(this.budget.used()).isZero();
	}

	@Test
	void goesOnBehindAWholeRecord() {
		this.kinesis.put(SHARD, 5);
		this.kinesis.put(SHARD, 2);
		start(Checkpoint.afterAll(number(this.kinesis.recordsOf(SHARD).get(0))));
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD).subList(5, 7));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void readsWhatIsLeftWhenTheCheckpointIsStale(boolean refused) {
		startStale(refused);
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD).subList(3, 5));
		assertThat(this.observer.stale).isEqualTo(1);
		assertThat(this.reading.failure).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void failsWhenTheCheckpointIsStaleAndItIsToldTo(boolean refused) {
		this.staleCheckpoint = StaleCheckpoint.FAIL;
		startStale(refused);
		assertThat(this.reading.records).isEmpty();
		assertThat(this.reading.failure).hasMessageContaining("kinesis.consumer.stale-checkpoint is 'fail'")
			.hasMessageContaining("'trim-horizon'");
		assertThat(this.budget.used()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void goesOnWithWhatArrivesWhenTheCheckpointIsStaleAndItIsToldTo(boolean refused) {
		this.staleCheckpoint = StaleCheckpoint.LATEST;
		startStale(refused);
		assertThat(this.reading.records).isEmpty();
		assertThat(this.reading.moved).isInstanceOf(Checkpoint.AtTimestamp.class);
		this.kinesis.put(SHARD, 2);
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD).subList(5, 7));
	}

	private void startStale(boolean refused) {
		if (refused) {
			this.kinesis.refuseTrimmed();
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
	void tellsThatTheRestOfAShardThatHasEndedIsGone() {
		put(5);
		this.kinesis.split(SHARD);
		this.kinesis.trim(SHARD, 5);
		start(after(this.kinesis.recordsOf(SHARD).get(1)));
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.observer.stale).isEqualTo(1);
		assertThat(this.reading.ended).isTrue();
	}

	@Test
	void doesNotTakeAnEndRightBehindTheCheckpointForAGap() {
		put(5);
		this.kinesis.split(SHARD);
		start(after(this.kinesis.recordsOf(SHARD).get(4)));
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.observer.stale).isZero();
		assertThat(this.reading.ended).isTrue();
		assertThat(this.reading.records).isEmpty();
	}

	@Test
	void doesNotTakeAShardThatWasQuietForLongForAGap() {
		this.staleCheckpoint = StaleCheckpoint.FAIL;
		put(3);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(2));
		this.kinesis.refuseTrimmed();
		this.kinesis.trim(SHARD, 3);
		this.kinesis.expireIterators();
		put(2);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.observer.stale).isZero();
	}

	@Test
	void renewsExpiredIteratorsAtOnce() {
		put(3);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(2));
		this.kinesis.expireIterators();
		put(3);
		this.loop.advance(Duration.ofMillis(700));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.observer.expired).isEqualTo(1);
	}

	@Test
	void triesLessOftenTheLongerItIsThrottledAndKeepsItsIterator() {
		put(3);
		this.kinesis.throttle((request) -> true);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(10));
		assertThat(this.observer.throttled).isBetween(80, 200);
		assertThat(this.kinesis.calls("GetShardIterator")).isEqualTo(1);
		assertThat(this.budget.used()).isZero();
		this.kinesis.throttle((request) -> false);
		this.loop.advance(Duration.ofSeconds(15));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3 })
	void doesNotWaitForeverForAnAnswer(int calls) {
		put(3);
		this.kinesis.ignore(calls);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(70L * calls));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.observer.failed).isEqualTo(calls);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GetShardIterator", "GetRecords" })
	void saysWhatIsDeniedInsteadOfTryingForEver(String action) {
		this.kinesis.deny(action);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.kinesis.calls(action)).isEqualTo(1);
		assertThat(this.reading.denial).hasMessageContaining("kinesis:" + action + " on the stream 'orders' was denied")
			.hasMessageContaining("arn:aws:kinesis");
		assertThat(this.budget.used()).isZero();
	}

	@ParameterizedTest
	@EnumSource(StaleCheckpoint.class)
	void givesBackItsReservationWheneverItIsClosed(StaleCheckpoint policy) {
		this.staleCheckpoint = policy;
		this.kinesis.put(SHARD, 3);
		put(2);
		this.kinesis.trim(SHARD, 1);
		for (int millis = 0; millis < 400; millis += 7) {
			PollingShardReader reader = start(after(this.kinesis.recordsOf(SHARD).get(0)));
			this.loop.advance(Duration.ofMillis(millis));
			reader.close();
			this.loop.advance(Duration.ofSeconds(1));
			assertThat(this.budget.used()).as("closed after %s ms", millis).isZero();
		}
	}

	private void put(int records) {
		for (int i = 0; i < records; i++) {
			this.kinesis.put(SHARD);
		}
	}

	private PollingShardReader start(Checkpoint from) {
		ReaderOptions options = new ReaderOptions(this.maxRecords, this.idle, 64L << 20, Duration.ofSeconds(1),
				this.staleCheckpoint, this.observer);
		this.room = this.budget.open();
		PollingShardReader reader = new PollingShardReader(this.kinesis.client(), StreamIdentifier.of("orders"), SHARD,
				from, options, this.loop, this.room);
		this.reading.readOn(reader);
		return reader;
	}

	private static Checkpoint after(String place) {
		return Checkpoint.after(number(place), Long.parseLong(place.split("/")[1]));
	}

	private static SequenceNumber number(String place) {
		return SequenceNumber.of(place.split("/")[0]);
	}

	/**
	 * Reads on and on, and takes no time over it.
	 */
	private final class Reading implements ShardReader.Reading {

		private final List<KinesisRecord<byte[]>> records = new ArrayList<>();

		private @Nullable PollingShardReader reader;

		private boolean ended;

		private @Nullable Checkpoint moved;

		private @Nullable KinesisException failure;

		private @Nullable KinesisException denial;

		private void readOn(PollingShardReader from) {
			this.reader = from;
			from.read(this);
		}

		private List<String> places() {
			return this.records.stream()
				.map((record) -> record.sequenceNumber() + "/" + record.subSequenceNumber())
				.toList();
		}

		private List<String> payloads() {
			return this.records.stream().map((record) -> new String(record.payload(), StandardCharsets.UTF_8)).toList();
		}

		@Override
		public void came(ShardBatch batch) {
			this.records.addAll(batch.records());
			PollingShardReaderTests.this.room.adjust(-batch.bytes());
			this.ended = batch.last();
			if (!this.ended) {
				this.reader.read(this);
			}
		}

		@Override
		public void moved(Checkpoint position) {
			this.moved = position;
		}

		@Override
		public void failed(KinesisException ex) {
			this.failure = ex;
		}

		@Override
		public void denied(KinesisException ex) {
			this.denial = ex;
		}

	}

	/**
	 * Counts what it sees.
	 */
	private static final class CountingObserver implements ReadingObserver {

		private int throttled;

		private int failed;

		private int expired;

		private int stale;

		private int broken;

		@Override
		public void throttled(String stream, @Nullable String shardId, String action) {
			this.throttled++;
		}

		@Override
		public void failed(String stream, String shardId, String action, Throwable exception) {
			this.failed++;
		}

		@Override
		public void iteratorExpired(String stream, String shardId) {
			this.expired++;
		}

		@Override
		public void checkpointStale(String stream, String shardId) {
			this.stale++;
		}

		@Override
		public void aggregateBroken(String stream, String shardId) {
			this.broken++;
		}

	}

}
