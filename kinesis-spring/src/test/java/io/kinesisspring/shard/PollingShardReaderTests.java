package io.kinesisspring.shard;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.lease.Checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link PollingShardReader} in simulated time.
 */
class PollingShardReaderTests extends ShardReaderTests {

	@Override
	ShardReader create(Checkpoint from, ReaderOptions options) {
		return new PollingShardReader(
				new ReaderContext(this.kinesis.client(), STREAM, SHARD, options, this.loop, this.buffer, true), from);
	}

	@Test
	void readsAtOnceWhileItIsBehindAndFiveTimesASecondAtMost() {
		this.maxRecords = 10;
		put(500);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.kinesis.calls("GetRecords")).isBetween(24, 26);
	}

	@Test
	void waitsTheConfiguredTimeOnceItHasCaughtUp() {
		this.idle = Duration.ofSeconds(1);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.kinesis.calls("GetRecords")).isBetween(9, 11);
	}

	@ParameterizedTest
	@CsvSource({ "64, 40, 51", "128, 20, 27", "1000, 11, 15" })
	void isReadLessOftenWithoutRecordsIfItIsOneOfMany(int shards, int least, int most) {
		openBuffers(shards - 1);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.kinesis.calls("GetRecords")).isBetween(least, most);
	}

	@Test
	void deliversARecordWithinASecondWithAnyNumberOfShards() {
		openBuffers(9_999);
		start(Checkpoint.TRIM_HORIZON);
		for (int i = 1; i <= 50; i++) {
			this.loop.advance(Duration.ofSeconds(5).plusMillis(37L * i));
			put(1);
			this.loop.advance(Duration.ofMillis(950));
			assertThat(this.reading.records).hasSize(i);
		}
	}

	@Test
	void isReadAsOftenAsEverWhileRecordsArriveIfItIsOneOfMany() {
		openBuffers(999);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		int before = this.kinesis.calls("GetRecords");
		for (int i = 0; i < 100; i++) {
			put(1);
			this.loop.advance(Duration.ofMillis(100));
		}
		assertThat(this.kinesis.calls("GetRecords") - before).isBetween(36, 51);
		assertThat(this.reading.places()).hasSizeGreaterThan(95);
	}

	@Test
	void waitsTheConfiguredTimeIfThatIsLonger() {
		openBuffers(999);
		this.idle = Duration.ofSeconds(2);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(20));
		assertThat(this.kinesis.calls("GetRecords")).isBetween(9, 11);
	}

	@Test
	void isReadAsOftenAsEverOnceTheOthersAreGone() {
		List<ShardBuffer> others = openBuffers(999);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		others.forEach(ShardBuffer::close);
		this.loop.advance(Duration.ofSeconds(1));
		int before = this.kinesis.calls("GetRecords");
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.kinesis.calls("GetRecords") - before).isBetween(40, 51);
	}

	private List<ShardBuffer> openBuffers(int shards) {
		return Stream.generate(this.budget::open).limit(shards).toList();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 3 })
	void endsWhenTheServiceReportsTheEndWithTheTimeOfTheClose(int records) {
		this.kinesis.tellAgeOfEnds();
		put(records);
		this.kinesis.split(SHARD);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.ended).isTrue();
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
	}

	@Test
	void readsAtOnceAfterAFullReadEvenAtTheReportedTip() {
		this.maxRecords = 1;
		this.idle = Duration.ofSeconds(10);
		this.kinesis.knowNoTip();
		put(20);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(6));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.kinesis.calls("GetRecords")).isEqualTo(21);
	}

	@Test
	void reportsNoGapAfterALongIdleTime() {
		this.onStaleCheckpoint = OnStaleCheckpoint.FAIL;
		put(3);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(2));
		this.kinesis.rejectTrimmed();
		this.kinesis.trim(SHARD, 3);
		this.kinesis.expireIterators();
		put(2);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.stale).isZero();
	}

	/**
	 * Ten records a second come, and go a day later; five a second are read.
	 */
	@Test
	void reportsRecordsThatExpireDuringALongRun() {
		this.maxRecords = 1;
		this.kinesis.keepRecordsFor(Duration.ofDays(1));
		for (int i = 0; i < 2_000; i++) {
			put(1);
			this.loop.advance(Duration.ofMillis(100));
		}
		this.loop.advance(Duration.ofDays(1).minusSeconds(190));
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(20));
		assertThat(this.events.stale).isBetween(3, 4);
		assertThat(this.kinesis.calls("GetShardIterator")).isBetween(4, 5);
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
		assertThat(this.events.expired).isEqualTo(1);
	}

	@Test
	void backsOffWhileThrottledAndKeepsItsIterator() {
		put(3);
		this.kinesis.throttle((request) -> true);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(10));
		assertThat(this.events.throttled).isBetween(80, 200);
		assertThat(this.kinesis.calls("GetShardIterator")).isEqualTo(1);
		assertThat(this.budget.used()).isZero();
		this.kinesis.throttle((request) -> false);
		this.loop.advance(Duration.ofSeconds(15));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3 })
	void doesNotWaitWithoutLimitForAResponse(int calls) {
		put(3);
		this.kinesis.ignore(calls);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(70L * calls));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.failed).isEqualTo(calls);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GetShardIterator", "GetRecords" })
	void namesTheDeniedActionAndStopsRetrying(String action) {
		this.kinesis.deny(action);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.kinesis.calls(action)).isEqualTo(1);
		assertThat(this.reading.denial).hasMessageContaining("kinesis:" + action + " on the stream 'orders' was denied")
			.hasMessageContaining("arn:aws:kinesis");
		assertThat(this.budget.used()).isZero();
	}

}
