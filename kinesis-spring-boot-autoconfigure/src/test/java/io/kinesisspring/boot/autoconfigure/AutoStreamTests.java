package io.kinesisspring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.Header;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.RecordDistributionStrategy;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.deadletter.DeadLetter;
import io.kinesisspring.embedded.test.EmbeddedKinesis;
import io.kinesisspring.producer.KinesisOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that sends without keys to streams whose records the service
 * distributes, and listens to them, over the wire.
 */
@SpringBootTest(properties = { "spring.application.name=auto-streams", "kinesis.consumer.retry.initial-interval=1ms",
		"kinesis.listeners.letters.error.dead-letter-stream=dead" })
@EmbeddedKinesis(streams = { "clicks:4:auto", "visits:1:auto", "letters:1:auto", "dead:2:auto", "changing:2:auto" })
@Timeout(180)
class AutoStreamTests {

	private static final String FIRST = "first";

	@Autowired
	private KinesisOperations template;

	@Autowired
	private KinesisAsyncClient client;

	@Autowired
	private Listeners listeners;

	@Test
	void recordsAreSentAndReceivedWithoutKeys() {
		sendUntilKeysAreLeftOut("clicks", this.listeners.clicks);
		for (int i = 0; i < 400; i++) {
			this.template.send("clicks", "click " + i);
		}
		this.template.send("clicks", "visitor", "click with a key").join();

		await().untilAsserted(() -> assertThat(this.listeners.clicks).hasSizeGreaterThan(401)
			.containsEntry("click with a key", "visitor"));
		for (int i = 0; i < 400; i++) {
			assertThat(this.listeners.clicks).containsEntry("click " + i, Listeners.NONE);
		}
		assertThat(this.listeners.clickShards).hasSize(4);
	}

	/**
	 * The listener returns when four records of its one shard are in hand.
	 */
	@Test
	void recordsWithoutKeysAreDeliveredAtOnce() {
		sendUntilKeysAreLeftOut("visits", this.listeners.visits);
		for (int i = 0; i < 40; i++) {
			this.template.send("visits", "visit " + i);
		}

		await().untilAsserted(() -> assertThat(this.listeners.visits).hasSize(41));
	}

	@Test
	void theDeadLetterOfARecordWithoutAKeyHasNone() {
		sendUntilKeysAreLeftOut("letters", this.listeners.letters);
		for (int i = 0; i < 10; i++) {
			this.template.send("letters", "letter " + i);
			this.template.send("letters", "poison");
		}

		await().untilAsserted(() -> assertThat(this.listeners.deadLetters)
			.filteredOn((letter) -> letter.payload().partitionKey() == null)
			.hasSize(10));
		await().untilAsserted(() -> assertThat(this.listeners.letters).containsKeys("letter 0", "letter 9"));
		assertThat(this.listeners.deadLetters).anySatisfy((letter) -> assertThat(letter.partitionKey()).isNull());
	}

	@Test
	void recordsAreStoredWhileTheStrategyChanges() {
		sendUntilKeysAreLeftOut("changing", this.listeners.changing);
		setStrategy(RecordDistributionStrategy.USER_PARTITION_KEY);
		this.template.send("changing", "with a chosen key").join();
		this.template.send("changing", "key", "with a key").join();
		setStrategy(RecordDistributionStrategy.AUTO);
		this.template.send("changing", "again").join();

		await().untilAsserted(() -> assertThat(this.listeners.changing).containsKeys("with a chosen key", "again")
			.containsEntry("with a key", "key"));
		assertThat(this.listeners.changing.get("with a chosen key")).isNotEqualTo(Listeners.NONE);
	}

	private void setStrategy(RecordDistributionStrategy strategy) {
		String arn = this.client.describeStreamSummary((describe) -> describe.streamName("changing"))
			.join()
			.streamDescriptionSummary()
			.streamARN();
		this.client
			.updateStreamRecordDistributionStrategy(
					(update) -> update.streamARN(arn).recordDistributionStrategy(strategy))
			.join();
	}

	/**
	 * The first record has a key, as the template does not wait for the answer to its
	 * question.
	 */
	private void sendUntilKeysAreLeftOut(String stream, Map<String, String> received) {
		await().pollInterval(Duration.ofMillis(20)).until(() -> {
			this.template.send(stream, FIRST).join();
			return received.containsValue(Listeners.NONE);
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Listeners listeners() {
			return new Listeners();
		}

	}

	static class Listeners {

		static final String NONE = "none";

		final Map<String, String> clicks = new ConcurrentHashMap<>();

		final Map<String, String> clickShards = new ConcurrentHashMap<>();

		final Map<String, String> visits = new ConcurrentHashMap<>();

		final Map<String, String> letters = new ConcurrentHashMap<>();

		final Map<String, String> changing = new ConcurrentHashMap<>();

		final Queue<KinesisRecord<DeadLetter>> deadLetters = new ConcurrentLinkedQueue<>();

		private final CyclicBarrier fourAtOnce = new CyclicBarrier(4);

		@KinesisListener(id = "clicks", streams = "clicks", concurrency = "4")
		void onClick(KinesisRecord<String> click) {
			this.clicks.put(click.payload(), keyOrNone(click.partitionKey()));
			this.clickShards.put(click.shardId(), click.payload());
		}

		@KinesisListener(id = "visits", streams = "visits", concurrency = "4")
		void onVisit(String visit, @Header(KinesisHeaders.PARTITION_KEY) @Nullable String key) throws Exception {
			if (!visit.equals(FIRST)) {
				this.fourAtOnce.await(30, TimeUnit.SECONDS);
			}
			this.visits.put(visit, keyOrNone(key));
		}

		@KinesisListener(id = "letters", streams = "letters", concurrency = "2",
				properties = { "retry.max-attempts=2" })
		void onLetter(String letter, @Header(name = KinesisHeaders.PARTITION_KEY, required = false) String key) {
			if (letter.equals("poison")) {
				throw new IllegalStateException("poison");
			}
			this.letters.put(letter, keyOrNone(key));
		}

		@KinesisListener(id = "changing", streams = "changing")
		void onChange(List<KinesisRecord<String>> records) {
			records.forEach((record) -> this.changing.put(record.payload(), keyOrNone(record.partitionKey())));
		}

		@KinesisListener(id = "dead", streams = "dead")
		void onDeadLetter(KinesisRecord<DeadLetter> letter) {
			this.deadLetters.add(letter);
		}

		private static String keyOrNone(@Nullable String key) {
			return (key != null) ? key : NONE;
		}

	}

}
