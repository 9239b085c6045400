package io.kinesisspring.redrive;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.deadletter.DeadLetterPublishingRecoverer;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerOptions;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendInterceptor;
import io.kinesisspring.redrive.RedriveProgress.State;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.TestThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DeadLetterRedriver} over real HTTP.
 */
class DeadLetterRedriverIntegrationTests {

	private static final AtomicInteger numbers = new AtomicInteger();

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(KinesisServer::embedded);

	private final String stream = "orders-" + numbers.incrementAndGet();

	private final String deadLetters = this.stream + "-dlt";

	private final LeaseStore store = new InMemoryLeaseStore();

	private final Executor executor = TestThreads.executor("redrive-");

	private KinesisTemplate template;

	@BeforeEach
	void create() {
		this.template = KinesisTemplate.builder(backEnds.kinesis()).build();
		backEnds.createStream(this.stream, 2);
		backEnds.createStream(this.deadLetters, 2);
	}

	@AfterEach
	void close() {
		this.template.close();
	}

	@Test
	void sendsRecordsAsTheyWereAndEachOnce() {
		fail(0, 20);
		fail(null, "without key".getBytes(StandardCharsets.UTF_8));
		byte[] binary = { 0, -1, '"' };
		fail("binary", binary);
		DeadLetterRedriver redriver = redriver(this.executor);
		RedriveProgress result = redriver.redrive(this.deadLetters).result().join();
		assertThat(result.failure()).isNull();
		assertThat(result).isEqualTo(new RedriveProgress(this.deadLetters, State.COMPLETED, 22, 0, List.of(), 1, null));
		assertThat(redriver.redrives("shop")).containsExactly(result);
		assertThat(redriver.redrives("another")).isEmpty();
		List<KinesisRecord<byte[]>> sent = read(this.stream);
		assertThat(sent).hasSize(22);
		assertThat(sent).filteredOn((record) -> "binary".equals(record.partitionKey()))
			.extracting(KinesisRecord::payload)
			.containsExactly(binary);
		for (int key = 0; key < 3; key++) {
			String name = "key-" + key;
			assertThat(sent).filteredOn((record) -> name.equals(record.partitionKey()))
				.extracting((record) -> Integer.valueOf(text(record)))
				.isSorted()
				.isNotEmpty();
		}
		assertThat(redriver.redrive(this.deadLetters).result().join().redriven()).isZero();
		fail(20, 25);
		assertThat(redriver(this.executor).redrive(this.deadLetters).result().join().redriven()).isEqualTo(5);
		assertThat(read(this.stream)).hasSize(27);
	}

	@Test
	void findsDeadLettersBehindHeadersAndPutsNoneInFront() {
		try (KinesisTemplate sealing = KinesisTemplate.builder(backEnds.kinesis())
			.options(ProducerOptions.builder().headerMode(HeaderMode.ENVELOPE).headerPatterns(List.of("*")).build())
			.interceptors(List.of(new SendInterceptor() {

				@Override
				public ProducerRecord<?> beforeSend(ProducerRecord<?> record) {
					return new ProducerRecord<>(record.stream(), record.partitionKey(), null, record.payload(),
							Map.of("trace", "1"));
				}

			}))
			.build()) {
			new DeadLetterPublishingRecoverer(sealing, this.deadLetters).recover(failure("key", new byte[] { 7 }))
				.toCompletableFuture()
				.join();
		}
		assertThat(redriver(this.executor).redrive(this.deadLetters).result().join().redriven()).isEqualTo(1);
		assertThat(read(this.stream)).singleElement().extracting(KinesisRecord::payload).isEqualTo(new byte[] { 7 });
	}

	@Test
	void leavesAndCountsWhatHasNowhereToGo() {
		this.template.send(this.deadLetters, "key", "no dead letter").join();
		fail(0, 3);
		new DeadLetterPublishingRecoverer(this.template, this.deadLetters)
			.recover(new DeliveryFailure(new KinesisRecord<>("deleted", "shard-0", "key", SequenceNumber.of("1"), 0,
					KinesisRecord.UNKNOWN_ARRIVAL, new byte[0]), 1, 1, new IllegalStateException()))
			.toCompletableFuture()
			.join();
		RedriveProgress result = redriver(this.executor).redrive(this.deadLetters).result().join();
		assertThat(result.state()).isEqualTo(State.COMPLETED);
		assertThat(result.redriven()).isEqualTo(3);
		assertThat(result.left()).isEqualTo(2);
		assertThat(result.leftRecords()).extracting(RedriveProgress.LeftRecord::reason)
			.anySatisfy((reason) -> assertThat(reason).contains("is no dead letter"))
			.anySatisfy((reason) -> assertThat(reason).contains("'deleted'"));
		RedriveProgress.LeftRecord left = result.leftRecords().get(0);
		assertThat(this.template.receive(this.deadLetters, left.shardId(), SequenceNumber.of(left.sequenceNumber())))
			.as("it is still there")
			.hasSize(1);
	}

