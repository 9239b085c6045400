package io.kinesisspring.listener;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.error.BatchFailedException;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseStoreFactory;
import io.kinesisspring.lease.dynamodb.DynamoDbLeaseStore;
import io.kinesisspring.lease.dynamodb.TableSettings;
import io.kinesisspring.shard.MissingStream;
import io.kinesisspring.shard.StreamClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the container, over real HTTP against the embedded server and DynamoDB Local.
 */
class KinesisListenerContainerTests {

	@RegisterExtension
	static final EmbeddedBackEnds backEnds = new EmbeddedBackEnds();

	private final List<KinesisListenerContainer> containers = new ArrayList<>();

	private String stream;

	@BeforeEach
	void createStream(TestInfo test) {
		this.stream = test.getTestMethod().orElseThrow().getName();
		backEnds.server().createStream(this.stream, 4);
	}

	@AfterEach
	void stopContainers() {
		this.containers.forEach(KinesisListenerContainer::stop);
	}

	@Test
	void deliversEveryRecordOfAllShardsInTheOrderOfItsShard() {
		Recorder recorder = new Recorder();
		backEnds.put(this.stream, 0, 300);
		start(recorder);
		backEnds.put(this.stream, 300, 500);
		await().untilAsserted(() -> assertThat(recorder.distinct()).hasSize(500));
		assertThat(recorder.records).hasSize(500);
		recorder.byShard()
			.forEach((shard, records) -> assertThat(records)
				.isSortedAccordingTo((one, other) -> one.sequenceNumber().compareTo(other.sequenceNumber())));
		assertThat(recorder.byShard()).hasSize(4);
	}

	@Test
	void resumesExactlyBehindTheLastCheckpoint() {
		Recorder before = new Recorder();
		backEnds.put(this.stream, 0, 200);
		KinesisListenerContainer container = start(before);
		await().untilAsserted(() -> assertThat(before.distinct()).hasSize(200));
		container.stop();
		backEnds.put(this.stream, 200, 300);
		Recorder after = new Recorder();
		start(after);
		await().untilAsserted(() -> assertThat(after.distinct()).hasSize(100));
		assertThat(after.distinct()).doesNotContainAnyElementsOf(before.distinct());
		assertThat(before.records).hasSize(200);
		assertThat(after.records).hasSize(100);
	}

	@Test
	void checkpointsAndReleasesWhenItStops() {
		Recorder recorder = new Recorder();
		backEnds.put(this.stream, 0, 100);
		KinesisListenerContainer container = start(recorder);
		await().untilAsserted(() -> assertThat(recorder.distinct()).hasSize(100));
		container.stop();
		assertThat(container.isRunning()).isFalse();
		assertThat(leases()).hasSize(4).allSatisfy((lease) -> {
			assertThat(lease.owner()).isNull();
			KinesisRecord<byte[]> last = recorder.lastOf(lease.shardId());
			assertThat(lease.checkpoint()).isEqualTo(Checkpoint.after(last.sequenceNumber(), 0));
		});
		assertThat(store("app").load().join().workers()).isEmpty();
	}

	@Test
	void stopsBetweenTwoRecordsOfALongBatch() throws Exception {
		backEnds.server().createStream("one-shard", 1);
		backEnds.put("one-shard", 0, 100);
		CountDownLatch fifth = new CountDownLatch(5);
		CountDownLatch goOn = new CountDownLatch(1);
		Recorder recorder = new Recorder((record) -> {
			fifth.countDown();
			if (fifth.getCount() == 0) {
				goOn.await();
			}
		});
		KinesisListenerContainer container = start(recorder, "one-shard", (options) -> options);
		fifth.await();
		CountDownLatch stopped = new CountDownLatch(1);
		container.stop(stopped::countDown);
		goOn.countDown();
		stopped.await();
		int seen = recorder.records.size();
		assertThat(seen).isLessThan(100);
		Recorder rest = new Recorder();
		start(rest, "one-shard", (options) -> options);
		await().untilAsserted(() -> assertThat(rest.records).hasSize(100 - seen));
	}

