package io.kinesisspring.producer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerOptions.Ordering;
import io.kinesisspring.producer.ScriptedService.Behaviour;
import io.kinesisspring.producer.SendFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of packing records of one key.
 */
class AggregatingTests {

	private final SendTestSupport test = new SendTestSupport(options().build());

	@Test
	void aggregatesTheRecordsAfterTheFirstOfTheirKey() {
		List<CompletableFuture<SendResult>> sent = send(this.test, "key", 10);
		this.test.loop.advance(Duration.ofMillis(40));

		assertThat(this.test.service.sizes()).containsExactly(1);
		assertThat(opened()).extracting(ScriptedService::text)
			.containsExactly("key 0", "key 1", "key 2", "key 3", "key 4", "key 5", "key 6", "key 7", "key 8", "key 9");
		assertThat(opened()).extracting(PutRecordsRequestEntry::partitionKey).containsOnly("key");
		for (int i = 0; i < sent.size(); i++) {
			SendResult result = sent.get(i).join();
			assertThat(result.subSequenceNumber()).isEqualTo(i);
			assertThat(result.sequenceNumber()).isEqualTo(sent.get(0).join().sequenceNumber());
			assertThat(result.attempts()).isEqualTo(1);
		}
		assertThat(this.test.template.inFlight()).isZero();
		assertThat(this.test.template.memory().used()).isZero();
	}

	@Test
	void aggregatesNoRecordsOfDifferentKeys() {
		send(this.test, "one", 3);
		send(this.test, "two", 3);
		this.test.result(this.test.template.flush());

		assertThat(this.test.service.stored()).hasSize(2)
			.allSatisfy((entry) -> assertThat(userRecords(entry)).extracting(UserRecord::partitionKey)
				.containsOnly(entry.partitionKey()));
		KeyOrder.assertKept(opened());
	}

	@Test
	void aggregatesNoRecordsOfDifferentExplicitHashKeys() {
		for (int i = 0; i < 6; i++) {
			this.test.template
				.send(ProducerRecord.of("s", "key", "record " + i).withExplicitHashKey(Integer.toString(i / 2)));
		}
		this.test.result(this.test.template.flush());

		assertThat(this.test.service.stored()).hasSize(3)
			.allSatisfy((entry) -> assertThat(userRecords(entry)).extracting(UserRecord::explicitHashKey)
				.containsOnly(entry.explicitHashKey()));
		KeyOrder.assertKept(opened());
	}

	@Test
	void aggregatesRecordsWithoutAKeyWithEachOther() {
		for (int i = 0; i < 2000; i++) {
			this.test.template.send("s", "record " + i);
		}
		this.test.result(this.test.template.flush());

		assertThat(this.test.service.stored()).hasSizeLessThan(10);
		assertThat(opened()).hasSize(2000);
	}

	@Test
	void doesNotAggregateASingleRecord() {
		SendResult result = this.test.result(this.test.template.send("s", "key", "x"));

		assertThat(result.subSequenceNumber()).isNull();
		assertThat(this.test.service.storedTexts()).containsExactly("x");
	}

	@Test
	void aggregatesUpToFiftyKibibytes() {
		for (int i = 0; i < 100; i++) {
			this.test.template.send("s", "key", new byte[1000]);
		}
		this.test.template.send("s", "key", new byte[60_000]);
		this.test.result(this.test.template.flush());

		assertThat(this.test.service.stored()).extracting((entry) -> entry.data().asByteArrayUnsafe().length)
			.satisfies((sizes) -> {
				assertThat(sizes.subList(0, 1)).allSatisfy((size) -> assertThat(size).isBetween(50_000, 51_200));
				assertThat(sizes).last().isEqualTo(60_000);
			});
		assertThat(opened()).hasSize(101);
	}

	@Test
	void keepsTheOrderOfAKeyWhenAnAggregateFails() {
		this.test.service.next(Behaviour.entries((entry) -> SendTestSupport.THROTTLED),
				Behaviour.entries((entry) -> SendTestSupport.INTERNAL));
		List<CompletableFuture<SendResult>> sent = send(this.test, "key", 5);
		this.test.loop.advance(Duration.ofMillis(11));
		for (int i = 5; i < 10; i++) {
			sent.add(this.test.template.send("s", "key", "key " + i));
		}
		this.test.result(this.test.template.flush());

		assertThat(opened()).hasSize(10);
		KeyOrder.assertKept(opened());
		assertThat(sent.get(0).join().attempts()).isEqualTo(3);
	}

	@Test
	void failsExpiredRecordsBetweenOthers() {
		SendTestSupport test = new SendTestSupport(options().deliveryTimeout(Duration.ofSeconds(5)).build());
		test.service.always(Behaviour.entries((entry) -> SendTestSupport.THROTTLED));
		List<CompletableFuture<SendResult>> old = send(test, "key", 3);
		test.loop.advance(Duration.ofSeconds(3));
		List<CompletableFuture<SendResult>> young = send(test, "key", 3);
		test.loop.advance(Duration.ofSeconds(2));
		test.service.always(Behaviour.STORES_ALL);
		test.result(test.template.flush());

		assertThat(old).allSatisfy(SendTestSupport.failedWith(Reason.TIMEOUT));
		assertThat(young).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(test.template.memory().used()).isZero();
	}

