package io.kinesisspring.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.producer.SendFailedException.Reason;
import io.kinesisspring.testing.StreamReader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of sending to a server, with an unmodified client, while things go wrong.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class SendingOverHttpIntegrationTests {

	private static final String STREAM = "orders";

	private final EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
		.stream(STREAM, 4)
		.dynamoDb(false)
		.start();

	private final KinesisAsyncClient client = KinesisAsyncClient.builder()
		.endpointOverride(this.server.endpoint())
		.region(Region.US_EAST_1)
		.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
		.overrideConfiguration((config) -> config.retryStrategy(DefaultRetryStrategy.doNotRetry()))
		.build();

	private final StreamReader reader = new StreamReader(this.client);

	@AfterEach
	void stop() {
		this.server.faults().clear();
		this.client.close();
		this.server.close();
	}

	@Test
	void sendsAnyNumberOfRecordsOfAnySize() {
		try (KinesisTemplate template = template(ProducerOptions.builder())) {
			assertThat(template.sendAll(STREAM, Collections.nCopies(750, "x")).join().successes()).hasSize(750);
			assertThat(template.sendAll(STREAM, Collections.nCopies(10_001, "x")).join().successes()).hasSize(10_001);
			assertThat(template.sendAll(STREAM, Collections.nCopies(13, new byte[1_000_000])).join().successes())
				.hasSize(13);
		}
		assertThat(this.reader.records(STREAM)).hasSize(750 + 10_001 + 13);
	}

	@Test
	void failsOnlyRecordsThatTheStreamRejects() {
		try (KinesisTemplate template = template(ProducerOptions.builder())) {
			SendAllResult result = template.sendAll(STREAM, List.of("small", new byte[1_100_000], "small")).join();
			assertThat(result.successes()).hasSize(2);
			assertThat(result.failures()).singleElement()
				.satisfies((failure) -> assertThat(((SendFailedException) failure.exception()).reason())
					.isEqualTo(Reason.TOO_LARGE));
		}
	}

	@Test
	void acceptsNamesAndArns() {
		String arn = this.client.describeStreamSummary((request) -> request.streamName(STREAM))
			.join()
			.streamDescriptionSummary()
			.streamARN();
		try (KinesisTemplate template = template(ProducerOptions.builder())) {
			assertThat(template.send(arn, "x").join().stream()).isEqualTo(arn);
			assertThat(template.send(STREAM, "x").join().shardId()).startsWith("shardId-");
		}
		assertThat(this.reader.texts(STREAM)).containsExactly("x", "x");
	}

	@Test
	void failsAtOnceWithoutAChanceOfSuccess() {
		try (KinesisTemplate template = template(ProducerOptions.builder())) {
			assertThat(failure(template.send("no-such-stream", "x")).reason()).isEqualTo(Reason.STREAM_NOT_FOUND);
			this.server.faults().add(FaultRule.accessDenied().action("PutRecords"));
			SendFailedException denied = failure(template.send(STREAM, "x"));
			assertThat(denied.reason()).isEqualTo(Reason.DENIED);
			assertThat(denied).hasMessageContaining("kinesis:PutRecords").hasMessageContaining(STREAM);
		}
	}

	@Test
	void storesRecordsInTheShardOfTheExplicitHashKey() {
		try (KinesisTemplate template = template(ProducerOptions.builder())) {
			Set<String> shards = new HashSet<>();
			for (String hashKey : List.of("0", "100000000000000000000000000000000000000",
					"200000000000000000000000000000000000000", "340282366920938463463374607431768211455")) {
				shards.add(template.send(ProducerRecord.of(STREAM, "x").withExplicitHashKey(hashKey)).join().shardId());
			}
			assertThat(shards).hasSize(4);
		}
	}

	@Test
	void aHotShardDoesNotSlowDownTheOthers() {
		this.server.limits(STREAM, StreamLimits.service());
		try (KinesisTemplate template = template(ProducerOptions.builder().deliveryTimeout(Duration.ofSeconds(15)))) {
			List<CompletableFuture<SendResult>> hot = new ArrayList<>();
			for (int i = 0; i < 5000; i++) {
				hot.add(template.send(ProducerRecord.of(STREAM, "hot " + i).withExplicitHashKey("0")));
			}
			for (int i = 0; i < 100; i++) {
				SendResult cold = template
					.send(ProducerRecord.of(STREAM, "cold")
						.withExplicitHashKey("340282366920938463463374607431768211455"))
					.join();
				assertThat(cold.elapsed()).isLessThan(Duration.ofSeconds(2));
			}
			CompletableFuture.allOf(hot.toArray(CompletableFuture[]::new)).join();
			System.out.println("5000 records to a hot shard took "
					+ hot.stream().mapToInt((sent) -> sent.join().attempts()).sum() + " attempts");
		}
	}

	@Test
	void keepsTheOrderOfEachKeyWhileShardsSplit() {
		List<CompletableFuture<SendResult>> sent = new ArrayList<>();
		try (KinesisTemplate template = template(ProducerOptions.builder())) {
			for (int i = 0; i < 20_000; i++) {
				if (i % 5000 == 2500) {
					this.server.splitShard(STREAM, this.server.openShards(STREAM).get(0));
				}
				sent.add(template.send(STREAM, "key-" + i % 400, "key-" + i % 400 + "#" + i));
			}
			template.flush().join();
		}
		assertThat(sent).allSatisfy((future) -> assertThat(future).isCompleted());
		List<String> stored = this.reader.texts(STREAM);
		assertThat(stored).hasSize(20_000);
		assertOrderOfKeys(new LinkedHashSet<>(stored));
	}

	@Test
	void everySuccessfulSendIsStoredWhenStoppedUnderLoad() throws InterruptedException {
		this.server.faults().add(FaultRule.latency(Duration.ofMillis(30)).action("PutRecords"));
		Map<String, CompletableFuture<SendResult>> sent = new HashMap<>();
		KinesisTemplate template = template(ProducerOptions.builder().shutdownTimeout(Duration.ofMillis(50)));
		Thread sender = new Thread(() -> {
			boolean open = true;
			for (int i = 0; open; i++) {
				CompletableFuture<SendResult> future = template.send(STREAM, "key-" + i % 100, "record " + i);
				sent.put("record " + i, future);
				open = template.isRunning();
			}
		});
		sender.start();
		while (template.inFlight() < 2000) {
			Thread.onSpinWait();
		}
		template.close();
		sender.join();
		assertThat(sent.values()).allSatisfy((future) -> assertThat(future).isDone());
		assertThat(sent.values()).anySatisfy((future) -> assertThat(future).isCompletedExceptionally());
		Set<String> stored = new HashSet<>(this.reader.texts(STREAM));
		sent.forEach((text, future) -> {
			if (!future.isCompletedExceptionally()) {
				assertThat(stored).contains(text);
			}
		});
	}

	private KinesisTemplate template(ProducerOptions.Builder options) {
		return KinesisTemplate.builder(this.client).options(options.build()).build();
	}

	private static SendFailedException failure(CompletableFuture<SendResult> sent) {
		return (SendFailedException) sent.<Throwable>handle((result, ex) -> ex).join();
	}

	private static void assertOrderOfKeys(Set<String> stored) {
		Map<String, Integer> last = new HashMap<>();
		for (String text : stored) {
			int number = Integer.parseInt(text.substring(text.indexOf('#') + 1));
			Integer before = last.put(text.substring(0, text.indexOf('#')), number);
			assertThat((before != null) ? before : -1).as("what was stored before " + text).isLessThan(number);
		}
	}

}
