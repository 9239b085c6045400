package io.kinesisspring.producer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;

import io.kinesisspring.producer.ScriptedService.Behaviour;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of how records come together in requests.
 */
class GatheringTests {

	private static final int MIB = 1024 * 1024;

	@Test
	void sendsAtOnceWhileNothingIsInFlight() {
		SendTestSupport test = new SendTestSupport();
		test.template.send("s", "one");
		test.loop.runUntilIdle();
		assertThat(test.service.texts()).containsExactly(List.of("one"));
	}

	@Test
	void gathersWhileARequestIsInFlight() {
		SendTestSupport test = new SendTestSupport();
		for (int i = 0; i < 5; i++) {
			test.template.send("s", "record " + i);
			test.loop.advance(Duration.ofMillis(2));
		}
		test.roundTrip();
		assertThat(test.service.sizes()).containsExactly(1, 4);
	}

	@Test
	void doesNotGatherWithoutEndBehindARequestThatHangs() {
		SendTestSupport test = new SendTestSupport();
		test.service.next(Behaviour.HANGS);
		test.template.send("s", "hangs");
		test.loop.runUntilIdle();
		CompletableFuture<SendResult> behind = test.template.send("s", "behind it");
		test.loop.advance(Duration.ofMillis(36));
		assertThat(behind).isCompleted();
	}

	@Test
	void doesNotGatherAFullRequest() {
		SendTestSupport test = new SendTestSupport();
		test.service.always(Behaviour.HANGS);
		test.template.send("s", "hangs");
		test.loop.runUntilIdle();
		IntStream.range(0, 1001).forEach((i) -> test.template.send("s", "x"));
		test.loop.runUntilIdle();
		assertThat(test.service.sizes()).containsExactly(1, 500, 500);
	}

	@Test
	void lingersForTheConfiguredTime() {
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder().linger(Duration.ofMillis(500)).build());
		test.template.send("s", "first");
		test.loop.advance(Duration.ofMillis(300));
		test.template.send("s", "second");
		test.loop.advance(Duration.ofMillis(199));
		assertThat(test.service.requests()).isEmpty();
		test.loop.advance(Duration.ofMillis(1));
		assertThat(test.service.texts()).containsExactly(List.of("first", "second"));
	}

	@Test
	void accumulatesForHalfASecondOrOneMebibyteWhicheverIsFirst() {
		SendTestSupport test = new SendTestSupport(
				ProducerOptions.builder().linger(Duration.ofMillis(500)).maxBatchSize(DataSize.ofMegabytes(1)).build());
		for (int i = 0; i < 10; i++) {
			test.template.send("s", new byte[150_000]);
		}
		test.loop.runUntilIdle();
		assertThat(test.service.sizes()).containsExactly(6);
		test.loop.advance(Duration.ofMillis(500));
		assertThat(test.service.sizes()).containsExactly(6, 4);
	}

	@Test
	void accumulatesForAMinuteInEconomyMode() {
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder().linger(Duration.ofMinutes(1)).build());
		for (int i = 0; i < 60; i++) {
			test.template.send("s", "one key", "record " + i);
			test.template.send("s", "record " + i);
			test.loop.advance(Duration.ofSeconds(1));
		}
		test.roundTrip();
		assertThat(test.service.sizes()).startsWith(61).hasSizeLessThanOrEqualTo(2);
	}

	@Test
	void doesNotLingerWhenFlushed() {
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder().linger(Duration.ofMinutes(1)).build());
		test.template.send("s", "key", "first of its key");
		test.template.send("s", "key", "second of its key");
		test.template.send("s", "other");
		CompletableFuture<Void> flushed = test.template.flush();
		test.loop.runUntilIdle();
		assertThat(flushed).isNotDone();
		CompletableFuture<SendResult> afterwards = test.template.send("another", "after the flush");
		test.loop.advance(Duration.ofMillis(25));
		assertThat(flushed).isCompleted();
		assertThat(test.service.storedTexts()).contains("first of its key", "second of its key", "other");
		assertThat(afterwards).isNotDone();
	}

	@Test
	void flushesNothingAtOnce() {
		SendTestSupport test = new SendTestSupport();
		CompletableFuture<Void> flushed = test.template.flush();
		test.loop.runUntilIdle();
		assertThat(flushed).isCompleted();
	}

	@Test
	void cutsRequestsAtTheBatchSizeKeysIncluded() {
		SendTestSupport test = new SendTestSupport(
				ProducerOptions.builder().maxBatchSize(DataSize.ofBytes(1000)).build());
		test.template.sendAll(IntStream.range(0, 6)
			.mapToObj((i) -> ProducerRecord.of("s", "keys-of-20-chars-" + (100 + i), new byte[230]))
			.toList());
		test.roundTrip();
		assertThat(test.service.sizes()).containsExactly(4, 2);
	}

	@Test
	void keepsWithinTheRequestLimitOfTheService() {
		SendTestSupport test = new SendTestSupport(
				ProducerOptions.builder().maxBatchSize(DataSize.ofMegabytes(10)).build());
		CompletableFuture<SendAllResult> sent = test.template.sendAll("s",
				IntStream.range(0, 42).mapToObj((i) -> new byte[MIB - 13]).toList());
		assertThat(test.result(sent).allSucceeded()).isTrue();
		assertThat(test.service.requests())
			.allSatisfy((request) -> assertThat(bytes(request)).isLessThanOrEqualTo(10 * MIB));
	}

	@Test
	void sendsALargeRecordByItself() {
		SendTestSupport test = new SendTestSupport();
		test.template.sendAll("s", List.of("small", new byte[MIB + 1], "small", new byte[6 * MIB], "small"));
		test.result(test.template.flush());
		assertThat(test.service.sizes()).containsExactly(1, 1, 1, 1, 1);
	}

	@Test
	void takesTurnsBetweenStreams() {
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder().maxInFlight(1).build());
		for (int i = 0; i < 2000; i++) {
			test.template.send("busy", "x");
		}
		test.template.send("quiet", "x");
		test.result(test.template.flush());
		assertThat(test.service.requests()).extracting(PutRecordsRequest::streamName)
			.containsExactly("busy", "quiet", "busy", "busy", "busy");
	}

	@Test
	void limitsTheRequestsInFlight() {
		SendTestSupport test = new SendTestSupport(ProducerOptions.builder().maxInFlight(3).build());
		IntStream.range(0, 10_000).forEach((i) -> test.template.send("s" + i % 2, "x"));
		test.result(test.template.flush());
		assertThat(test.service.maxInFlight()).isEqualTo(3);
		assertThat(test.service.stored()).hasSize(10_000);
	}

	private static int bytes(PutRecordsRequest request) {
		return request.records()
			.stream()
			.mapToInt((entry) -> entry.data().asByteArrayUnsafe().length + entry.partitionKey().length())
			.sum();
	}

}