	@Test
	void splitsAnInvalidAggregate() {
		this.test.service.always((service, request) -> {
			boolean bad = request.records()
				.stream()
				.anyMatch((entry) -> new String(entry.data().asByteArray(), StandardCharsets.ISO_8859_1)
					.contains("key 1"));
			return (bad ? Behaviour.fails(ScriptedService.exception("ValidationException", 400)) : Behaviour.STORES_ALL)
				.respond(service, request);
		});
		List<CompletableFuture<SendResult>> sent = send(this.test, "key", 3);
		this.test.result(this.test.template.flush());

		assertThat(sent.get(0)).isCompleted();
		assertThat(sent.get(1)).satisfies(SendTestSupport.failedWith(Reason.INVALID));
		assertThat(sent.get(2)).isCompleted();
		assertThat(this.test.template.memory().used()).isZero();
	}

	@Test
	void failsAllRecordsOfARejectedAggregate() {
		this.test.service.always(Behaviour.fails(ScriptedService.exception("AccessDeniedException", 400)));
		List<CompletableFuture<SendResult>> sent = send(this.test, "key", 3);
		this.test.result(this.test.template.flush());

		assertThat(sent).allSatisfy(SendTestSupport.failedWith(Reason.DENIED));
		assertThat(this.test.template.memory().used()).isZero();
	}

	@Test
	void aHotKeyIsSentAsFastAsItsShardTakesBytes() {
		this.test.service.always(new SimulatedShards(this.test.loop, 1, 1000));
		List<CompletableFuture<SendResult>> sent = send(this.test, "key", 20_000);
		this.test.result(this.test.template.flush());

		assertThat(this.test.loop.elapsed()).isLessThan(Duration.ofSeconds(2));
		assertThat(sent).allSatisfy((future) -> assertThat(future).isCompleted());
		KeyOrder.assertKept(opened());
	}

	/**
	 * Whatever goes wrong: each record has its outcome, those that are said to be stored
	 * are, and the first copies of each key's records stand in their order.
	 * @param seed of this run
	 */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 })
	void losesNothingAndKeepsTheOrderUnderFaults(long seed) {
		Random random = new Random(seed);
		SendTestSupport test = new SendTestSupport(options().ordering((seed % 2 == 0) ? Ordering.KEY : Ordering.NONE)
			.maxInFlight(1 + random.nextInt(4))
			.maxBatchSize(DataSize.ofKilobytes(1 + random.nextInt(100)))
			.build(), seed);
		test.service.always((service, request) -> switch (random.nextInt(8)) {
			case 0 -> Behaviour.fails(SdkClientException.create("broken before")).respond(service, request);
			case 1 -> Behaviour.loses(SdkClientException.create("broken after")).respond(service, request);
			case 2, 3 -> Behaviour.entries((entry) -> random.nextBoolean() ? SendTestSupport.THROTTLED : null)
				.respond(service, request);
			default -> Behaviour.STORES_ALL.after(Duration.ofMillis(random.nextInt(30))).respond(service, request);
		});
		List<CompletableFuture<SendResult>> sent = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			String key = "key-" + random.nextInt(20);
			sent.add(test.template.send("s", key, key + " " + i));
			if (random.nextInt(50) == 0) {
				test.loop.advance(Duration.ofMillis(random.nextInt(20)));
			}
		}
		test.result(test.template.flush());

		assertThat(sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(test.template.memory().used()).isZero();
		List<PutRecordsRequestEntry> firsts = new ArrayList<>(opened(test).stream()
			.collect(Collectors.toMap(ScriptedService::text, (entry) -> entry, (first, copy) -> first,
					LinkedHashMap::new))
			.values());
		assertThat(firsts).hasSize(3000);
		KeyOrder.assertKept(firsts);
	}

	private static ProducerOptions.Builder options() {
		return ProducerOptions.builder().aggregation(Aggregation.KEY);
	}

	private static List<CompletableFuture<SendResult>> send(SendTestSupport test, String key, int count) {
		List<CompletableFuture<SendResult>> sent = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			sent.add(test.template.send("s", key, key + " " + i));
		}
		return sent;
	}

	private List<PutRecordsRequestEntry> opened() {
		return opened(this.test);
	}

	/**
	 * What a reader that takes aggregates apart sees.
	 */
	private static List<PutRecordsRequestEntry> opened(SendTestSupport test) {
		List<PutRecordsRequestEntry> opened = new ArrayList<>();
		for (PutRecordsRequestEntry entry : test.service.stored()) {
			for (UserRecord record : userRecords(entry)) {
				opened.add(entry.toBuilder()
					.partitionKey(record.partitionKey())
					.data(SdkBytes.fromByteArray(record.data()))
					.build());
			}
		}
		return opened;
	}

	private static List<UserRecord> userRecords(PutRecordsRequestEntry entry) {
		byte[] data = entry.data().asByteArray();
		return AggregatedRecords.open(data)
			.orElse(List.of(new UserRecord(entry.partitionKey(), entry.explicitHashKey(), data)));
	}

}
