package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

import io.kinesisspring.producer.ScriptedService.Behaviour;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of how fast records go to the shards. Keys are given, so that each run spreads
 * them alike.
 */
class ShardRateLimitsTests {

	private static final String HOT = "0";

	private static final String COLD = "340282366920938463463374607431768211455";

	private final SendTestSupport test = new SendTestSupport();

	@Test
	void limitsNoRateWithoutMd5() {
		ShardRateLimits shardRateLimits = new ShardRateLimits("s", OutgoingRecord::bytes,
				HashKeys.find("no such digest"));
		OutgoingRecord record = new OutgoingRecord("s", "key", false, null, true, new byte[1], 4, 4);
		StreamQueue queue = new StreamQueues(ProducerOptions.defaults(), SendObserver.NONE,
				new SendContext(this.test.service, this.test.loop, Runnable::run), () -> {
				})
			.queueOf(record);
		Batch batch = new Batch(queue, List.of(record), false, false, 0);
		PutRecordsResponse throttled = PutRecordsResponse.builder()
			.records(ScriptedService.error(SendTestSupport.THROTTLED))
			.build();
		for (int i = 0; i < 1000; i++) {
			assertThat(shardRateLimits.update(Response.of(batch, throttled, null), i)).isFalse();
		}
		assertThat(shardRateLimits.delay(record)).isFalse();
		assertThat(shardRateLimits.nextRelease()).isEqualTo(StreamQueue.NEVER);
	}

	@Test
	void limitsTheRateToAHotShard() {
		SimulatedShards shards = shards(4, 1000);
		List<CompletableFuture<SendResult>> sent = sendHot(30_000);

		this.test.result(this.test.template.flush());

		assertThat(sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(this.test.loop.elapsed()).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(36));
		assertThat(shards.attempts()).isLessThan(30_000 + 8000 + 4000);
	}

	@Test
	void tellsThePaceOfALimitedShard() {
		shards(4, 1000);
		assertThat(this.test.result(this.test.template.status()).streams()).isEmpty();
		sendHot(20_000);
		this.test.loop.advance(Duration.ofSeconds(5));

		ProducerStatus limited = this.test.result(this.test.template.status());

		assertThat(limited.recordsInFlight()).isBetween(10_000L, 19_000L);
		assertThat(limited.bufferUsed()).isPositive().isLessThan(limited.bufferSize());
		assertThat(limited.streams()).singleElement().satisfies((stream) -> {
			assertThat(stream.stored()).isEqualTo(20_000 - limited.recordsInFlight());
			assertThat(stream.refused()).isPositive();
			assertThat(stream.limited()).singleElement().satisfies((pace) -> {
				assertThat(pace.shard()).isNotNull();
				assertThat(pace.share()).isBetween(0.5, 1.5);
				assertThat(pace.waiting()).isBetween(5000, 19_000);
			});
		});
		this.test.result(this.test.template.flush());
		this.test.template.close();
		ProducerStatus closed = this.test.result(this.test.template.status());
		assertThat(closed.recordsInFlight() + closed.requestsInFlight()).isZero();
		assertThat(closed.streams()).singleElement().satisfies((stream) -> {
			assertThat(stream.stored()).isEqualTo(20_000);
			assertThat(stream.failed()).isZero();
			assertThat(stream.limited()).isEmpty();
		});
	}

	@Test
	void aHotShardDoesNotSlowDownTheOthers() {
		shards(4, 1000);
		sendHot(20_000);
		this.test.loop.advance(Duration.ofSeconds(1));

		for (int i = 0; i < 100; i++) {
			CompletableFuture<SendResult> cold = this.test.template
				.send(ProducerRecord.of("s", "cold").withExplicitHashKey(COLD));
			this.test.loop.advance(Duration.ofMillis(60));
			assertThat(cold).isCompleted();
			assertThat(cold.join().attempts()).isEqualTo(1);
		}
	}

