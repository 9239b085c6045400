package io.kinesisspring.shard;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

import ch.qos.logback.classic.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.IamPermission;
import io.kinesisspring.KinesisAccessDeniedException;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ForwardingLeaseStore;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.testing.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link StreamConsumer} in simulated time: what shards do together.
 */
class StreamConsumerTests {

	private final SimulatedEventLoop time = new SimulatedEventLoop(42);

	private final EventLoop network = this.time.another();

	private final InMemoryLeaseStore store = new InMemoryLeaseStore();

	private SimulatedKinesis kinesis = stream(1);

	private Duration workFor = Duration.ZERO;

	private int maxRecords = 10_000;

	private long bufferMemory = 64L << 20;

	private OnStaleCheckpoint onStaleCheckpoint = OnStaleCheckpoint.TRIM_HORIZON;

	private OutOfRange outOfRange = OutOfRange.DELIVER;

	private OnAccessDenied onAccessDenied = OnAccessDenied.RETRY;

	private ShardEvents events = ShardEvents.NONE;

	private InitialPosition initialPosition = InitialPosition.TRIM_HORIZON;

	private boolean failing;

	private SimulatedKinesis stream(int shards) {
		return new SimulatedKinesis(shards, this.network, this.time.random(), () -> 0);
	}

	@Test
	void deliversAtMostMaxRecordsAtOnceEvenOfAnAggregate() {
		this.maxRecords = 7;
		this.kinesis.put("shard-0", 30);
		this.kinesis.put("shard-0", 3);
		Work work = start("one", this.store);
		this.time.advance(Duration.ofSeconds(3));
		assertThat(work.deliveries).allSatisfy((count) -> assertThat(count).isLessThanOrEqualTo(7));
		assertThat(work.processed.get("shard-0")).isEqualTo(this.kinesis.recordsOf("shard-0"));
	}

	@Test
	void movesTheCheckpointBeyondDroppedRecordsAndEndsTheShard() {
		this.outOfRange = OutOfRange.DROP;
		this.workFor = Duration.ofSeconds(10);
		this.kinesis.narrow("shard-0", "another");
		this.kinesis.put("shard-0");
		this.kinesis.put("shard-0", 3);
		Work work = start("one", this.store);
		this.time.advance(Duration.ofSeconds(3));
		this.kinesis.put("shard-0", 5);
		this.time.advance(Duration.ofSeconds(3));
		assertThat(checkpoint()).as("while the first record is being processed").isEqualTo(Checkpoint.TRIM_HORIZON);
		this.time.advance(Duration.ofSeconds(10));
		List<String> records = this.kinesis.recordsOf("shard-0");
		assertThat(work.processed.get("shard-0")).containsExactly(records.get(0));
		assertThat(checkpoint()).isEqualTo(ShardReaderTests.after(records.get(8)));
		this.kinesis.put("shard-0", 2);
		this.kinesis.split("shard-0");
		this.time.advance(Duration.ofSeconds(10));
		assertThat(checkpoint()).isEqualTo(Checkpoint.SHARD_END);
		assertThat(work.processed.get("shard-0")).hasSize(1);
	}

	private Checkpoint checkpoint() {
		return this.store.find("orders_shard-0").join().orElseThrow().checkpoint();
	}

	@ParameterizedTest
	@ValueSource(ints = { 64 << 10, 1 << 20, 64 << 20 })
	void readsAThousandShardsAlikeWithAnyBudget(int memory) {
		this.kinesis = stream(1_000);
		this.bufferMemory = memory;
		this.workFor = Duration.ofMillis(10);
		this.maxRecords = 100;
		for (String shard : this.kinesis.allShards()) {
			for (int i = 0; i < 20; i++) {
				this.kinesis.put(shard);
			}
		}
		Work work = start("one", this.store);
		this.time.advanceUntil(() -> work.count() == 20_000, Duration.ofMinutes(20));
		work.processed
			.forEach((shard, places) -> assertThat(places).as(shard).isEqualTo(this.kinesis.recordsOf(shard)));
	}

