package io.kinesisspring.producer;

import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the bound on the time that records wait, under simulated time. Requests are
 * small, so that few records are enough to fill all of them.
 */
class TargetDelayTests {

	private static final Duration TARGET = Duration.ofMillis(50);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

	/** Three times what the stream stores. */
	private static final int FAST = 120;

	/**
	 * With a latency of 100 ms, sixteen requests of 50 records are 8,000 records a
	 * second.
	 */
	@ParameterizedTest(name = "latency {0} ms, {1} records a millisecond")
	@CsvSource({ "1, 120", "10, 120", "100, 24" })
	void recordsOfAFastSenderWaitNoLongerAndTheStreamStoresAsMuch(int millis, int perMillisecond) {
		Duration latency = Duration.ofMillis(millis);
		BusySender limited = new BusySender(options(TARGET), latency);
		BusySender unlimited = new BusySender(options(Duration.ZERO), latency);
		for (BusySender sender : new BusySender[] { limited, unlimited }) {
			sender.run(Duration.ofSeconds(4), perMillisecond);
		}
		assertThat(limited.stored(TWO_SECONDS, Duration.ofSeconds(4)))
			.isGreaterThanOrEqualTo(unlimited.stored(TWO_SECONDS, Duration.ofSeconds(4)) * 98 / 100);
		assertThat(limited.median()).isLessThan(TARGET.plus(latency.multipliedBy(2)).plusMillis(10));
		assertThat(unlimited.median()).isGreaterThan(limited.median().multipliedBy(3));
		assertThat(unlimited.waits()).isZero();
		limited.assertEachIsStoredOnce();
	}

	/**
	 * Requests carry 800 records, so 200 others are ready, and the rest waits behind
	 * records of the same keys.
	 */
	@Test
	void recordsOfFewKeysWaitNoLongerEither() {
		BusySender limited = new BusySender(options(TARGET), Duration.ofMillis(1));
		BusySender unlimited = new BusySender(options(Duration.ZERO), Duration.ofMillis(1));
		for (BusySender sender : new BusySender[] { limited, unlimited }) {
			sender.keys(1000);
			sender.run(Duration.ofSeconds(4), FAST);
		}
		assertThat(limited.stored(TWO_SECONDS, Duration.ofSeconds(4)))
			.isGreaterThanOrEqualTo(unlimited.stored(TWO_SECONDS, Duration.ofSeconds(4)) * 98 / 100);
		assertThat(limited.median()).isLessThan(TARGET.multipliedBy(2));
		assertThat(unlimited.median()).isGreaterThan(SECOND);
		limited.assertEachIsStoredOnce();
	}

	@Test
	void sendersWakeUpSeldom() {
		BusySender sender = new BusySender(options(TARGET), Duration.ofMillis(1));
		sender.run(SECOND, FAST);
		int before = sender.sent();
		int moments = 0;
		boolean open = sender.mayGoOn();
		for (int i = 0; i < 1000; i++) {
			sender.run(Duration.ofMillis(1), FAST);
			moments += (!open && sender.mayGoOn()) ? 1 : 0;
			open = sender.mayGoOn();
		}
		assertThat(sender.sent() - before).isGreaterThan(38_000);
		assertThat(moments).isLessThan(120);
	}

	@Test
	void aBurstIsTakenAtOnceFromAnIdleSender() {
		BusySender sender = new BusySender(options(TARGET), Duration.ofMillis(10));
		sender.send(10_000);
		assertThat(sender.sent()).isEqualTo(10_000);
		sender.assertEachIsStoredOnce();
	}

	/**
	 * What a sender has stored while it had little to send is no rate of its stream.
	 */
	@ParameterizedTest(name = "busy for {0} ms before")
	@ValueSource(ints = { 0, 1000 })
	void aBurstIsTakenAtOnceAfterATrickle(int busyMillis) {
		BusySender sender = new BusySender(options(TARGET), Duration.ofMillis(10));
		sender.run(Duration.ofMillis(busyMillis), FAST);
		for (int i = 0; i < 100; i++) {
			sender.send(1);
			sender.test().loop.advance(Duration.ofMillis(20));
		}
		int before = sender.sent();
		sender.send(10_000);
		assertThat(sender.sent() - before).isEqualTo(10_000);
		sender.assertEachIsStoredOnce();
	}

	@Test
	void aBurstIsTakenAtOnceAfterAPause() {
		BusySender sender = new BusySender(options(TARGET), Duration.ofMillis(10));
		sender.run(SECOND, FAST);
		sender.test().loop.advance(Duration.ofSeconds(3));
		int before = sender.sent();
		sender.send(10_000);
		assertThat(sender.sent() - before).isEqualTo(10_000);
		sender.assertEachIsStoredOnce();
	}

	/**
	 * However slow the stream becomes, its requests stay full, and it is fast again as
	 * soon as it may.
	 */
	@Test
	void followsTheRateOfTheStream() {
		BusySender sender = new BusySender(options(TARGET), Duration.ofMillis(5));
		sender.run(SECOND, FAST);
		sender.capacity(500);
		sender.run(Duration.ofSeconds(5), FAST);
		assertThat(sender.stored(TWO_SECONDS, Duration.ofSeconds(6))).isBetween(1950L, 2050L);
		sender.capacity(40_000);
		// What is under way is still served at the old rate
		sender.run(Duration.ofSeconds(3), FAST);
		assertThat(sender.stored(Duration.ofSeconds(8), Duration.ofSeconds(9))).isGreaterThan(39_000);
		sender.assertEachIsStoredOnce();
	}