	@Test
	void usesTheThroughputOfAllShards() {
		SimulatedShards shards = shards(4, 1000);
		for (int i = 0; i < 60_000; i++) {
			this.test.template.send("s", "key-" + i, "record " + i);
		}

		this.test.result(this.test.template.flush());

		assertThat(this.test.loop.elapsed()).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(20));
		assertThat(shards.attempts()).isLessThan(60_000 + 8000 + 8000);
	}

	/**
	 * 90,000 records have 19 MB, of which four shards take four in a second.
	 */
	@Test
	void aggregatesOfHotKeysFillTheirShards() {
		SendTestSupport test = new SendTestSupport(
				ProducerOptions.builder().aggregation(ProducerOptions.Aggregation.KEY).build());
		SimulatedShards shards = new SimulatedShards(test.loop, 4, 1000);
		test.service.always(shards);
		for (int i = 0; i < 90_000; i++) {
			test.template.send("s", "key-" + i % 100, "x".repeat(200));
		}

		test.result(test.template.flush());

		assertThat(test.loop.elapsed()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(7));
	}

	@Test
	void usesTheRemainingThroughputOfASharedShard() {
		SimulatedShards shards = shards(1, 100);
		for (int i = 0; i < 6000; i++) {
			this.test.template.send("s", "key-" + i, "record " + i);
		}

		this.test.loop.advance(Duration.ofSeconds(60));

		assertThat(this.test.service.stored()).hasSizeGreaterThan(5000);
		assertThat(shards.throttled()).isLessThan(6000 + 1500);
	}

	@Test
	void increasesTheRateAgain() {
		SimulatedShards shards = shards(1, 100);
		ProducerRecord<String> record = ProducerRecord.of("s", "x");
		for (int i = 0; i < 3000; i++) {
			this.test.template.send(record);
		}
		this.test.loop.advance(Duration.ofSeconds(10));
		shards.limit(2000);
		this.test.loop.advance(Duration.ofSeconds(8));

		assertThat(this.test.template.inFlight()).isZero();
	}

	@Test
	void usesTheThroughputOfBothShardsOfASplit() {
		SimulatedShards shards = shards(1, 1000);
		for (int i = 0; i < 40_000; i++) {
			this.test.template.send("s", "key-" + i, "record " + i);
		}
		this.test.loop.advance(Duration.ofSeconds(10));
		int throttledBefore = shards.throttled();
		int storedBefore = this.test.service.stored().size();
		shards.split();
		this.test.loop.advance(Duration.ofSeconds(10));

		assertThat(this.test.service.stored().size() - storedBefore).isGreaterThan(15_000);
		assertThat(shards.throttled() - throttledBefore).isLessThan(3000);
	}

	@Test
	void usesTheThroughputOfTheShardOfAMerge() {
		SimulatedShards shards = shards(2, 1000);
		for (int i = 0; i < 40_000; i++) {
			this.test.template.send("s", "key-" + i, "record " + i);
		}
		this.test.loop.advance(Duration.ofSeconds(5));
		int throttledBefore = shards.throttled();
		int storedBefore = this.test.service.stored().size();
		shards.merge();
		this.test.loop.advance(Duration.ofSeconds(10));

		assertThat(this.test.service.stored().size() - storedBefore).isGreaterThan(8000);
		assertThat(shards.throttled() - throttledBefore).isLessThan(4000);
	}

	@Test
	void aFewThrottledRecordsLimitNoRate() {
		this.test.service.always(Behaviour
			.entries((entry) -> (this.test.loop.random().nextInt(10) == 0) ? SendTestSupport.THROTTLED : null));
		for (int i = 0; i < 100_000; i++) {
			this.test.template.send("s", "key-" + i, "record " + i);
		}

		this.test.result(this.test.template.flush());

		assertThat(this.test.loop.elapsed()).isLessThan(Duration.ofSeconds(5));
	}

	@Test
	void failsDelayedRecordsInTimeAndKeepsTheOrderOfTheirKey() {
		SendTestSupport test = new SendTestSupport(
				ProducerOptions.builder().deliveryTimeout(Duration.ofSeconds(3)).build());
		test.service.always(new SimulatedShards(test.loop, 1, 100));
		List<CompletableFuture<SendResult>> sent = new ArrayList<>();
		for (int i = 0; i < 2000; i++) {
			sent.add(test.template.send("s", "key-" + i % 500, "record " + i));
		}
		test.loop.advance(Duration.ofSeconds(4));

		assertThat(sent).allSatisfy((future) -> assertThat(future).isDone());
		assertThat(sent).anySatisfy((future) -> assertThat(future).isCompletedExceptionally());
		assertThat(test.template.inFlight()).isZero();
		assertThat(test.template.memory().used()).isZero();
		assertThat(test.service.storedTexts()).doesNotHaveDuplicates();
		KeyOrder.assertKept(test.service.stored());
	}

	private SimulatedShards shards(int count, int limit) {
		SimulatedShards shards = new SimulatedShards(this.test.loop, count, limit);
		this.test.service.always(shards);
		return shards;
	}

	private List<CompletableFuture<SendResult>> sendHot(int count) {
		List<CompletableFuture<SendResult>> sent = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			sent.add(this.test.template.send(ProducerRecord.of("s", "hot " + i).withExplicitHashKey(HOT)));
		}
		return sent;
	}

}