	@Test
	void stuckShardsDelayNoOther() {
		this.kinesis = stream(200);
		this.bufferMemory = 64L << 20;
		for (String shard : this.kinesis.allShards()) {
			for (int i = 0; i < 300; i++) {
				this.kinesis.putLarge(shard, 50_000);
			}
		}
		Work work = start("one", this.store);
		work.stuck.addAll(this.kinesis.allShards().subList(0, 150));
		this.time.advanceUntil(() -> work.count() == 50 * 300, Duration.ofMinutes(20));
		assertThat(work.processed).hasSize(50);
	}

	@Test
	void sharesOneShardWithAnotherApplicationWithinTheServicesLimit() {
		ReadLimit limit = new ReadLimit();
		this.kinesis.throttle((request) -> limit.exceeded());
		this.maxRecords = 3;
		for (int i = 0; i < 60; i++) {
			this.kinesis.put("shard-0");
		}
		Work one = start("one", this.store);
		Work other = start("other", new InMemoryLeaseStore());
		this.time.advance(Duration.ofMinutes(2));
		assertThat(limit.denied).isPositive();
		assertThat(one.processed.get("shard-0")).isEqualTo(this.kinesis.recordsOf("shard-0"));
		assertThat(other.processed.get("shard-0")).isEqualTo(this.kinesis.recordsOf("shard-0"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "GetRecords", "GetShardIterator", "ListShards" })
	void showsADenialAndRecoversFromIt(String action) {
		try (CapturedLog log = CapturedLog.of(AccessDenials.class)) {
			Work work = start("one", this.store);
			this.time.advance(Duration.ofSeconds(5));
			assertThat(work.consumer.currentDenial()).isNull();
			this.kinesis.deny(action);
			this.kinesis.expireIterators();
			this.kinesis.split("shard-0");
			this.kinesis.put("shard-1");
			this.time.advance(Duration.ofMinutes(30));
			assertThat(work.consumer.currentDenial())
				.hasMessageContaining("kinesis:" + action + " on the stream 'orders' was denied")
				.hasMessageContaining("Allow kinesis:" + action);
			assertThat(log.messages(Level.ERROR)).hasSize(1);
			assertThat(work.consumer.fatalDenial()).isNotDone();
			int calls = this.kinesis.calls(action);
			this.kinesis.allow(action);
			this.time.advanceUntil(() -> work.count() == 1, Duration.ofMinutes(3));
			this.time.advance(Duration.ofSeconds(20));
			assertThat(work.consumer.currentDenial()).isNull();
			assertThat(log.messages()).hasSize(2);
			if (!action.equals("ListShards")) {
				assertThat(calls).isLessThan(80);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GetRecords", "GetShardIterator", "ListShards" })
	void reportsADenialOnceIfConfiguredToStop(String action) {
		this.onAccessDenied = OnAccessDenied.STOP;
		Work work = start("one", this.store);
		this.time.advance(Duration.ofSeconds(5));
		assertThat(work.consumer.fatalDenial()).isNotDone();
		this.kinesis.deny(action);
		this.kinesis.expireIterators();
		this.kinesis.split("shard-0");
		this.time.advance(Duration.ofSeconds(30));
		assertThat(work.consumer.fatalDenial()).isCompletedWithValueMatching(
				(denial) -> denial.getMessage().contains("kinesis:" + action + " on the stream 'orders' was denied"));
		CompletableFuture<Void> stopped = work.consumer.stop();
		this.time.advance(Duration.ofSeconds(5));
		assertThat(stopped).isCompleted();
		assertThat(this.store.load().join().leases()).extracting(Lease::owner).containsOnlyNulls();
	}

	@Test
	void losesNothingBetweenASkipToLatestAndARestart() {
		this.kinesis.put("shard-0");
		Work first = start("first", this.store);
		this.time.advance(Duration.ofSeconds(5));
		first.stop();
		this.time.advance(Duration.ofSeconds(5));
		this.kinesis.put("shard-0");
		this.kinesis.trim("shard-0", 1);
		this.onStaleCheckpoint = OnStaleCheckpoint.LATEST;
		this.time.advance(Duration.ofSeconds(5));
		Work second = start("second", this.store);
		this.time.advance(Duration.ofSeconds(5));
		assertThat(this.store.load().join().leases().get(0).checkpoint()).isInstanceOf(Checkpoint.AtTimestamp.class);
		second.kill();
		this.kinesis.put("shard-0");
		Work third = start("third", this.store);
		this.time.advance(Duration.ofSeconds(30));
		assertThat(second.processed).isEmpty();
		assertThat(third.processed.get("shard-0")).isEqualTo(this.kinesis.recordsOf("shard-0").subList(2, 3));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 300, 700, 999 })
	void startsAtLatestWithWhatIsStoredAfterTheStart(int millis) {
		this.initialPosition = InitialPosition.LATEST;
		this.time.advance(Duration.ofMillis(10_000 + millis));
		this.kinesis.put("shard-0");
		Work work = start("one", this.store);
		this.time.advanceUntil(() -> work.started.isDone(), Duration.ofSeconds(3));
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofSeconds(10));
		assertThat(work.processed.get("shard-0")).isEqualTo(this.kinesis.recordsOf("shard-0").subList(1, 2));
	}

	@Test
	void startsSomeTimeAgo() {
		this.initialPosition = new InitialPosition.Ago(Duration.ofMinutes(1));
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofSeconds(50));
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofSeconds(20));
		Work work = start("one", this.store);
		this.time.advance(Duration.ofSeconds(5));
		assertThat(work.processed.get("shard-0")).isEqualTo(this.kinesis.recordsOf("shard-0").subList(1, 2));
	}

