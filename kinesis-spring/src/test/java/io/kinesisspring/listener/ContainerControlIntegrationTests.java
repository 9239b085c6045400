package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.converter.JacksonRecordConverter;
import io.kinesisspring.deadletter.DeadLetter;
import io.kinesisspring.deadletter.DeadLetterPublishingRecoverer;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.OnExhausted;
import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.shard.ShardState;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.Containers;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;
import io.kinesisspring.testing.StreamReader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what can be done to a running container, and what it does about failures,
 * over real HTTP against the embedded server and DynamoDB Local.
 */
class ContainerControlIntegrationTests {

	private static final String SHARD = "shardId-000000000000";

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(KinesisServer::embedded);

	@RegisterExtension
	final Containers containers = new Containers(backEnds);

	private final RecordingListener listener = new RecordingListener(this::work);

	private final Set<Integer> failing = ConcurrentHashMap.newKeySet();

	private String stream;

	private void work(KinesisRecord<byte[]> record) {
		if (this.failing.contains(RecordingListener.number(record))) {
			throw new IllegalStateException("not now");
		}
	}

	@BeforeEach
	void createStream(TestInfo test) {
		this.stream = test.getTestMethod().orElseThrow().getName();
		backEnds.createStream(this.stream, 1);
	}

	@Test
	void aPausedContainerKeepsItsLeasesAndResumesWhereItWas() {
		KinesisListenerContainer container = this.containers.start(this.stream, this.listener);
		backEnds.put(this.stream, 0, 50);
		awaitNumbers(0, 50);
		container.pause().join();
		assertThat(states(container)).containsExactly(ShardState.Activity.PAUSED);
		backEnds.put(this.stream, 50, 60);
		await().during(Duration.ofSeconds(1)).until(() -> this.listener.numbers().size() == 50);
		assertThat(this.containers.leases(this.stream)).allSatisfy((lease) -> assertThat(lease.owner()).isNotNull());
		assertThat(checkpoint()).isEqualTo(behind(49));
		container.resume().join();
		awaitNumbers(0, 60);
		assertThat(states(container)).containsExactly(ShardState.Activity.READING);
	}

	@Test
	void aPauseTakesEffectAfterTheCurrentRecordAndRepeatsNothing() {
		backEnds.put(this.stream, 0, 200, (number) -> "one");
		RecordingListener slow = new RecordingListener(
				(record) -> await().pollDelay(Duration.ofMillis(5)).until(() -> true));
		KinesisListenerContainer container = this.containers.start(this.stream, slow);
		await().until(() -> slow.numbers().size() > 3);
		container.pause(this.stream, SHARD).join();
		int seen = slow.numbers().size();
		assertThat(seen).isLessThan(200);
		assertThat(slow.numbers()).hasSize(seen);
		container.resume(this.stream, SHARD).join();
		await().untilAsserted(() -> assertThat(slow.numbers()).isEqualTo(IntStream.range(0, 200).boxed().toList()));
	}

	@Test
	void readsAShardOnlyIfNeitherItNorItsStreamNorTheContainerIsPaused() {
		KinesisListenerContainer container = this.containers.start(this.stream, this.listener);
		await().until(() -> states(container).size() == 1);
		container.pause().join();
		container.pause(this.stream).join();
		container.pause(this.stream, SHARD).join();
		container.resume().join();
		assertThat(states(container)).containsExactly(ShardState.Activity.PAUSED);
		container.resume(this.stream).join();
		assertThat(states(container)).containsExactly(ShardState.Activity.PAUSED);
		container.resume(this.stream, SHARD).join();
		backEnds.put(this.stream, 0, 10);
		awaitNumbers(0, 10);
	}

	@Test
	void pausesOneStreamAndItsLaterShards() {
		KinesisListenerContainer container = this.containers.start(this.stream, this.listener);
		assertThatIllegalArgumentException().isThrownBy(() -> container.pause("another"))
			.withMessageContaining("'another' is none of the streams");
		backEnds.put(this.stream, 0, 10);
		awaitNumbers(0, 10);
		container.pause(this.stream).join();
		container.stop();
		container.start();
		backEnds.put(this.stream, 10, 20);
		awaitNumbers(0, 20);
	}

