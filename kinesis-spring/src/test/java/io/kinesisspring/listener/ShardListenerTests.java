package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.event.KinesisListenerEvent;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ForwardingLeaseStore;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.shard.ConsumerContext;
import io.kinesisspring.shard.ShardEvents;
import io.kinesisspring.shard.ShardSelection;
import io.kinesisspring.shard.SimulatedKinesis;
import io.kinesisspring.shard.StreamConsumer;
import io.kinesisspring.shard.StreamOptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link ShardListener}s are told, when, and what waits for them, in
 * simulated time.
 */
class ShardListenerTests {

	private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

	private final SimulatedEventLoop time = new SimulatedEventLoop(7);

	private final SimulatedKinesis kinesis = new SimulatedKinesis(1, this.time.another(), this.time.random(), () -> 0);

	private final InMemoryLeaseStore store = new InMemoryLeaseStore();

	@Test
	void whatIsAcknowledgedWhileAShardIsGivenBackCounts() {
		this.kinesis.put("shard-0");
		this.kinesis.put("shard-0");
		Worker one = new Worker("one").acknowledgingWhenRevoked().start();
		this.time.advance(Duration.ofSeconds(5));
		assertThat(lease().checkpoint()).isEqualTo(Checkpoint.TRIM_HORIZON);
		one.onRevoked = (shard) -> assertThat(lease().owner()).startsWith("one");
		one.stop();
		assertThat(one.calls).containsExactly("assigned shard-0", "record", "record", "revoked shard-0");
		assertThat(lease().owner()).isNull();
		Worker other = new Worker("other").start();
		this.time.advance(Duration.ofSeconds(5));
		assertThat(other.calls).containsExactly("assigned shard-0");
	}

	@Test
	void whatIsAcknowledgedDuringAHandoverCounts() {
		this.kinesis.split("shard-0");
		Worker one = new Worker("one").acknowledgingWhenRevoked().start();
		this.time.advance(Duration.ofSeconds(5));
		this.kinesis.put("shard-1");
		this.kinesis.put("shard-2");
		this.time.advance(Duration.ofSeconds(5));
		Worker other = new Worker("other").start();
		this.time.advance(Duration.ofSeconds(20));
		assertThat(one.calls).filteredOn((call) -> call.startsWith("revoked")).hasSize(1);
		assertThat(other.calls).singleElement().asString().startsWith("assigned");
		assertThat(one.events).filteredOn(KinesisListenerEvent.ShardRevoked.class::isInstance).hasSize(1);
		assertThat(one.events).noneMatch(KinesisListenerEvent.ShardLost.class::isInstance);
	}

	@Test
	void aPausedShardIsStillAssignedAndIsRevokedAtTheStop() {
		this.kinesis.put("shard-0");
		Worker one = new Worker("one").start();
		this.time.advance(Duration.ofSeconds(5));
		one.consumer.pause(ShardSelection.ALL);
		this.time.advance(Duration.ofSeconds(5));
		one.consumer.resume(ShardSelection.ALL);
		this.time.advance(Duration.ofSeconds(5));
		one.consumer.pause(ShardSelection.ALL);
		this.time.advance(Duration.ofSeconds(5));
		assertThat(one.calls).containsExactly("assigned shard-0", "record");
		one.stop();
		assertThat(one.calls).endsWith("revoked shard-0").hasSize(3);
	}

	@Test
	void aShardWhoseListenerHangsIsHandedOverAfterTheShutdownTimeout() {
		this.kinesis.split("shard-0");
		Worker one = new Worker("one").start();
		this.time.advance(Duration.ofSeconds(5));
		one.executor.pause(Duration.ofHours(1));
		Worker other = new Worker("other").start();
		this.time.advance(SHUTDOWN_TIMEOUT.minusSeconds(5));
		assertThat(other.calls).isEmpty();
		this.time.advance(Duration.ofSeconds(20));
		assertThat(other.calls).singleElement().asString().startsWith("assigned");
		assertThat(one.calls).noneMatch((call) -> call.startsWith("revoked"));
	}

