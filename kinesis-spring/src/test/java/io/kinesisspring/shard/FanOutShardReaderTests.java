package io.kinesisspring.shard;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.kinesis.model.InternalFailureException;

import io.kinesisspring.lease.Checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link FanOutShardReader} in simulated time.
 */
class FanOutShardReaderTests extends ShardReaderTests {

	private static final Duration SILENT_AFTER = Duration.ofSeconds(30);

	private FanOutFallback fallback = FanOutFallback.FAIL;

	private ShardReaderFactory readers;

	@BeforeEach
	void registerAtOnce() {
		this.kinesis.fanOut().becomeActiveAfter(Duration.ZERO);
	}

	@Override
	ShardReader create(Checkpoint from, ReaderOptions options) {
		if (this.readers == null) {
			FanOutOptions fanOut = FanOutOptions.defaults()
				.toBuilder()
				.consumerName("reports")
				.fallback(this.fallback)
				.silentAfter(SILENT_AFTER)
				.build();
			this.readers = new ShardReaderFactory(this.kinesis.client(), options, fanOut, this.loop, true);
			this.readers.prepare(List.of(STREAM));
		}
		return this.readers.open(this.readers.context(STREAM, SHARD, this.buffer), from);
	}

	@Test
	void requestsOneEventPerRead() {
		put(100);
		this.reading.idle = true;
		ShardReader reader = start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(4));
		assertThat(this.reading.batches).isEqualTo(1);
		assertThat(this.kinesis.fanOut().events()).isEqualTo(1);
		assertThat(this.kinesis.fanOut().idle()).isEqualTo(1);
		assertThat(this.events.ended).isEmpty();
		reader.read(this.reading);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.kinesis.fanOut().events()).isEqualTo(2);
	}

	@Test
	void reservesNothingWhileItWaitsAtTheTip() {
		put(10);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(5));
		this.kinesis.fanOut().mute(true);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.budget.used()).isZero();
	}

	@Test
	void resubscribesAfterTheLastEventWhenTheServiceEndsTheSubscription() {
		start(Checkpoint.TRIM_HORIZON);
		for (int i = 0; i < 60; i++) {
			put(3);
			this.loop.advance(Duration.ofSeconds(13));
		}
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.ended).containsExactly(SubscriptionEnd.EXPIRED, SubscriptionEnd.EXPIRED);
		assertThat(this.events.opened).isEqualTo(3);
		assertThat(this.events.failed).isZero();
		assertThat(this.kinesis.fanOut().askedTwice()).isZero();
	}

	@Test
	void resubscribesOnlyWhenAReadIsPending() {
		put(100);
		this.reading.idle = true;
		ShardReader reader = start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(20));
		assertThat(this.kinesis.calls("SubscribeToShard")).isEqualTo(1);
		this.reading.idle = false;
		reader.read(this.reading);
		this.loop.advance(Duration.ofSeconds(20));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.stale).isZero();
	}

	@Test
	void resubscribesWhenASubscriptionIsSilent() {
		put(5);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(6));
		this.kinesis.fanOut().mute(true);
		put(5);
		this.loop.advance(SILENT_AFTER.minusSeconds(6));
		assertThat(this.events.ended).isEmpty();
		this.loop.advance(Duration.ofSeconds(7));
		assertThat(this.events.ended).containsExactly(SubscriptionEnd.SILENT);
		this.kinesis.fanOut().mute(false);
		this.loop.advance(Duration.ofSeconds(5));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3 })
	void doesNotWaitWithoutLimitForAResponse(int calls) {
		put(3);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.runUntilIdle();
		this.loop.advanceUntil(() -> this.kinesis.calls("DescribeStreamConsumer") > 0, Duration.ofSeconds(5));
		this.kinesis.ignore(calls);
		this.loop.advance(Duration.ofSeconds(70L * calls));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
	}

	@Test
	void continuesAfterAFailure() {
		start(Checkpoint.TRIM_HORIZON);
		for (int i = 0; i < 10; i++) {
			put(10);
			this.loop.advance(Duration.ofSeconds(10));
			this.kinesis.fanOut().endAll(InternalFailureException.builder().statusCode(500).message("broken").build());
		}
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.ended).hasSize(10).containsOnly(SubscriptionEnd.FAILED);
	}

	@Test
	void waitsUntilTheFormerSubscriptionIsNoLongerProtected() {
		put(5);
		ShardReader before = start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(2));
		before.close();
		this.reading.records.clear();
		start(after(this.kinesis.recordsOf(SHARD).get(2)));
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.reading.records).isEmpty();
		this.loop.advance(Duration.ofSeconds(6));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD).subList(3, 5));
	}

	@Test
	void backsOffWhenAnotherSubscriptionReplacesItsOwn() {
		put(5);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(6));
		Reading other = new Reading();
		ShardReader successor = create(Checkpoint.TRIM_HORIZON, options());
		other.readOn(successor);
		this.loop.advance(Duration.ofSeconds(4));
		assertThat(this.events.ended).containsExactly(SubscriptionEnd.DISPLACED);
		assertThat(other.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		successor.close();
		put(5);
		this.loop.advance(Duration.ofSeconds(12));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
	}

	@Test
	void endsWithTheShard() {
		put(30);
		start(Checkpoint.TRIM_HORIZON);
		this.kinesis.split(SHARD);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.reading.ended).isTrue();
		assertThat(this.events.ended).containsExactly(SubscriptionEnd.SHARD_END);
		assertThat(this.kinesis.fanOut().active()).isZero();
	}

	@Test
	void doesNotTakeAMissingFieldForTheEndOfTheShard() {
		put(10);
		this.kinesis.fanOut().forgetContinuations(true);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(20));
		assertThat(this.reading.ended).isFalse();
		this.kinesis.fanOut().forgetContinuations(false);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
	}

	@Test
	void endsAtOnceAndReceivesNothingAfterItIsClosed() {
		for (int millis = 0; millis < 300; millis += 7) {
			put(3);
			this.reading.batches = 0;
			ShardReader reader = start(Checkpoint.TRIM_HORIZON);
			this.loop.advance(Duration.ofMillis(millis));
			int batches = this.reading.batches;
			reader.close();
			this.loop.advance(Duration.ofSeconds(10));
			assertThat(this.reading.batches).as("closed after %s ms", millis).isEqualTo(batches);
			assertThat(this.kinesis.fanOut().active()).as("closed after %s ms", millis).isZero();
		}
		assertThat(this.events.ended).containsOnly(SubscriptionEnd.CANCELLED).hasSize(this.events.opened);
	}

	@Test
	void reportsNoGapAfterALongIdleTime() {
		this.onStaleCheckpoint = OnStaleCheckpoint.FAIL;
		put(3);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(8));
		this.kinesis.rejectTrimmed();
		this.kinesis.trim(SHARD, 3);
		this.kinesis.fanOut().endAll(null);
		put(2);
		this.loop.advance(Duration.ofSeconds(8));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
		assertThat(this.events.stale).isZero();
	}

	/**
	 * What was safe when the event was asked for may be gone when it comes.
	 */
	@Test
	void reportsRecordsThatExpireWhileItWaitsForAnEvent() {
		this.kinesis.keepRecordsFor(Duration.ofSeconds(60));
		put(30);
		this.loop.advance(Duration.ofSeconds(55));
		start(Checkpoint.TRIM_HORIZON);
		while (this.reading.records.isEmpty()) {
			this.loop.advance(Duration.ofMillis(1));
		}
		this.kinesis.fanOut().mute(true);
		this.loop.advance(Duration.ofSeconds(10));
		int before = this.reading.places().size();
		assertThat(before).isBetween(1, 29);
		put(2);
		this.kinesis.fanOut().mute(false);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.events.stale).isEqualTo(1);
		assertThat(this.reading.places().subList(before, this.reading.places().size()))
			.isEqualTo(this.kinesis.recordsOf(SHARD).subList(30, 32));
	}

	@Test
	void registersTheConsumerWhenSomebodyHasDeregisteredIt() {
		this.kinesis.fanOut().becomeActiveAfter(Duration.ofSeconds(3));
		put(5);
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofSeconds(10));
		this.kinesis.fanOut().deregister("reports");
		put(5);
		this.loop.advance(Duration.ofSeconds(40));
		assertThat(this.kinesis.fanOut().registrations()).isEqualTo(2);
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
	}

	@Test
	void namesTheDeniedAction() {
		put(5);
		this.kinesis.deny("SubscribeToShard");
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.kinesis.calls("SubscribeToShard")).isEqualTo(1);
		assertThat(this.reading.denial)
			.hasMessageContaining("kinesis:SubscribeToShard on the stream 'orders' was denied")
			.hasMessageContaining("stream/orders/consumer/reports:1");
		assertThat(this.budget.used()).isZero();
	}

	@Test
	void retriesADeniedCallWithGrowingBackOff() {
		put(5);
		this.reading.retriesDenials = true;
		this.kinesis.deny("SubscribeToShard");
		start(Checkpoint.TRIM_HORIZON);
		this.loop.advance(Duration.ofMinutes(30));
		assertThat(this.kinesis.calls("SubscribeToShard")).isBetween(20, 60);
		this.kinesis.allow("SubscribeToShard");
		this.loop.advance(Duration.ofMinutes(2));
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD));
	}

	@Test
	void pollsFromItsPositionWhenSubscribingIsDenied() {
		this.fallback = FanOutFallback.POLLING;
		this.kinesis.put(SHARD, 3);
		put(5);
		start(after(this.kinesis.recordsOf(SHARD).get(1)));
		this.loop.advance(Duration.ofSeconds(10));
		this.kinesis.deny("SubscribeToShard");
		this.kinesis.fanOut().endAll(null);
		put(5);
		this.loop.advance(Duration.ofSeconds(10));
		assertThat(this.kinesis.calls("GetRecords")).isPositive();
		assertThat(this.reading.places()).isEqualTo(this.kinesis.recordsOf(SHARD).subList(2, 13));
		assertThat(this.reading.denial).isNull();
		assertThat(this.events.stale).isZero();
		assertThat(this.readers.open(this.readers.context(STREAM, SHARD, this.buffer), Checkpoint.TRIM_HORIZON))
			.isInstanceOf(PollingShardReader.class);
	}

}