	/**
	 * With the long delay, many records are ready and the rate remains known.
	 */
	@ParameterizedTest(name = "target delay {0} ms")
	@ValueSource(ints = { 50, 400 })
	void sendersGoOnWhileNothingIsStored(int millis) {
		BusySender sender = new BusySender(options(Duration.ofMillis(millis)), Duration.ofMillis(10));
		sender.run(SECOND, FAST);
		assertThat(sender.waits()).isPositive();
		int before = sender.sent();
		sender.service(Behaviour.HANGS);
		sender.test().loop.advance(Duration.ofMillis(1500));
		// A thread that waits goes on by now
		sender.test().template.send("s", new byte[100]);
		sender.test().loop.runUntilIdle();
		sender.run(Duration.ofMillis(500), FAST);
		assertThat(sender.sent() - before).isGreaterThan(50_000);
	}

	@Test
	void requestsThatFailMakeNobodyWait() {
		BusySender sender = new BusySender(options(TARGET), Duration.ofMillis(10));
		sender.run(SECOND, FAST);
		int before = sender.sent();
		sender.service(Behaviour.fails(ScriptedService.exception("InternalFailure", 500)));
		sender.run(TWO_SECONDS, FAST);
		assertThat(sender.sent() - before).isGreaterThan(50_000);
	}

	@Test
	void aHotShardMakesNobodyWait() {
		SendTestSupport test = new SendTestSupport();
		test.service.always(new SimulatedShards(test.loop, 4, 1000));
		for (int i = 0; i < 20_000; i++) {
			test.template.send(new ProducerRecord<>("s", null, "0", "hot " + i));
		}
		test.loop.advance(TWO_SECONDS);
		String cold = "340282366920938463463374607431768211455";
		for (int i = 0; i < 3000; i++) {
			assertThat(test.template.memory().gate().isOpen("s")).isTrue();
			test.template.send(new ProducerRecord<>("s", null, cold, "cold " + i));
			test.loop.advance(Duration.ofMillis(2));
		}
		assertThat(test.template.inFlight()).isGreaterThan(10_000);
	}

	@Test
	void aHotKeyMakesNobodyWait() {
		SendTestSupport test = new SendTestSupport();
		for (int i = 0; i < 20_000; i++) {
			test.template.send("s", "hot", "hot " + i);
		}
		for (int i = 0; i < 1000; i++) {
			assertThat(test.template.memory().gate().isOpen("s")).isTrue();
			test.template.send("s", "cold " + i, "cold " + i);
			test.loop.advance(Duration.ofMillis(2));
		}
		assertThat(test.template.inFlight()).isGreaterThan(19_000);
	}

	@Test
	void aFullStreamMakesNobodyWaitForAnother() {
		BusySender sender = new BusySender(options(TARGET), Duration.ofMillis(10));
		sender.run(SECOND, FAST);
		while (sender.mayGoOn()) {
			sender.run(Duration.ofMillis(1), FAST);
		}
		CompletableFuture<SendResult> other = sender.test().template.send("other", new byte[100]);
		assertThat(sender.test().template.memory().gate().isOpen("other")).isTrue();
		assertThat(sender.test().result(other).elapsed()).isLessThan(Duration.ofMillis(200));
	}

	@Test
	void aggregatesOfAShardAreLimitedByTheirRequestsToo() {
		ProducerOptions options = options(TARGET).toBuilder()
			.aggregation(Aggregation.SHARD)
			.linger(Duration.ZERO)
			.build();
		BusySender sender = new BusySender(options, Duration.ofMillis(10));
		sender.run(SECOND, FAST);
		assertThat(sender.waits()).isPositive();
		sender.assertEachIsStoredOnce();
	}

	@Test
	void nothingFailsThatFitsIntoTheBuffer() {
		BusySender sender = new BusySender(
				options(TARGET).toBuilder().bufferMemory(DataSize.ofMegabytes(8)).maxBlock(Duration.ZERO).build(),
				Duration.ofMillis(10));
		sender.run(SECOND, FAST);
		assertThat(sender.waits()).isPositive();
		KinesisTemplate template = sender.test().template;
		for (int i = 0; i < 15_000; i++) {
			assertThat(template.send("s", new byte[100])).isNotCompletedExceptionally();
		}
		CompletableFuture<SendAllResult> full = template.sendAll("s", Collections.nCopies(20_000, "x"));
		assertThat(sender.test().result(full).failures()).isNotEmpty()
			.allSatisfy((failure) -> assertThat(((SendFailedException) failure.exception()).reason())
				.isEqualTo(Reason.BUFFER_FULL));
	}

	private static ProducerOptions options(Duration targetDelay) {
		return ProducerOptions.builder().maxBatchRecords(50).targetDelay(targetDelay).build();
	}

}