	@Test
	void beginsAgainAndSendsElsewhereIfItIsTold() {
		fail(0, 5);
		String other = this.stream + "-other";
		backEnds.createStream(other, 1);
		DeadLetterRedriver redriver = redriver(this.executor);
		assertThat(redriver.redrive(this.deadLetters).result().join().redriven()).isEqualTo(5);
		RedriveRequest again = RedriveRequest.of(this.deadLetters)
			.from(InitialPosition.TRIM_HORIZON)
			.destination(other);
		assertThat(redriver.redrive(again).result().join().redriven()).isEqualTo(5);
		assertThat(read(other)).hasSize(5);
		assertThat(read(this.stream)).hasSize(5);
		assertThat(redriver.redrive(this.deadLetters).result().join().redriven()).isZero();
		assertThatIllegalArgumentException().isThrownBy(() -> again.destination(this.deadLetters))
			.withMessageContaining("the dead-letter stream itself");
	}

	@Test
	void readsADeadLetterStreamThatWasCreatedAnewFromItsBeginning() {
		fail(0, 5);
		DeadLetterRedriver redriver = redriver(this.executor);
		assertThat(redriver.redrive(this.deadLetters).result().join().redriven()).isEqualTo(5);
		backEnds.kinesis().deleteStream((delete) -> delete.streamName(this.deadLetters)).join();
		await().until(() -> backEnds.kinesis()
			.listStreams((all) -> all.limit(1_000))
			.join()
			.streamNames()
			.stream()
			.noneMatch(this.deadLetters::equals));
		// Sequence numbers tell in which second a shard was made
		long deletedAt = Instant.now().getEpochSecond();
		await().until(() -> Instant.now().getEpochSecond() > deletedAt);
		backEnds.createStream(this.deadLetters, 2);
		fail(5, 9);
		assertThat(redriver.redrive(this.deadLetters).result().join().redriven()).isEqualTo(4);
	}

	@Test
	void excludesOtherRedrivesOfTheStreamAndStops() throws InterruptedException {
		fail(0, 5);
		CountDownLatch sending = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		DeadLetterRedriver first = redriver((task) -> this.executor.execute(() -> {
			sending.countDown();
			awaitQuietly(gate);
			task.run();
		}));
		Redrive running = first.redrive(this.deadLetters);
		assertThat(sending.await(1, TimeUnit.MINUTES)).isTrue();
		assertThat(running.progress().state()).isEqualTo(State.RUNNING);
		assertThatExceptionOfType(ConcurrentRedriveException.class).isThrownBy(() -> first.redrive(this.deadLetters))
			.withMessageContaining("by this instance");
		RedriveProgress rejected = redriver(this.executor).redrive(this.deadLetters).result().join();
		assertThat(rejected.state()).isEqualTo(State.FAILED);
		assertThat(rejected.failure()).isInstanceOf(ConcurrentRedriveException.class)
			.hasMessageContaining("by another instance");
		first.stop(() -> {
		});
		assertThatIllegalStateException().isThrownBy(() -> first.redrive(this.deadLetters));
		gate.countDown();
		RedriveProgress stopped = running.result().join();
		RedriveProgress rest = redriver(this.executor).redrive(this.deadLetters).result().join();
		assertThat(stopped.redriven() + rest.redriven()).isEqualTo(5);
		assertThat(read(this.stream)).hasSize(5);
		assertThat(this.store.load().join().groups()).isEmpty();
		await().until(() -> Thread.getAllStackTraces()
			.keySet()
			.stream()
			.noneMatch((thread) -> thread.getName().startsWith("kinesis-redrive-")));
	}

	@Test
	void failsIfThereIsNoSuchStreamOrApplication() {
		RedriveProgress result = redriver(this.executor).redrive("missing").result().join();
		assertThat(result.state()).isEqualTo(State.FAILED);
		assertThat(result.failure()).hasMessageContaining("missing");
		DeadLetterRedriver nameless = new DeadLetterRedriver(new StreamClient(backEnds.kinesis()), (name) -> this.store,
				() -> this.template, this.executor, null, Duration.ofSeconds(2));
		assertThatIllegalArgumentException().isThrownBy(() -> nameless.redrive("missing"))
			.withMessageContaining("'application' is missing");
	}

	private DeadLetterRedriver redriver(Executor executor) {
		return new DeadLetterRedriver(new StreamClient(backEnds.kinesis()), (application) -> {
			assertThat(application).isEqualTo("shop");
			return this.store;
		}, () -> KinesisTemplate.builder(backEnds.kinesis()).build(), executor, "shop", Duration.ofSeconds(2));
	}

	private void fail(int from, int to) {
		IntStream.range(from, to)
			.forEach((number) -> fail("key-" + number % 3, String.valueOf(number).getBytes(StandardCharsets.UTF_8)));
	}

	private void fail(String key, byte[] data) {
		new DeadLetterPublishingRecoverer(this.template, this.deadLetters).recover(failure(key, data))
			.toCompletableFuture()
			.join();
	}

	private DeliveryFailure failure(String key, byte[] data) {
		return new DeliveryFailure(new KinesisRecord<>(this.stream, "shard-0", key, SequenceNumber.of("1"), 0,
				KinesisRecord.UNKNOWN_ARRIVAL, data), 1, 1, new IllegalStateException("never"));
	}

	private List<KinesisRecord<byte[]>> read(String name) {
		return this.template.receive(name, InitialPosition.TRIM_HORIZON, 1_000);
	}

	private static String text(KinesisRecord<byte[]> record) {
		return new String(record.payload(), StandardCharsets.UTF_8);
	}

	private static void awaitQuietly(CountDownLatch gate) {
		try {
			gate.await(1, TimeUnit.MINUTES);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