	@Test
	void releasesAPausedShardWithItsLatestAcknowledgments() {
		Queue<Acknowledgment> acknowledgments = new ConcurrentLinkedQueue<>();
		KinesisListenerContainer container = this.containers.start(this.stream,
				new AcknowledgedListener(acknowledgments),
				(options) -> options.ackMode(AckMode.MANUAL).checkpointInterval(Duration.ofHours(1)));
		backEnds.put(this.stream, 0, 3);
		await().until(() -> acknowledgments.size() == 3);
		container.pause().join();
		acknowledgments.forEach(Acknowledgment::acknowledge);
		container.stop();
		this.containers.start(this.stream, this.listener);
		backEnds.put(this.stream, 3, 5);
		awaitNumbers(3, 5);
	}

	@Test
	void aSeekBackRedeliversAndMovesTheCheckpointBack() {
		KinesisListenerContainer container = this.containers.start(this.stream, this.listener);
		backEnds.put(this.stream, 0, 10);
		awaitNumbers(0, 10);
		this.failing.add(5);
		assertThat(container.seek(this.stream, SHARD, behind(3)).join()).isTrue();
		await().until(() -> this.listener.numbers().size() == 11);
		await().untilAsserted(() -> assertThat(checkpoint()).isEqualTo(behind(4)));
		container.stop();
		this.failing.clear();
		container.start();
		await().untilAsserted(() -> assertThat(this.listener.numbers().subList(10, this.listener.numbers().size()))
			.containsExactly(4, 5, 6, 7, 8, 9));
	}

	@Test
	void aSeekForwardSkipsTheRecordsBetween() {
		this.failing.add(2);
		KinesisListenerContainer container = this.containers.start(this.stream, this.listener);
		backEnds.put(this.stream, 0, 10);
		await().until(() -> this.listener.numbers().size() == 2);
		assertThat(container.seek(this.stream, SHARD, Checkpoint.TRIM_HORIZON).join()).isTrue();
		await().until(() -> this.listener.numbers().size() == 4);
		assertThat(container.seek(this.stream, SHARD, behind(6)).join()).isTrue();
		await().untilAsserted(() -> assertThat(this.listener.numbers()).containsExactly(0, 1, 0, 1, 7, 8, 9));
	}

	@Test
	void aLateAcknowledgmentDoesNotUndoASeek() {
		Queue<Acknowledgment> acknowledgments = new ConcurrentLinkedQueue<>();
		KinesisListenerContainer container = this.containers.start(this.stream,
				new AcknowledgedListener(acknowledgments),
				(options) -> options.ackMode(AckMode.MANUAL).checkpointInterval(Duration.ZERO));
		backEnds.put(this.stream, 0, 3);
		await().until(() -> acknowledgments.size() == 3);
		container.seek(this.stream, SHARD, Checkpoint.TRIM_HORIZON).join();
		List<Acknowledgment> late = List.copyOf(acknowledgments).subList(0, 3);
		late.forEach(Acknowledgment::acknowledge);
		container.stop();
		assertThat(checkpoint()).isEqualTo(Checkpoint.TRIM_HORIZON);
	}