	@Test
	void waitsForAStreamThatIsDeletedWhileItIsReadAndReadsTheNewOne() {
		this.kinesis.put("shard-0");
		Work work = start("one", this.store);
		this.time.advanceUntil(() -> work.count() == 1, Duration.ofSeconds(30));
		this.kinesis.delete();
		this.time.advance(Duration.ofMinutes(10));
		assertThat(work.consumer.fatalDenial()).isNotDone();
		this.kinesis.remake(2);
		this.kinesis.put("shard-0");
		this.kinesis.put("shard-1");
		this.time.advanceUntil(() -> work.count() == 3, Duration.ofMinutes(2));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void readsAShardOfANewStreamOnceEvenIfItEndsBeforeAnyListingHasShownIt(boolean wasRead) {
		if (wasRead) {
			this.kinesis.put("shard-0");
		}
		Work work = start("one", this.store);
		this.time.advance(Duration.ofSeconds(35));
		work.processed.clear();
		this.kinesis.remake(1);
		this.kinesis.put("shard-0");
		this.kinesis.put("shard-0");
		this.time.advanceUntil(() -> work.count() == 2, Duration.ofSeconds(5));
		this.kinesis.split("shard-0");
		this.kinesis.put("shard-1");
		this.time.advanceUntil(() -> work.count() == 3, Duration.ofSeconds(5));
		this.time.advance(Duration.ofMinutes(5));
		assertThat(work.processed.get("shard-0")).isEqualTo(this.kinesis.recordsOf("shard-0"));
		assertThat(work.processed.get("shard-1")).isEqualTo(this.kinesis.recordsOf("shard-1"));
	}

	@Test
	void listsTheShardsSoonIfTheStreamMayBeANewOne() {
		this.kinesis.put("shard-0");
		Work work = start("one", this.store);
		this.time.advanceUntil(() -> work.count() == 1, Duration.ofSeconds(30));
		this.kinesis.remake(2);
		this.kinesis.put("shard-1");
		this.time.advanceUntil(() -> work.count() == 2, Duration.ofSeconds(5));
	}

	@Test
	void listsTheShardsOnceForAllThatStartTogetherWithOneClient() {
		StreamClient shared = this.kinesis.client();
		List<Work> works = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			works.add(start("worker-" + i, new InMemoryLeaseStore(), shared));
		}
		this.time.advance(Duration.ofSeconds(2));
		assertThat(this.kinesis.calls("ListShards")).isEqualTo(1);
		this.kinesis.split("shard-0");
		this.kinesis.put("shard-1");
		this.kinesis.put("shard-2");
		this.time.advance(Duration.ofSeconds(2));
		assertThat(this.kinesis.calls("ListShards")).isGreaterThan(1);
		assertThat(works).allSatisfy((work) -> assertThat(work.processed).containsOnlyKeys("shard-1", "shard-2"));
	}