	@Test
	void anErrorIsPublishedAndKeepsNeitherOthersNorTheReleaseBack() {
		this.kinesis.put("shard-0");
		Worker one = new Worker("one").before(new ShardListener() {

			@Override
			public void onRevoked(ListenerShard shard) {
				throw new NoClassDefFoundError("a library is missing");
			}

		}).start();
		this.time.advance(Duration.ofSeconds(5));
		one.stop();
		assertThat(one.calls).containsExactly("assigned shard-0", "record", "revoked shard-0");
		assertThat(one.events).filteredOn(KinesisListenerEvent.ListenerFailed.class::isInstance)
			.singleElement()
			.isInstanceOfSatisfying(KinesisListenerEvent.ListenerFailed.class, (failed) -> {
				assertThat(failed.shardId()).isEqualTo("shard-0");
				assertThat(failed.cause()).isInstanceOf(NoClassDefFoundError.class);
			});
		assertThat(lease().owner()).isNull();
		assertThat(lease().checkpoint()).isInstanceOf(Checkpoint.After.class);
	}

	@Test
	void aLostShardIsNotRevokedAndIsToldAfterTheCurrentDelivery() {
		Worker one = new Worker("one").start();
		this.time.advance(Duration.ofSeconds(5));
		one.workFor = Duration.ofMinutes(1);
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofSeconds(3));
		one.away = true;
		this.time.advance(Duration.ofSeconds(30));
		assertThat(one.calls).containsExactly("assigned shard-0");
		assertThat(one.events).hasAtLeastOneElementOfType(KinesisListenerEvent.ShardLost.class);
		this.time.advance(Duration.ofMinutes(1));
		assertThat(one.calls).containsExactly("assigned shard-0", "record", "lost shard-0");
		assertThat(one.events).noneMatch(KinesisListenerEvent.ShardRevoked.class::isInstance);
	}

	@Test
	void aShardThatIsLostWhileItIsGivenBackIsLost() {
		Worker one = new Worker("one").start();
		this.time.advance(Duration.ofSeconds(5));
		one.executor.pause(Duration.ofSeconds(15));
		one.consumer.stop();
		this.time.advance(Duration.ofSeconds(1));
		one.away = true;
		this.time.advance(Duration.ofSeconds(30));
		assertThat(one.calls).containsExactly("assigned shard-0", "revoked shard-0", "lost shard-0");
		assertThat(one.events).filteredOn(KinesisListenerEvent.ShardLost.class::isInstance).hasSize(1);
		assertThat(one.events).noneMatch(KinesisListenerEvent.ShardRevoked.class::isInstance);
	}

	@Test
	void aShardEndsAfterItsListenersHaveStoredWhatTheyKeep() {
		Worker one = new Worker("one");
		one.failures = 2;
		one.onEnded = (shard) -> assertThat(lease().isFinished()).isFalse();
		one.start();
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofSeconds(5));
		one.failures = 3;
		this.kinesis.split("shard-0");
		this.time.advance(Duration.ofMinutes(1));
		assertThat(one.calls.subList(0, 3)).containsExactly("assigned shard-0", "record", "ended shard-0");
		assertThat(one.calls.subList(3, 5)).containsExactlyInAnyOrder("assigned shard-1", "assigned shard-2");
		assertThat(one.failures).isZero();
		assertThat(one.events).filteredOn(KinesisListenerEvent.ListenerFailed.class::isInstance).hasSize(2);
		assertThat(lease().isFinished()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void aShardEndsAfterWhatIsAcknowledgedAtItsEnd(int concurrency) {
		Worker one = new Worker("one").acknowledgingWhenRevoked();
		one.concurrency = concurrency;
		one.workFor = Duration.ofSeconds(2);
		one.start();
		for (int i = 0; i < 5; i++) {
			this.kinesis.put("shard-0");
		}
		this.kinesis.split("shard-0");
		this.time.advance(Duration.ofSeconds(30));
		assertThat(one.calls.subList(0, 7)).containsExactly("assigned shard-0", "record", "record", "record", "record",
				"record", "ended shard-0");
		assertThat(one.calls).contains("assigned shard-1", "assigned shard-2");
		assertThat(lease().isFinished()).isTrue();
	}

	@Test
	void noRecordIsDeliveredBeforeAShardIsTaken() {
		this.kinesis.put("shard-0");
		Worker one = new Worker("one");
		one.failures = Integer.MAX_VALUE;
		one.start();
		this.time.advance(Duration.ofMinutes(5));
		assertThat(one.calls).isEmpty();
		assertThat(one.publisher.statuses(Duration.ofMinutes(1))).singleElement()
			.satisfies((status) -> assertThat(status.failure()).hasMessage("not well"));
		one.stop();
		assertThat(one.calls).isEmpty();
		assertThat(lease().owner()).isNull();
		assertThat(lease().checkpoint()).isEqualTo(Checkpoint.TRIM_HORIZON);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aShardStartsAtThePositionThatItsListenerReturns(boolean processed) {
		for (int i = 0; i < 4; i++) {
			this.kinesis.put("shard-0");
		}
		if (processed) {
			new Worker("first").start();
			this.time.advance(Duration.ofSeconds(5));
			this.time.advance(Duration.ofSeconds(30));
		}
		Checkpoint.After position = position(1);
		Worker one = new Worker("one");
		if (processed) {
			this.workers.get(0).stop();
		}
		one.position = () -> position;
		one.start();
		this.time.advance(Duration.ofSeconds(5));
		assertThat(one.calls).containsExactly("assigned shard-0", "record", "record");
		assertThat(lease().checkpoint()).isEqualTo(position(3));
	}

	@Test
	void aPositionThatIsReturnedIsTheCheckpointEvenIfNothingFollows() {
		this.kinesis.put("shard-0");
		this.kinesis.put("shard-0");
		Worker one = new Worker("one");
		one.position = () -> position(1);
		one.start();
		this.time.advance(Duration.ofSeconds(5));
		one.kill();
		assertThat(one.calls).containsExactly("assigned shard-0");
		assertThat(lease().checkpoint()).isEqualTo(position(1));
	}

	@Test
	void positionsThatContradictEachOtherAreAFailure() {
		this.kinesis.put("shard-0");
		Worker one = new Worker("one").before(new ShardListener() {

			@Override
			public Checkpoint onAssigned(ListenerShard shard) {
				return Checkpoint.TRIM_HORIZON;
			}

		});
		one.position = () -> position(0);
		one.start();
		this.time.advance(Duration.ofSeconds(5));
		assertThat(one.events).hasOnlyElementsOfType(KinesisListenerEvent.ListenerFailed.class)
			.singleElement()
			.extracting(Object::toString)
			.asString()
			.contains("different positions");
		one.position = () -> Checkpoint.SHARD_END;
		this.time.advance(Duration.ofMinutes(1));
		assertThat(one.calls).doesNotContain("record");
		one.position = () -> null;
		this.time.advance(Duration.ofMinutes(1));
		assertThat(one.calls).endsWith("record");
	}

	private Checkpoint.After position(int record) {
		String place = this.kinesis.recordsOf("shard-0").get(record);
		return new Checkpoint.After(SequenceNumber.of(place.substring(0, place.indexOf('/'))), 0);
	}

	private Lease lease() {
		return this.store.find("orders_shard-0").join().orElseThrow();
	}

	private final List<Worker> workers = new ArrayList<>();

	/**
	 * A worker in simulated time, with a listener and a shard listener.
	 */
	private final class Worker implements ShardListener, RecordsListener {

		private final List<String> calls = new ArrayList<>();

		private final List<Object> events = new ArrayList<>();

		private final List<ShardListener> shardListeners = new ArrayList<>(List.of(this));

		private final List<Acknowledgment> kept = new ArrayList<>();

		private final SimulatedEventLoop loop = ShardListenerTests.this.time.another();

		private final SimulatedEventLoop executor = ShardListenerTests.this.time.another();

		private final String id;

		private AckMode ackMode = AckMode.RECORD;

		private Consumer<ListenerShard> onRevoked = (shard) -> {
		};

		private Consumer<ListenerShard> onEnded = (shard) -> {
		};

		private Supplier<@Nullable Checkpoint> position = () -> null;

		private Duration workFor = Duration.ZERO;

		private int concurrency = 1;

		private int failures;

		private boolean away;

		private ShardEventPublisher publisher;

		private StreamConsumer consumer;

		private Worker(String id) {
			this.id = id;
			ShardListenerTests.this.workers.add(this);
		}

		private Worker acknowledgingWhenRevoked() {
			this.ackMode = AckMode.MANUAL;
			return this;
		}

		private Worker before(ShardListener listener) {
			this.shardListeners.add(0, listener);
			return this;
		}

		private Worker start() {
			this.publisher = new ShardEventPublisher("listener", this.shardListeners, this.events::add, this.executor,
					this.loop.clock(), SHUTDOWN_TIMEOUT);
			this.publisher.use(this.loop);
			ContainerOptions options = ContainerOptions.builder()
				.application("app")
				.ackMode(this.ackMode)
				.concurrency(this.concurrency)
				.build();
			DeliveryContext context = new DeliveryContext(this, options.delivery(),
					new ErrorHandlerInvoker(new DefaultErrorHandler(), null, this.loop.random()), this.executor,
					this.publisher, 1 << 20, ListenerObserver.NONE);
			this.consumer = new StreamConsumer(this.id, List.of(StreamIdentifier.of("orders")),
					new ConsumerContext(ShardListenerTests.this.kinesis.client(), connection(), this.loop),
					new StreamConsumer.Options(options.lease(),
							options.reader().withEvents(ShardEvents.all(this.publisher)), StreamOptions.DEFAULTS, null),
					new RecordDispatcher(context));
			this.consumer.start();
			return this;
		}

		private LeaseStore connection() {
			return new ForwardingLeaseStore(ShardListenerTests.this.store) {

				@Override
				protected <T> CompletableFuture<T> call(String name, Supplier<CompletableFuture<T>> call) {
					return Worker.this.away ? CompletableFuture.failedFuture(new IllegalStateException("away"))
							: super.call(name, call);
				}

			};
		}

		private void stop() {
			CompletableFuture<Void> stopped = this.consumer.stop();
			ShardListenerTests.this.time.advance(Duration.ofSeconds(5));
			assertThat(stopped).isCompleted();
		}

		private void kill() {
			this.loop.close();
			this.executor.close();
		}

		private void failNow() {
			if (this.failures > 0) {
				this.failures--;
				throw new IllegalStateException("not well");
			}
		}

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			if (this.ackMode == AckMode.MANUAL) {
				this.kept.add(Objects.requireNonNull(delivery.acknowledgment()));
			}
			CompletableFuture<Void> done = new CompletableFuture<>();
			this.executor.schedule(this.workFor, () -> {
				this.calls.add("record");
				done.complete(null);
			});
			return done;
		}

		@Override
		public boolean isBatch() {
			return false;
		}

		@Override
		public @Nullable Checkpoint onAssigned(ListenerShard shard) {
			failNow();
			Checkpoint start = this.position.get();
			this.calls.add("assigned " + shard.shardId());
			return start;
		}

		@Override
		public void onRevoked(ListenerShard shard) {
			this.calls.add("revoked " + shard.shardId());
			this.onRevoked.accept(shard);
			this.kept.forEach(Acknowledgment::acknowledge);
		}

		@Override
		public void onEnded(ListenerShard shard) {
			this.onEnded.accept(shard);
			failNow();
			this.kept.forEach(Acknowledgment::acknowledge);
			this.calls.add("ended " + shard.shardId());
		}

		@Override
		public void onLost(ListenerShard shard) {
			this.calls.add("lost " + shard.shardId());
		}

	}

}