	@Test
	void rejectsASeekOfAShardThatThisInstanceDoesNotRead() {
		KinesisListenerContainer container = this.containers.start(this.stream, this.listener);
		assertThat(container.seek(this.stream, "shardId-000000000007", Checkpoint.TRIM_HORIZON).join()).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> container.seek(this.stream, SHARD, Checkpoint.SHARD_END));
		container.stop();
		assertThatIllegalStateException().isThrownBy(() -> container.seek(this.stream, SHARD, Checkpoint.TRIM_HORIZON))
			.withMessage("Listener 'listener' does not run");
		assertThat(container.getShards().join()).isEmpty();
	}

	@Test
	void aStoppedShardKeepsItsLeaseAndRestartsAtTheFailedRecord() {
		this.failing.add(5);
		KinesisListenerContainer container = this.containers.start(this.stream, this.listener,
				(options) -> options.errorHandler((failure) -> ErrorDecision.stopShard()));
		RecordingListener another = new RecordingListener();
		backEnds.put(this.stream, 0, 10);
		await().until(() -> states(container).contains(ShardState.Activity.STOPPED));
		this.containers.start(this.stream, another);
		await().during(Duration.ofSeconds(2)).until(() -> another.numbers().isEmpty());
		awaitNumbers(0, 5);
		this.failing.clear();
		container.resume(this.stream, SHARD).join();
		awaitNumbers(0, 10);
	}

	@Test
	void deadLettersCanBeReadFromTheirStream() {
		String dead = this.stream + "-dead";
		backEnds.createStream(dead, 1);
		this.failing.addAll(Set.of(3, 7));
		KinesisTemplate template = KinesisTemplate.builder(backEnds.kinesis())
			.converter(new JacksonRecordConverter(JsonMapper.builder().build()))
			.build();
		try {
			this.containers
				.start(this.stream, this.listener,
						(options) -> options.errorHandler(DefaultErrorHandler.builder()
							.maxAttempts(2)
							.initialInterval(Duration.ofMillis(1))
							.onExhausted(OnExhausted.DEAD_LETTER)
							.build()).recoverer(new DeadLetterPublishingRecoverer(template, dead)));
			backEnds.put(this.stream, 0, 10);
			await().untilAsserted(() -> assertThat(this.listener.numbers()).containsExactly(0, 1, 2, 4, 5, 6, 8, 9));
			List<DeadLetter> letters = new CopyOnWriteArrayList<>();
			this.containers.start(dead, new RecordingListener((record) -> letters
				.add(JsonMapper.builder().build().readValue(record.payload(), DeadLetter.class))));
			await().until(() -> letters.size() == 2);
			assertThat(letters).extracting((letter) -> new String(letter.data())).containsExactly("3", "7");
			assertThat(letters).extracting(DeadLetter::partitionKey).containsExactly("key-3", "key-7");
			assertThat(letters).extracting(DeadLetter::attempts).containsOnly(2);
			assertThat(letters).extracting(DeadLetter::message).containsOnly("not now");
		}
		finally {
			template.stop();
		}
	}

	@Test
	void keysInParallelKeepTheirOrderAndAFailingKeyDelaysOnlyItself() {
		this.failing.add(8);
		backEnds.put(this.stream, 0, 300, (number) -> "key-" + number % 10);
		KinesisListenerContainer container = this.containers.start(this.stream, this.listener,
				(options) -> options.concurrency(4).maxRecords(50).errorHandler(fastRetries()));
		await().untilAsserted(() -> assertThat(this.listener.numbers()).hasSize(270));
		this.listener.numbersByKey().values().forEach((numbers) -> assertThat(numbers).isSorted());
		assertThat(this.listener.numbers()).noneMatch((number) -> number % 10 == 8);
		container.stop();
		assertThat(checkpoint()).isEqualTo(behind(7));
		this.failing.clear();
		container.start();
		await().untilAsserted(() -> assertThat(this.listener.distinctNumbers()).hasSize(300));
		assertThat(this.listener.numbersByKey().get("key-8"))
			.isEqualTo(IntStream.range(0, 30).map((i) -> i * 10 + 8).boxed().toList());
	}

	@Test
	void publishesEvents() {
		List<KinesisListenerEvent> events = new CopyOnWriteArrayList<>();
		List<String> shards = new CopyOnWriteArrayList<>();
		ShardListener shardListener = new ShardListener() {

			@Override
			public @Nullable Checkpoint onAssigned(ListenerShard shard) {
				assertThat(ContainerControlIntegrationTests.this.listener.byShard()).doesNotContainKey(shard.shardId());
				shards.add("assigned " + shard.shardId());
				return null;
			}

			@Override
			public void onRevoked(ListenerShard shard) {
				shards.add("revoked " + shard.shardId());
			}

			@Override
			public void onEnded(ListenerShard shard) {
				shards.add("ended " + shard.shardId());
			}

		};
		backEnds.put(this.stream, 0, 10);
		backEnds.split(this.stream, 0);
		this.failing.add(15);
		KinesisListenerContainer container = this.containers.create(this.stream, this.listener,
				(options) -> options.shardListeners(List.of(shardListener))
					.idleAfter(Duration.ofMillis(100))
					.errorHandler((failure) -> ErrorDecision.stopShard()),
				(event) -> events.add((KinesisListenerEvent) event));
		container.start();
		await().until(() -> shards.size() == 4);
		assertThat(shards.subList(0, 2)).containsExactly("assigned " + SHARD, "ended " + SHARD);
		await().until(() -> events.stream().anyMatch(KinesisListenerEvent.ShardIdle.class::isInstance));
		container.pause().join();
		container.resume().join();
		backEnds.put(this.stream, 10, 20);
		await().until(() -> events.stream().anyMatch(KinesisListenerEvent.ListenerFailed.class::isInstance));
		await().until(() -> events.stream().anyMatch(KinesisListenerEvent.ShardStopped.class::isInstance));
		container.stop();
		await().until(() -> events.stream().anyMatch(KinesisListenerEvent.ListenerStopped.class::isInstance));
		assertThat(shards.subList(4, 6)).containsExactlyInAnyOrder("revoked shardId-000000000001",
				"revoked shardId-000000000002");
		assertThat(events).hasAtLeastOneElementOfType(KinesisListenerEvent.ListenerStarted.class)
			.contains(new KinesisListenerEvent.ShardAssigned("listener", this.stream, SHARD),
					new KinesisListenerEvent.ShardEnded("listener", this.stream, SHARD),
					new KinesisListenerEvent.ShardRevoked("listener", this.stream, "shardId-000000000001"),
					new KinesisListenerEvent.ShardPaused("listener", this.stream, "shardId-000000000001"),
					new KinesisListenerEvent.ShardResumed("listener", this.stream, "shardId-000000000001"),
					new KinesisListenerEvent.ListenerStopped("listener",
							KinesisListenerEvent.ListenerStopped.Reason.NORMAL, null));
	}

	private static DefaultErrorHandler fastRetries() {
		return DefaultErrorHandler.builder()
			.initialInterval(Duration.ofMillis(5))
			.maxInterval(Duration.ofMillis(5))
			.build();
	}

	private void awaitNumbers(int from, int to) {
		await().untilAsserted(
				() -> assertThat(this.listener.numbers()).isEqualTo(IntStream.range(from, to).boxed().toList()));
	}

	private static List<ShardState.Activity> states(KinesisListenerContainer container) {
		return container.getShards().join().stream().map(ShardState::activity).toList();
	}

	private Checkpoint checkpoint() {
		return this.containers.leases(this.stream).stream().map(Lease::checkpoint).findFirst().orElseThrow();
	}

	/**
	 * The place of a record in the order in which the stream keeps them.
	 */
	private Checkpoint behind(int number) {
		String sequenceNumber = new StreamReader(backEnds.kinesis()).records(this.stream).get(number).sequenceNumber();
		return Checkpoint.after(SequenceNumber.of(sequenceNumber), 0);
	}

	/**
	 * Keeps what it could acknowledge.
	 *
	 * @param acknowledgments what it got
	 */
	private record AcknowledgedListener(Queue<Acknowledgment> acknowledgments) implements RecordsListener {

		@Override
		public CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			this.acknowledgments.add(delivery.acknowledgment());
			return null;
		}

		@Override
		public boolean isBatch() {
			return false;
		}

	}

}
