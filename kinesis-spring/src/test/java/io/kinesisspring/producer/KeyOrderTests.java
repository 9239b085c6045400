package io.kinesisspring.producer;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.exception.SdkClientException;

import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.ScriptedService.Codes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the order that is kept, and of what becomes of records when all goes wrong.
 */
class KeyOrderTests {

	private static final RuntimeException BROKEN = SdkClientException.create("Connection reset",
			new IOException("Connection reset"));

	@Test
	void aRecordThatFailsIsNotOvertakenByOthersOfItsKey() {
		SendTestSupport test = new SendTestSupport();
		test.service.next(Behaviour
			.entries((entry) -> ScriptedService.text(entry).equals("a1") ? SendTestSupport.INTERNAL : null));
		for (String text : List.of("a1", "a2", "b1", "a3", "b2")) {
			test.template.send("s", text.substring(0, 1), text);
		}
		test.result(test.template.flush());
		assertThat(test.service.storedTexts()).containsSubsequence("a1", "a2", "a3").containsSubsequence("b1", "b2");
		assertThat(test.service.storedTexts().indexOf("b2")).isLessThan(test.service.storedTexts().indexOf("a1"));
	}

	@Test
	void noRequestCarriesTwoRecordsOfAKey() {
		SendTestSupport test = new SendTestSupport();
		IntStream.range(0, 100).forEach((i) -> test.template.send("s", "key " + i % 10, "x"));
		test.result(test.template.flush());
		assertThat(test.service.sizes()).containsOnly(10);
	}

	@Test
	void recordsWithoutAKeyOfTheirOwnDoNotWaitForEachOther() {
		SendTestSupport test = new SendTestSupport();
		test.template.sendAll("s", IntStream.range(0, 500).mapToObj(Integer::toString).toList());
		test.loop.runUntilIdle();
		assertThat(test.service.sizes()).containsExactly(500);
	}

	@Test
	void recordsOfOneKeyShareARequestWithoutOrdering() {
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder().ordering(Ordering.NONE).build());
		test.template.sendAll(IntStream.range(0, 100).mapToObj((i) -> ProducerRecord.of("s", "key", "x")).toList());
		test.loop.runUntilIdle();
		assertThat(test.service.sizes()).containsExactly(100);
	}

	@Test
	void theSameKeyOfAnotherStreamIsAnotherKey() {
		SendTestSupport test = new SendTestSupport();
		test.template.send("one", "key", "x");
		test.template.send("two", "key", "x");
		test.loop.runUntilIdle();
		assertThat(test.service.requests()).hasSize(2);
	}

	@Test
	void aKeyContinuesAfterOneOfItsRecordsTimedOut() {
		SendTestSupport test = new SendTestSupport(
				ProducerOptions.builder().deliveryTimeout(Duration.ofSeconds(5)).build());
		test.service.next(Behaviour.HANGS);
		CompletableFuture<SendResult> hangs = test.template.send("s", "key", "hangs");
		test.loop.advance(Duration.ofSeconds(3));
		CompletableFuture<SendResult> waits = test.template.send("s", "key", "waits");
		test.loop.advance(Duration.ofMillis(2500));
		CompletableFuture<SendResult> goes = test.template.send("s", "key", "goes");
		assertThat(test.result(goes).attempts()).isEqualTo(1);
		assertThat(hangs).isCompletedExceptionally();
		assertThat(waits).isCompleted();
	}

	/**
	 * Everything goes wrong by chance. Whatever happens each future completes once, what
	 * is reported as stored is stored, the records of a key that were stored were first
	 * stored in their order, and all the memory is given back.
	 */
	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void nothingIsLostOrOvertakenUnderFaults(long seed) {
		Random chance = new Random(seed);
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder()
			.maxInFlight(1 + chance.nextInt(6))
			.maxBatchRecords(1 + chance.nextInt(40))
			.linger(Duration.ofMillis(chance.nextInt(3) * 20L))
			.deliveryTimeout(Duration.ofSeconds(20 + chance.nextInt(100)))
			.build(), seed);
		test.service.always((service, request) -> fault(chance).respond(service, request));
		Map<String, CompletableFuture<SendResult>> sent = new HashMap<>();
		for (int i = 0; i < 2000; i++) {
			String stream = "s" + chance.nextInt(2);
			String key = stream + "/" + chance.nextInt(1 + chance.nextInt(300));
			String text = key + "#" + i;
			sent.put(text, test.template.send(stream, key, text));
			if (chance.nextInt(5) == 0) {
				test.loop.advance(Duration.ofMillis(chance.nextInt(20)));
			}
		}
		test.result(test.template.flush());
		assertThat(sent.values()).allSatisfy((future) -> assertThat(future).isDone());
		List<String> stored = new ArrayList<>(new LinkedHashSet<>(test.service.storedTexts()));
		sent.forEach((text, future) -> {
			if (!future.isCompletedExceptionally()) {
				assertThat(stored).contains(text);
			}
		});
		Map<String, Integer> last = new HashMap<>();
		for (String text : stored) {
			int number = Integer.parseInt(text.substring(text.indexOf('#') + 1));
			Integer before = last.put(text.substring(0, text.indexOf('#')), number);
			assertThat((before != null) ? before : -1).as("what was stored before " + text).isLessThan(number);
		}
		test.loop.advance(Duration.ofMinutes(5));
		assertThat(test.template.inFlight()).isZero();
		assertThat(test.template.memory().used()).isZero();
		assertThat(test.loop.pending()).isLessThanOrEqualTo(1);
	}

	static IntStream seeds() {
		int first = new Random().nextInt(1_000_000);
		return IntStream.concat(IntStream.range(0, 20), IntStream.range(first, first + 20));
	}

	private static Behaviour fault(Random chance) {
		int percent = chance.nextInt(100);
		if (percent < 60) {
			return Behaviour.entries(oneIn(10, chance)).after(Duration.ofMillis(chance.nextInt(30)));
		}
		if (percent < 75) {
			return Behaviour.entries(oneIn(2, chance));
		}
		if (percent < 85) {
			return Behaviour.fails(ScriptedService.exception(SendTestSupport.INTERNAL, 500));
		}
		return (percent < 92) ? Behaviour.fails(BROKEN) : Behaviour.loses(BROKEN);
	}

	private static Codes oneIn(int number, Random chance) {
		return (entry) -> (chance.nextInt(number) == 0) ? SendTestSupport.THROTTLED : null;
	}

}