	@Test
	void readsTheChildrenThatTheServiceNamesDespiteStaleListings() {
		Work work = start("one", this.store);
		this.time.advance(Duration.ofSeconds(30));
		this.kinesis.listAsOf(Duration.ofSeconds(20));
		this.kinesis.split("shard-0");
		this.kinesis.put("shard-1");
		this.kinesis.put("shard-2");
		this.time.advanceUntil(() -> work.count() == 2, Duration.ofSeconds(5));
		assertThat(work.processed).containsOnlyKeys("shard-1", "shard-2");
	}

	@Test
	void listsAgainForChildrenThatAListingDoesNotShowYet() {
		this.kinesis.nameNoChildren();
		Work work = start("one", this.store);
		this.time.advance(Duration.ofSeconds(30));
		this.kinesis.leaveOut((shard) -> !shard.equals("shard-0"));
		this.kinesis.split("shard-0");
		this.kinesis.put("shard-1");
		this.kinesis.put("shard-2");
		this.time.advance(Duration.ofSeconds(3));
		assertThat(work.processed).isEmpty();
		this.kinesis.leaveOut((shard) -> false);
		this.time.advanceUntil(() -> work.count() == 2, Duration.ofSeconds(6));
	}

	@Test
	void logsOnceThatListingsAreInconsistentAndOnceThatTheyAreConsistent() {
		this.kinesis.nameNoChildren();
		try (CapturedLog log = CapturedLog.of(ChildShards.class)) {
			Work work = start("one", this.store);
			this.kinesis.leaveOut((shard) -> !shard.equals("shard-0"));
			this.kinesis.split("shard-0");
			this.kinesis.put("shard-1");
			this.time.advance(Duration.ofMinutes(3));
			assertThat(log.messages()).singleElement()
				.asString()
				.contains("ListShards is inconsistent")
				.contains("shard-0");
			this.kinesis.leaveOut((shard) -> false);
			this.time.advance(Duration.ofMinutes(2));
			assertThat(log.messages()).hasSize(2);
			assertThat(work.count()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void listsAgainSoonAfterAnEmptyListing(boolean empty) {
		this.kinesis.put("shard-0");
		if (empty) {
			this.kinesis.answerEmpty((action) -> action.equals("ListShards"));
		}
		else {
			this.kinesis.leaveOut((shard) -> true);
		}
		Work work = start("one", this.store);
		this.time.advance(Duration.ofSeconds(2));
		assertThat(work.started).isNotDone();
		this.kinesis.answerEmpty((action) -> false);
		this.kinesis.leaveOut((shard) -> false);
		this.time.advanceUntil(() -> work.count() == 1, Duration.ofSeconds(6));
	}

	@Test
	void failsToStartIfTheServiceListsNoShardsForAMinute() {
		this.kinesis.leaveOut((shard) -> true);
		Work work = start("one", this.store);
		this.time.advance(Duration.ofSeconds(90));
		assertThat(work.started).isCompletedExceptionally();
		assertThat(work.started.handle((done, ex) -> String.valueOf(ex)).join())
			.contains("kinesis:ListShards on stream 'orders' returned a response without any shards");
	}

	@Test
	void readsRecordsWithoutATimeOfArrival() {
		this.kinesis.tellNoArrival();
		readsToTheEndAndOn();
	}

	@Test
	void readsOnIfTheObserverThrows() {
		this.events = (ShardEvents) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { ShardEvents.class }, (proxy, method, arguments) -> {
					throw new StackOverflowError(method.getName());
				});
		readsToTheEndAndOn();
	}

	@Test
	void readsOnIfShardEventsThrow() {
		this.failing = true;
		readsToTheEndAndOn();
	}

	private void readsToTheEndAndOn() {
		Work work = start("one", this.store);
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofSeconds(5));
		this.kinesis.split("shard-0");
		this.kinesis.put("shard-1");
		this.kinesis.put("shard-2");
		this.time.advanceUntil(() -> work.count() == 3, Duration.ofSeconds(20));
		CompletableFuture<Void> stopped = work.consumer.stop();
		this.time.advance(Duration.ofSeconds(5));
		assertThat(stopped).isCompleted();
		assertThat(this.store.load().join().leases()).extracting(Lease::owner).containsOnlyNulls();
	}

	@ParameterizedTest
	@ValueSource(ints = { 40, 600 })
	void waitsForTheRunningCallWhenAShardReturns(int seconds) {
		List<String> denied = new ArrayList<>();
		this.workFor = Duration.ofSeconds(seconds);
		Work work = start("one", failing(denied));
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofSeconds(5));
		assertThat(work.underWay).isEqualTo(1);
		denied.addAll(List.of("heartbeat", "load", "checkpoint"));
		this.time.advance(Duration.ofSeconds(15));
		denied.clear();
		this.time.advance(Duration.ofSeconds(15));
		assertThat(this.store.load().join().leases().get(0).owner()).isNotNull();
		assertThat(work.most).isEqualTo(1);
		this.time.advance(Duration.ofMinutes(5));
		assertThat(work.most).isEqualTo((seconds < 300) ? 1 : 2);
		assertThat(work.count()).isEqualTo((seconds < 300) ? 2 : 0);
	}