	@Test
	void sharesTheShardsWithAnotherInstanceAndTakesThemOverWhenThatStops() {
		Recorder recorder = new Recorder();
		KinesisListenerContainer first = start(recorder);
		start(recorder);
		await().untilAsserted(() -> assertThat(leases().stream()
			.filter((lease) -> lease.owner() != null)
			.collect(Collectors.groupingBy(Lease::owner, Collectors.counting()))
			.values()).containsExactly(2L, 2L));
		first.stop();
		backEnds.put(this.stream, 0, 100);
		await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(recorder.distinct()).hasSize(100));
		assertThat(recorder.records).hasSize(100);
	}

	@Test
	void readsTheChildrenBehindTheirParents() {
		Recorder recorder = new Recorder();
		backEnds.put(this.stream, 0, 200);
		start(recorder);
		backEnds.server().splitShard(this.stream, backEnds.server().openShards(this.stream).get(0));
		backEnds.put(this.stream, 200, 400);
		List<String> open = backEnds.server().openShards(this.stream);
		backEnds.server().mergeShards(this.stream, open.get(2), open.get(3));
		backEnds.put(this.stream, 400, 600);
		await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(recorder.distinct()).hasSize(600));
		assertThat(recorder.records).hasSize(600);
		await().untilAsserted(() -> assertThat(leases().stream().filter(Lease::isFinished)).hasSize(3));
		recorder.byKey().forEach((key, records) -> assertThat(records).hasSize(1));
	}

	@Test
	void readsClosedShardsAndTheirChildrenFromTheirBeginningWhenItStartsLate() {
		backEnds.put(this.stream, 0, 100);
		backEnds.server().updateShardCount(this.stream, 2);
		backEnds.put(this.stream, 100, 200);
		backEnds.server().updateShardCount(this.stream, 4);
		backEnds.put(this.stream, 200, 300);
		Recorder recorder = new Recorder();
		start(recorder);
		await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(recorder.distinct()).hasSize(300));
		assertThat(recorder.records).hasSize(300);
	}

	@Test
	void deliversAFailedRecordAgainInOrderAndNothingTwiceBeforeIt() {
		backEnds.server().createStream("poison", 1);
		backEnds.put("poison", 0, 50);
		AtomicInteger failures = new AtomicInteger();
		Recorder recorder = new Recorder((record) -> {
			if (payload(record) == 20 && failures.incrementAndGet() <= 3) {
				throw new IllegalStateException("not yet");
			}
		});
		start(recorder, "poison", KinesisListenerContainerTests::impatient);
		await().untilAsserted(() -> assertThat(recorder.distinct()).hasSize(50));
		assertThat(recorder.payloads()).isEqualTo(IntStream.range(0, 50).boxed().toList());
		assertThat(failures).hasValue(4);
	}

	@Test
	void holdsTheCheckpointBeforeAFailedRecordThroughAStop() {
		backEnds.server().createStream("held", 1);
		backEnds.put("held", 0, 50);
		CountDownLatch failed = new CountDownLatch(3);
		Recorder recorder = new Recorder((record) -> {
			if (payload(record) == 20) {
				failed.countDown();
				throw new IllegalStateException("never");
			}
		});
		KinesisListenerContainer container = start(recorder, "held", KinesisListenerContainerTests::impatient);
		await().until(() -> failed.getCount() == 0);
		container.stop();
		Recorder rest = new Recorder();
		start(rest, "held", (options) -> options);
		await().untilAsserted(() -> assertThat(rest.payloads()).isEqualTo(IntStream.range(20, 50).boxed().toList()));
	}

	@Test
	void doesNotLetAFailingShardDelayTheOthers() {
		backEnds.put(this.stream, 0, 200);
		Recorder recorder = new Recorder((record) -> {
			if (record.shardId().endsWith("0")) {
				throw new IllegalStateException("never");
			}
		});
		start(recorder, this.stream, KinesisListenerContainerTests::impatient);
		await().untilAsserted(() -> assertThat(recorder.byShard()).hasSize(3));
		await().untilAsserted(() -> assertThat(recorder.records).hasSizeGreaterThan(100));
	}

	@Test
	void skipsOnlyWhatTheErrorHandlerSays() {
		backEnds.server().createStream("skipped", 1);
		backEnds.put("skipped", 0, 50);
		Recorder recorder = new Recorder((record) -> {
			if (payload(record) % 10 == 3) {
				throw new IllegalStateException("never");
			}
		});
		start(recorder, "skipped", (options) -> options.errorHandler((failure) -> ErrorDecision.skip()));
		await().untilAsserted(() -> assertThat(recorder.payloads())
			.isEqualTo(IntStream.range(0, 50).filter((i) -> i % 10 != 3).boxed().toList()));
	}

	@Test
	void stopsAShardWhenTheErrorHandlerSaysSo() {
		backEnds.server().createStream("stopped", 1);
		backEnds.put("stopped", 0, 50);
		Recorder recorder = new Recorder((record) -> {
			if (payload(record) == 10) {
				throw new IllegalStateException("never");
			}
		});
		KinesisListenerContainer container = start(recorder, "stopped",
				(options) -> options.errorHandler((failure) -> ErrorDecision.stopShard()));
		await().untilAsserted(() -> assertThat(recorder.payloads()).hasSize(10));
		container.stop();
		Recorder rest = new Recorder();
		start(rest, "stopped", (options) -> options);
		await().untilAsserted(() -> assertThat(rest.payloads()).isEqualTo(IntStream.range(10, 50).boxed().toList()));
	}

	@Test
	void keepsWhatABatchListenerSaysWentWell() {
		backEnds.server().createStream("batches", 1);
		backEnds.put("batches", 0, 50);
		List<Integer> processed = new ArrayList<>();
		AtomicInteger failures = new AtomicInteger();
		RecordsListener listener = batchListener((records) -> {
			for (int i = 0; i < records.size(); i++) {
				if (payload(records.get(i)) == 20 && failures.incrementAndGet() <= 2) {
					throw new BatchFailedException(i, new IllegalStateException("not yet"));
				}
				processed.add(payload(records.get(i)));
			}
		});
		start(listener, "batches", KinesisListenerContainerTests::impatient);
		await().untilAsserted(() -> assertThat(failures).hasValue(3));
		await().untilAsserted(() -> assertThat(processed).isEqualTo(IntStream.range(0, 50).boxed().toList()));
	}

	@Test
	void checkpointsOnlyWhatWasAcknowledgedByHand() {
		backEnds.server().createStream("manual", 1);
		backEnds.put("manual", 0, 50);
		List<Acknowledgment> acknowledgments = new ArrayList<>();
		RecordsListener listener = new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				acknowledgments.add(delivery.acknowledgment());
				return null;
			}

			@Override
			public boolean isBatch() {
				return false;
			}

		};
		KinesisListenerContainer container = start(listener, "manual", (options) -> options.ackMode(AckMode.MANUAL));
		await().until(() -> acknowledgments.size() == 50);
		acknowledgments.get(29).acknowledge();
		container.stop();
		Recorder rest = new Recorder();
		start(rest, "manual", (options) -> options);
		await().untilAsserted(() -> assertThat(rest.payloads()).isEqualTo(IntStream.range(30, 50).boxed().toList()));
	}

	@Test
	void finishesAShardOnlyWhenItsLastRecordIsAcknowledgedByHand() {
		backEnds.server().createStream("ended", 1);
		backEnds.put("ended", 0, 10);
		backEnds.server().splitShard("ended", backEnds.server().openShards("ended").get(0));
		backEnds.put("ended", 10, 20);
		Queue<Acknowledgment> acknowledgments = new ConcurrentLinkedQueue<>();
		Recorder recorder = new Recorder();
		RecordsListener listener = new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
					throws Exception {
				acknowledgments.add(delivery.acknowledgment());
				return recorder.onRecords(records, delivery);
			}

			@Override
			public boolean isBatch() {
				return false;
			}

		};
		start(listener, "ended", (options) -> options.ackMode(AckMode.MANUAL));
		await().until(() -> acknowledgments.size() == 10);
		await().during(Duration.ofSeconds(2)).until(() -> recorder.records.size() == 10);
		acknowledgments.forEach(Acknowledgment::acknowledge);
		await().untilAsserted(() -> assertThat(recorder.distinct()).hasSize(20));
	}

	@Test
	void beginsWithTheLatestAndLosesNothingWhenItRestartsBeforeTheFirstCheckpoint() {
		backEnds.put(this.stream, 0, 100);
		// The service tells its time in whole seconds
		await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
		Recorder never = new Recorder();
		KinesisListenerContainer container = start(never, this.stream,
				(options) -> options.initialPosition(InitialPosition.LATEST));
		container.stop();
		backEnds.put(this.stream, 100, 200);
		Recorder recorder = new Recorder();
		start(recorder, this.stream, (options) -> options.initialPosition(InitialPosition.LATEST));
		await().untilAsserted(() -> assertThat(recorder.distinct()).hasSize(100));
		assertThat(recorder.payloads()).allMatch((payload) -> payload >= 100);
	}

	@Test
	void takesTheInitialPositionOnlyWhereThereIsNoCheckpoint() {
		backEnds.put(this.stream, 0, 100);
		Recorder before = new Recorder();
		KinesisListenerContainer container = start(before);
		await().untilAsserted(() -> assertThat(before.distinct()).hasSize(100));
		container.stop();
		Recorder after = new Recorder();
		start(after, this.stream, (options) -> options.initialPosition(InitialPosition.TRIM_HORIZON));
		backEnds.put(this.stream, 100, 101);
		await().untilAsserted(() -> assertThat(after.payloads()).containsExactly(100));
	}

	@Test
	void deliversEveryRecordOnceInOrderWhateverGoesWrongWithReading() {
		backEnds.put(this.stream, 0, 300);
		List<FaultRule> faults = List.of(FaultRule.throttle(), FaultRule.internalFailure(),
				FaultRule.expiredIterator().action("GetRecords"), FaultRule.dropBefore(), FaultRule.dropAfter(),
				FaultRule.latency(Duration.ofMillis(300)));
		faults.forEach((fault) -> backEnds.server()
			.faults()
			.add(((fault.action() != null) ? fault : fault.action("GetRecords")).probability(0.15, 42)));
		backEnds.server().faults().add(FaultRule.throttle().action("GetShardIterator").probability(0.3, 42));
		try {
			Recorder recorder = new Recorder();
			start(recorder, this.stream, (options) -> options.maxRecords(10));
			backEnds.put(this.stream, 300, 400);
			await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(recorder.distinct()).hasSize(400));
			assertThat(recorder.records).hasSize(400);
			recorder.byShard()
				.forEach((shard, records) -> assertThat(records)
					.isSortedAccordingTo((one, other) -> one.sequenceNumber().compareTo(other.sequenceNumber())));
		}
		finally {
			backEnds.server().faults().clear();
		}
	}

	@Test
	void tellsActionAndArnWhenItMayNotRead() {
		backEnds.server().faults().add(FaultRule.accessDenied().action("ListShards").stream(this.stream));
		try {
			KinesisListenerContainer container = create(new Recorder(), this.stream, (options) -> options);
			assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(container::start)
				.withMessageContaining("kinesis:ListShards on the stream '" + this.stream + "' was denied")
				.withMessageContaining("arn:aws:kinesis:<region>:<account>:stream/" + this.stream);
		}
		finally {
			backEnds.server().faults().clear();
		}
	}

	@Test
	void failsTheStartWhenNothingAnswersAtTheEndpoint() {
		try (KinesisAsyncClient nobody = EmbeddedBackEnds.kinesis(URI.create("http://127.0.0.1:1"))) {
			KinesisListenerContainer container = create(new Recorder(), this.stream, (options) -> options, nobody);
			assertThatExceptionOfType(KinesisException.class).isThrownBy(container::start)
				.withMessageContaining("kinesis:ListShards on the stream '" + this.stream + "' got no answer")
				.withMessageContaining("kinesis.endpoint");
			assertThat(container.isRunning()).isFalse();
		}
	}

	@Test
	void failsTheStartWhenTheStreamDoesNotExist() {
		KinesisListenerContainer container = create(new Recorder(), "nowhere", (options) -> options);
		assertThatExceptionOfType(KinesisConfigurationException.class).isThrownBy(container::start)
			.withMessageContaining("The stream 'nowhere' does not exist")
			.withMessageContaining("kinesis.streams.missing");
		assertThat(container.isRunning()).isFalse();
	}

	@Test
	void waitsForAStreamThatDoesNotExistYet() {
		Recorder recorder = new Recorder();
		start(recorder, "later", (options) -> options.missingStream(MissingStream.WAIT));
		backEnds.server().createStream("later", 2);
		backEnds.put("later", 0, 10);
		await().untilAsserted(() -> assertThat(recorder.distinct()).hasSize(10));
	}

	@Test
	void createsAStreamThatDoesNotExist() {
		Recorder recorder = new Recorder();
		start(recorder, "created", (options) -> options.missingStream(MissingStream.CREATE).createShards(3));
		backEnds.put("created", 0, 10);
		await().untilAsserted(() -> assertThat(recorder.distinct()).hasSize(10));
		assertThat(backEnds.server().openShards("created")).hasSize(3);
	}

	@Test
	void keepsWithinAByteBudgetThatIsSmallerThanWhatComes() {
		backEnds.put(this.stream, 0, 400);
		Recorder recorder = new Recorder();
		start(recorder, this.stream, (options) -> options.bufferMemory(1));
		await().untilAsserted(() -> assertThat(recorder.distinct()).hasSize(400));
	}

	private static ContainerOptions.Builder impatient(ContainerOptions.Builder options) {
		return options.errorHandler(new DefaultErrorHandler(Duration.ofMillis(5), 1, Duration.ofMillis(5)));
	}

	private KinesisListenerContainer start(RecordsListener listener) {
		return start(listener, this.stream, (options) -> options);
	}

	private KinesisListenerContainer start(RecordsListener listener, String name,
			UnaryOperator<ContainerOptions.Builder> options) {
		KinesisListenerContainer container = create(listener, name, options);
		container.start();
		return container;
	}

	private KinesisListenerContainer create(RecordsListener listener, String name,
			UnaryOperator<ContainerOptions.Builder> options) {
		return create(listener, name, options, backEnds.kinesis());
	}

	private KinesisListenerContainer create(RecordsListener listener, String name,
			UnaryOperator<ContainerOptions.Builder> options, KinesisAsyncClient client) {
		LeaseStoreFactory stores = this::store;
		KinesisListenerContainerFactory factory = new KinesisListenerContainerFactory(new StreamClient(client), stores,
				new SimpleAsyncTaskExecutor("listener-"),
				ContainerOptions.defaults().toBuilder().application("app").build(), (id, builder) -> {
				});
		KinesisListenerContainer container = factory.create(new KinesisListenerEndpoint("listener",
				List.of(StreamIdentifier.of(name)), listener, options, "a test"));
		this.containers.add(container);
		return container;
	}

	private LeaseStore store(String application) {
		return new DynamoDbLeaseStore(backEnds.dynamoDb(), application,
				TableSettings.named(application + "-" + this.stream));
	}

	private List<Lease> leases() {
		return store("app").load().join().leases();
	}

	private static int payload(KinesisRecord<byte[]> record) {
		return Integer.parseInt(new String(record.payload(), StandardCharsets.UTF_8));
	}

	private static RecordsListener batchListener(Processing<List<KinesisRecord<byte[]>>> processing) {
		return new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
					throws Exception {
				processing.process(records);
				return null;
			}

			@Override
			public boolean isBatch() {
				return true;
			}

		};
	}

	/**
	 * Takes note of all records that it has processed.
	 */
	private static final class Recorder implements RecordsListener {

		private final Queue<KinesisRecord<byte[]>> records = new ConcurrentLinkedQueue<>();

		private final Processing<KinesisRecord<byte[]>> processing;

		private Recorder() {
			this((record) -> {
			});
		}

		private Recorder(Processing<KinesisRecord<byte[]>> processing) {
			this.processing = processing;
		}

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> delivered, Delivery delivery)
				throws Exception {
			this.processing.process(delivered.get(0));
			this.records.add(delivered.get(0));
			return null;
		}

		@Override
		public boolean isBatch() {
			return false;
		}

		private List<Integer> payloads() {
			return this.records.stream().map(KinesisListenerContainerTests::payload).toList();
		}

		private Set<Integer> distinct() {
			return new TreeSet<>(payloads());
		}

		private Map<String, List<KinesisRecord<byte[]>>> byShard() {
			return this.records.stream().collect(Collectors.groupingBy(KinesisRecord::shardId));
		}

		private Map<String, List<KinesisRecord<byte[]>>> byKey() {
			return this.records.stream().collect(Collectors.groupingBy(KinesisRecord::partitionKey));
		}

		private KinesisRecord<byte[]> lastOf(String shardId) {
			List<KinesisRecord<byte[]>> all = byShard().get(shardId);
			return all.get(all.size() - 1);
		}

	}

	/**
	 * What a listener does.
	 *
	 * @param <T> what it does it to
	 */
	private interface Processing<T> {

		void process(T records) throws Exception;

	}

}
