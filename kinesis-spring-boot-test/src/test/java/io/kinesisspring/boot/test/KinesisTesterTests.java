package io.kinesisspring.boot.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.stereotype.Component;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.boot.test.autoconfigure.KinesisTest;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.envelope.HeaderEnvelope;
import io.kinesisspring.listener.Acknowledgment;
import io.kinesisspring.listener.KinesisListenerContainerRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link KinesisTester} and {@link ListenerProbe}, with the embedded server and
 * DynamoDB Local.
 */
@KinesisTest(streams = { "plain:4", "manual", "failing", "batch", "late", "large:2", "unread:2" })
class KinesisTesterTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	@Autowired
	private KinesisTester tester;

	@Autowired
	private Listeners listeners;

	@Autowired
	private KinesisListenerContainerRegistry registry;

	@Test
	void storesBytesAndTextAsTheyAreAndConvertsOthers() {
		byte[] bytes = { 1, 2, 3 };
		this.tester.put("unread", "bytes", bytes);
		KinesisRecord<byte[]> text = this.tester.put("unread", "text", "no \"JSON\"");
		this.tester.put("unread", "object", new Order("order-1", 5));
		assertThat(withKey("bytes").payload()).isEqualTo(bytes);
		assertThat(text(withKey("text"))).isEqualTo("no \"JSON\"");
		assertThat(withKey("text")).usingRecursiveComparison().isEqualTo(text);
		assertThat(text(withKey("object"))).isEqualTo("{\"id\":\"order-1\",\"cents\":5}");
	}

	private KinesisRecord<byte[]> withKey(String key) {
		return this.tester.records("unread")
			.stream()
			.filter((record) -> key.equals(record.partitionKey()))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void takesApartWhatTheProducerLibraryWouldAggregate() {
		this.tester.server().createStream("aggregated", 1);
		this.tester.putAggregated("aggregated", user("a", "1"), user("b", "2"), user("c", "3"));
		this.tester.put("aggregated", "d", "4");
		assertThat(this.tester.server().records("aggregated")).hasSize(2);
		List<KinesisRecord<byte[]>> records = this.tester.awaitRecords("aggregated", 4);
		assertThat(records).extracting(KinesisRecord::partitionKey).containsExactly("a", "b", "c", "d");
		assertThat(records).extracting(KinesisRecord::subSequenceNumber).containsExactly(0L, 1L, 2L, 0L);
		assertThat(this.tester.payloads("aggregated", Integer.class)).containsExactly(1, 2, 3, 4);
		assertThatIllegalArgumentException().isThrownBy(() -> this.tester.putAggregated("aggregated"))
			.withMessage("'records' must not be empty");
	}

	private static UserRecord user(String key, String text) {
		return new UserRecord(key, null, text.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void extractsHeaders() {
		this.tester.put("unread", "sealed",
				HeaderEnvelope.seal(Map.of("source", "shop"), "text".getBytes(StandardCharsets.UTF_8)));
		assertThat(withKey("sealed").headers()).containsExactly(Map.entry("source", "shop"));
		assertThat(text(withKey("sealed"))).isEqualTo("text");
	}

	@Test
	void aListenerHasCaughtUpWhenItHasProcessedAll() {
		IntStream.range(0, 100).forEach((i) -> this.tester.put("plain", "key-" + i, "text-" + i));
		this.tester.awaitCaughtUp("plain");
		assertThat(this.listeners.plain).hasSize(100);
		assertThat(this.tester.unprocessed("plain")).isEmpty();
		assertThat(this.tester.probe("plain").records()).hasSize(100);
		this.tester.putAggregated("plain", user("a", "1"), user("b", "2"), user("c", "3"));
		this.tester.awaitCaughtUp("plain");
		assertThat(this.listeners.plain).hasSize(103).endsWith("1", "2", "3");
	}

	@Test
	void aListenerFollowsChangedShardsAndCatchesUp() {
		this.tester.awaitAssignment("large");
		this.tester.put("large", "key", "before");
		this.tester.server().updateShardCount("large", 4);
		this.tester.put("large", "key", "after");
		this.tester.awaitCaughtUp("large");
		this.tester.awaitAssignment("large");
		assertThat(this.tester.probe("large").records()).extracting(KinesisTesterTests::text)
			.containsExactly("before", "after");
	}

	@Test
	void aListenerThatAcknowledgesByHandHasCaughtUpWhenItHas() {
		this.tester.put("manual", "key", "first");
		KinesisRecord<byte[]> second = this.tester.put("manual", "key", "second");
		this.tester.probe("manual").awaitRecords(2);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.tester.awaitCaughtUp("manual", SHORT))
			.withMessage("The listener 'manual' has not processed all up to " + second.position()
					+ "; it is running, after 300 ms");
		assertThat(this.tester.unprocessed("manual")).extracting(KinesisTesterTests::text)
			.containsExactly("first", "second");
		this.listeners.unacknowledged.remove().acknowledge();
		Waiting.forValue(Duration.ofSeconds(30), () -> (this.tester.unprocessed("manual").size() == 1)
				? Waiting.Result.of(true) : Waiting.Result.missing("acknowledged"));
		assertThat(this.tester.unprocessed("manual")).extracting(KinesisTesterTests::text).containsExactly("second");
		this.listeners.unacknowledged.remove().acknowledge();
		this.tester.awaitCaughtUp("manual");
	}

	@Test
	void aProbeCollectsFailuresAndRetries() {
		ListenerProbe probe = this.tester.probe("failing");
		this.tester.put("failing", "key", "first");
		assertThat(probe.awaitFailures(2)).extracting(Throwable::getMessage)
			.allMatch((message) -> message.contains("not yet"));
		this.tester.awaitCaughtUp("failing");
		assertThat(probe.records()).hasSize(1);
		assertThat(probe.calls()).extracting((call) -> call.failure() == null).containsExactly(false, false, true);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> probe.awaitRecords(2, SHORT))
			.withMessage("The listener 'failing' has received 1 of 2 records, after 300 ms")
			.havingCause()
			.withMessageContaining("not yet");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> probe.awaitFailures(3, SHORT))
			.withMessage("The listener 'failing' has thrown 2 of 3 exceptions, after 300 ms");
		probe.clear();
		assertThat(probe.calls()).isEmpty();
	}

	@Test
	void aProbeCollectsBatches() {
		this.tester.putAggregated("batch", user("a", "1"), user("b", "2"), user("c", "3"));
		ListenerProbe probe = this.tester.probe("batch");
		probe.awaitRecords(3);
		assertThat(probe.calls()).singleElement().satisfies((call) -> assertThat(call.records()).hasSize(3));
		assertThat(probe.payloads(Integer.class)).containsExactly(1, 2, 3);
	}

	@Test
	void recordsBeforeTheInitialPositionAreNotMissing() {
		assertThat(this.tester.records("late")).hasSize(1);
		this.tester.awaitCaughtUp("late");
		assertThat(this.tester.probe("late").calls()).isEmpty();
		this.tester.put("late", "key", "new");
		this.tester.awaitCaughtUp("late");
		assertThat(this.tester.probe("late").records()).extracting(KinesisTesterTests::text).containsExactly("new");
	}

	@Test
	void aListenerThatDoesNotRunHasNoShards() {
		this.registry.getContainer("idle").stop();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.tester.awaitAssignment("idle", SHORT))
			.withMessageStartingWith("The listener 'idle' has not read shardId-000000000000 of 'unread', "
					+ "shardId-000000000001 of 'unread'; it is stopped");
	}

	@Test
	void anUnknownListenerIsRefusedWithThoseThatThereAre() {
		for (Runnable call : List.<Runnable>of(() -> this.tester.awaitAssignment("nobody"),
				() -> this.tester.awaitCaughtUp("nobody"), () -> this.tester.unprocessed("nobody"),
				() -> this.tester.probe("nobody"))) {
			assertThatIllegalArgumentException().isThrownBy(call::run)
				.withMessage("There is no listener with the id 'nobody', only "
						+ "[batch, failing, idle, large, late, manual, plain]");
		}
	}

	@Test
	void aStreamThatStaysEmptyIsReported() {
		this.tester.server().createStream("silent", 1);
		this.tester.put("silent", "key", "one");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.tester.awaitRecords("silent", 2, SHORT))
			.withMessage("The stream 'silent' holds 1 of 2 records, after 300 ms");
	}

	private static String text(KinesisRecord<byte[]> record) {
		return new String(record.payload(), StandardCharsets.UTF_8);
	}

	record Order(String id, long cents) {
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@ComponentScan(useDefaultFilters = false,
			includeFilters = @Filter(type = FilterType.ASSIGNABLE_TYPE, classes = Listeners.class))
	static class Application {

	}

	@Component
	static class Listeners {

		final Queue<String> plain = new ConcurrentLinkedQueue<>();

		final Queue<Acknowledgment> unacknowledged = new ConcurrentLinkedQueue<>();

		private final AtomicInteger attempts = new AtomicInteger();

		/** Writes before the listeners start, and lets the time go on. */
		Listeners(EmbeddedKinesisServer server) {
			server.put("late", "key", "old".getBytes(StandardCharsets.UTF_8));
			server.clock().advance(Duration.ofSeconds(10));
		}

		@KinesisListener(id = "plain", streams = "plain")
		void onPlain(String text) {
			this.plain.add(text);
		}

		@KinesisListener(id = "manual", streams = "manual", ackMode = "manual")
		void onManual(String text, Acknowledgment acknowledgment) {
			this.unacknowledged.add(acknowledgment);
		}

		@KinesisListener(id = "failing", streams = "failing")
		void onFailing(String text) {
			if (this.attempts.incrementAndGet() <= 2) {
				throw new IllegalStateException("not yet");
			}
		}

		@KinesisListener(id = "batch", streams = "batch")
		void onBatch(List<String> texts) {
		}

		@KinesisListener(id = "large", streams = "large")
		void onLarge(String text) {
		}

		@KinesisListener(id = "late", streams = "late", initialPosition = "latest")
		void onLate(String text) {
		}

		@KinesisListener(id = "idle", streams = "unread")
		void onUnread(byte[] payload) {
		}

	}

}