	private LeaseStore failing(List<String> failing) {
		return failing(failing, (method) -> new IllegalStateException("away"));
	}

	private LeaseStore failing(List<String> failing, Function<String, RuntimeException> failure) {
		return new ForwardingLeaseStore(this.store) {

			@Override
			protected <T> CompletableFuture<T> call(String name, Supplier<CompletableFuture<T>> call) {
				return failing.contains(name) ? CompletableFuture.failedFuture(failure.apply(name))
						: super.call(name, call);
			}

		};
	}

	@Test
	void failsToStartIfTheLeaseStoreRejectsNewLeases() {
		Work work = start("one", denying("create"));
		this.time.advance(Duration.ofSeconds(5));
		assertThat(work.started).isCompletedExceptionally();
		assertThat(work.started.handle((done, ex) -> String.valueOf(ex)).join()).contains("dynamodb:create was denied");
	}

	@ParameterizedTest
	@ValueSource(strings = { "heartbeat", "checkpoint", "load" })
	void showsADenialOfTheLeaseStoreAndRecoversFromIt(String method) {
		List<String> denied = new ArrayList<>();
		Work work = start("one", denying(denied));
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofSeconds(10));
		denied.add(method);
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofMinutes(2));
		assertThat(work.consumer.currentDenial()).hasMessageContaining("dynamodb:" + method + " was denied");
		assertThat(work.consumer.fatalDenial()).isNotDone();
		denied.clear();
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofSeconds(60));
		assertThat(work.consumer.currentDenial()).isNull();
		assertThat(work.processed.get("shard-0")).endsWith(this.kinesis.recordsOf("shard-0").get(2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "heartbeat", "checkpoint" })
	void reportsADenialOfTheLeaseStoreIfConfiguredToStop(String method) {
		this.onAccessDenied = OnAccessDenied.STOP;
		Work work = start("one", denying(method));
		this.kinesis.put("shard-0");
		this.time.advance(Duration.ofSeconds(10));
		assertThat(work.started).isCompletedWithValue(null);
		assertThat(work.consumer.fatalDenial()).isCompletedWithValueMatching(
				(denial) -> denial.getMessage().contains("dynamodb:" + method + " was denied"));
	}

	private LeaseStore denying(String denied) {
		return denying(List.of(denied));
	}

	private LeaseStore denying(List<String> denied) {
		return failing(denied, (method) -> new KinesisAccessDeniedException("dynamodb:" + method + " was denied",
				new IamPermission("dynamodb:" + method, "table/orders"), null));
	}

	private Work start(String id, LeaseStore leases) {
		return start(id, leases, this.kinesis.client());
	}

	private Work start(String id, LeaseStore leases, StreamClient client) {
		Work work = new Work(this.time.another());
		StreamConsumer.Options options = new StreamConsumer.Options(
				new LeaseOptions(Duration.ofSeconds(10), Integer.MAX_VALUE, this.initialPosition),
				new ReaderOptions(this.maxRecords, Duration.ofMillis(200), DataSize.ofBytes(this.bufferMemory),
						Duration.ofSeconds(1), this.onStaleCheckpoint, this.outOfRange, this.onAccessDenied,
						Duration.ofMinutes(5), ShardEvents.all(work, this.events)),
				StreamOptions.DEFAULTS, null);
		work.consumer = new StreamConsumer(id, List.of(StreamIdentifier.of("orders")),
				new ConsumerContext(client, leases, work.loop), options, work);
		work.started = work.consumer.start();
		return work;
	}

	/**
	 * A handler that takes its time.
	 */
	private final class Work implements RecordHandler, ShardEvents {

		private final EventLoop loop;

		private final Map<String, List<String>> processed = new LinkedHashMap<>();

		private final List<Integer> deliveries = new ArrayList<>();

		private final List<String> stuck = new ArrayList<>();

		private int assigned;

		private int underWay;

		private int most;

		private StreamConsumer consumer;

		private CompletableFuture<Void> started;

		@Override
		public void onActivityChanged(String stream, String shardId, ShardState.Activity activity,
				@Nullable Throwable cause) {
			throwIfFailing();
		}

		@Override
		public void onBatchRead(String stream, String shardId, int records, long millisBehindLatest, Duration span) {
			throwIfFailing();
		}

		@Override
		public CompletableFuture<@Nullable Checkpoint> assigned(String stream, String shardId) {
			if (++this.assigned < 3) {
				throwIfFailing();
			}
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletableFuture<Void> closed(ShardSession session) {
			throwIfFailing();
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public void onFinished(String stream, String shardId) {
			throwIfFailing();
		}

		@Override
		public void onLost(String stream, String shardId) {
			throwIfFailing();
		}

		private void throwIfFailing() {
			if (StreamConsumerTests.this.failing) {
				throw new StackOverflowError();
			}
		}

		private Work(EventLoop loop) {
			this.loop = loop;
		}

		@Override
		public CompletableFuture<Void> handle(List<KinesisRecord<byte[]>> records, ShardSession session) {
			CompletableFuture<Void> handled = new CompletableFuture<>();
			this.underWay++;
			this.most = Math.max(this.most, this.underWay);
			if (!this.stuck.contains(records.get(0).shardId())) {
				this.loop.schedule(StreamConsumerTests.this.workFor, () -> {
					this.underWay--;
					this.deliveries.add(records.size());
					records.forEach(this::process);
					session.processed(records.get(records.size() - 1));
					handled.complete(null);
				});
			}
			return handled;
		}

		private void process(KinesisRecord<byte[]> record) {
			this.processed.computeIfAbsent(record.shardId(), (shard) -> new ArrayList<>())
				.add(record.sequenceNumber() + "/" + record.subSequenceNumber());
		}

		private int count() {
			return this.processed.values().stream().mapToInt(List::size).sum();
		}

		private void stop() {
			this.consumer.stop().thenRun(this.loop::close);
		}

		private void kill() {
			this.loop.close();
		}

	}

	/**
	 * Five reads a second, whoever makes them.
	 */
	private final class ReadLimit {

		private final List<Long> reads = new ArrayList<>();

		private int denied;

		private boolean exceeded() {
			long now = StreamConsumerTests.this.network.nanoTime();
			this.reads.removeIf((read) -> now - read >= Duration.ofSeconds(1).toNanos());
			if (this.reads.size() >= 5) {
				this.denied++;
				return true;
			}
			this.reads.add(now);
			return false;
		}

	}

}
