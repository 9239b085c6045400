package io.kinesisspring.listener;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.UnreliableLeaseStore;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.shard.ConsumerContext;
import io.kinesisspring.shard.FanOutFallback;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.OnStaleCheckpoint;
import io.kinesisspring.shard.OutOfRange;
import io.kinesisspring.shard.ReaderOptions;
import io.kinesisspring.shard.RecordHandler;
import io.kinesisspring.shard.ShardEvents;
import io.kinesisspring.shard.ShardSelection;
import io.kinesisspring.shard.SimulatedKinesis;
import io.kinesisspring.shard.SimulatedStreams;
import io.kinesisspring.shard.StreamConsumer;
import io.kinesisspring.shard.StreamOptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole consumers in simulated time, from the service's calls to the listener, and an
 * oracle that sees every record that a listener has processed: none before all those
 * before it in its shard, none before all those of its shard's parents, none again that
 * was processed long before, and none by one consumer once another has begun.
 * {@link ShardOrder} sees that shard listeners are called in order.
 */
final class SimulatedConsumers {

	/**
	 * The patience of an island that goes on without checkpoints, the interval of
	 * checkpoints, and some that fail.
	 */
	private static final Duration REPEATED_WITHIN = Duration.ofSeconds(40);

	/** What may be repeated after a longer time: a shard may have been paused. */
	private static final int REPEATED_LATER = 250;

	/**
	 * A child may wait for a lease of a former stream to be ended: three listings have to
	 * agree for two minutes, and groups that share the work list up to a minute apart.
	 */
	private static final Duration SETTLED_WITHIN = Duration.ofMinutes(6);

	private final SimulatedEventLoop time;

	private final EventLoop network;

	private final Random random;

	private final Map<String, Integer> processed = new HashMap<>();

	private final Map<String, Integer> latest = new HashMap<>();

	private int assignments;

	private final Map<String, Integer> reached = new HashMap<>();

	private final Map<String, Duration> reachedAt = new HashMap<>();

	private final Map<String, Duration> firstTimes = new HashMap<>();

	private final Map<String, Integer> indexed = new HashMap<>();

	private final Map<String, Integer> counts = new HashMap<>();

	private final Map<String, Integer> places = new HashMap<>();

	private final int concurrency;

	private final List<Consumer> consumers = new ArrayList<>();

	private final List<Consumer> all = new ArrayList<>();

	private final Breakage breakage;

	private final List<String> trace = new ArrayList<>();

	private long boundary;

	private int formerAssignments = -1;

	private final Set<Integer> mistaken = new HashSet<>();

	private @Nullable AssertionError violation;

	private double failures;

	private @Nullable FanOutOptions fanOut;

	private boolean eitherMode;

	private OutOfRange outOfRange = OutOfRange.DELIVER;

	private int outOfRangeDelivered;

	private boolean overtaken;

	private int gaps;

	private int repeated;

	final InMemoryLeaseStore store = new InMemoryLeaseStore();

	final SimulatedKinesis kinesis;

	private SimulatedStreams streams;

	SimulatedConsumers(long seed, double failures, int shards, int concurrency) {
		this(seed, failures, shards, concurrency, new Breakage() {
		});
	}

	SimulatedConsumers(long seed, double failures, int shards, int concurrency, Breakage breakage) {
		this.concurrency = concurrency;
		this.breakage = breakage;
		this.time = new SimulatedEventLoop(seed);
		this.network = this.time.another();
		this.random = new Random(seed);
		this.failures = failures;
		this.kinesis = new SimulatedKinesis(shards, this.network, this.random, () -> this.failures);
		this.streams = new SimulatedStreams(this.kinesis, 1);
		breakage.prepare(this);
	}

	/**
	 * Let the shards be those of several streams, which all consumers read. By polling
	 * only.
	 */
	SimulatedConsumers withStreams(int count) {
		this.streams = new SimulatedStreams(this.kinesis, count);
		return this;
	}

	/**
	 * What a shard is leased by. It stays the same if its stream is made anew.
	 */
	private String lease(String stream, String shardId) {
		return (this.streams.names().size() == 1) ? shardId : stream + "_" + shardId;
	}

	private String leaseOf(String shard) {
		return lease(this.streams.streamOf(shard), this.streams.idOf(shard));
	}

	/**
	 * The shard of a record, in the simulation.
	 */
	private String shardOf(KinesisRecord<byte[]> record) {
		String shard = this.streams.find(record.stream(), record.shardId());
		return (shard != null) ? shard : "no shard";
	}

	/**
	 * Let a tenth of all answers have nothing in them.
	 */
	SimulatedConsumers withEmptyResponses() {
		this.kinesis.answerEmpty((action) -> this.failures > 0 && this.random.nextInt(10) == 0);
		return this;
	}

	/**
	 * Let listings be three seconds old, and lack some of the youngest shards.
	 */
	SimulatedConsumers withStaleListings() {
		this.kinesis.listAsOf(Duration.ofSeconds(3));
		this.kinesis
			.leaveOut((shard) -> this.failures > 0 && !this.kinesis.hasChildren(shard) && this.random.nextInt(4) == 0);
		return this;
	}

	/**
	 * Let the service keep records for so short a time that it overtakes readers.
	 */
	SimulatedConsumers withRetentionThatOvertakes() {
		this.overtaken = true;
		this.kinesis.keepRecordsFor(Duration.ofSeconds(20));
		return this;
	}

	/**
	 * Let consumers drop records of aggregates that are in the wrong shard.
	 */
	SimulatedConsumers withoutRecordsOutOfRange() {
		this.outOfRange = OutOfRange.DROP;
		this.kinesis.keepOutOfRangeApart();
		return this;
	}

	/**
	 * How often a record was delivered that should have been dropped, because the service
	 * did not tell the hash keys of its shard.
	 */
	int outOfRangeDelivered() {
		return this.outOfRangeDelivered;
	}

	/**
	 * How often something was missing that the retention had taken.
	 */
	int gaps() {
		return this.gaps;
	}

	/**
	 * Let those that start from now on read by fan-out.
	 */
	SimulatedConsumers byFanOut() {
		this.fanOut = FanOutOptions.defaults().toBuilder().consumerName("app").fallback(FanOutFallback.FAIL).build();
		return this;
	}

	/**
	 * Let those that start from now on read in one of the modes, as it happens while a
	 * fleet is switched to the other one.
	 */
	SimulatedConsumers byEitherMode() {
		this.eitherMode = true;
		return byFanOut();
	}

	private @Nullable FanOutOptions fanOut() {
		return (this.eitherMode && this.random.nextBoolean()) ? null : this.fanOut;
	}

	/**
	 * A setting that is being changed: those that have the old one and those that have
	 * the new one are not in one group.
	 */
	private Duration failoverAfter() {
		return Duration.ofSeconds(9 + this.random.nextInt(2));
	}

	Consumer start(String id) {
		Consumer consumer = new Consumer(id);
		this.consumers.add(consumer);
		this.all.add(consumer);
		consumer.join();
		return consumer;
	}

	/**
	 * Workers come, go, die, freeze and lose their connections, shards split and merge,
	 * calls are slow, fail and lose their answers; and then all is well again.
	 */
	SimulatedConsumers storm() {
		Random chance = new Random(this.time.seed());
		Random fate = new Random(~this.time.seed());
		Set<Consumer> islands = new LinkedHashSet<>();
		start("first");
		for (int event = 0; event < 40; event++) {
			happen(chance, event, islands);
			reshape(fate);
			for (int i = chance.nextInt(60); i > 0; i--) {
				List<String> open = this.kinesis.openShards();
				put(open.get(chance.nextInt(open.size())));
				advance(Duration.ofMillis(chance.nextInt(60)));
			}
		}
		islands.forEach((island) -> island.cutOff(false));
		calmDown();
		this.consumers.forEach(Consumer::resume);
		start("last");
		advance(SETTLED_WITHIN);
		if (this.overtaken) {
			// A gap shows with the next record
			this.kinesis.openShards().forEach(this::put);
			advance(Duration.ofSeconds(30));
		}
		return this;
	}

	private void happen(Random chance, int event, Set<Consumer> islands) {
		List<Consumer> running = new ArrayList<>(this.consumers);
		List<String> open = this.kinesis.openShards();
		switch (chance.nextInt(11)) {
			case 0, 1 -> start("w" + event);
			case 2 -> running.stream().findFirst().ifPresent(Consumer::stop);
			case 3 -> running.stream().findFirst().ifPresent(Consumer::kill);
			case 4 -> this.kinesis.split(open.get(chance.nextInt(open.size())));
			case 5 -> {
				List<String> ofOne = open.stream()
					.filter((shard) -> this.streams.streamOf(shard).equals(this.streams.streamOf(open.get(0))))
					.toList();
				if (ofOne.size() > 1 && open.size() > 2) {
					this.kinesis.merge(open.get(0), ofOne.get(ofOne.size() - 1));
				}
			}
			case 6 -> running.stream().findFirst().ifPresent((consumer) -> {
				boolean cutOff = islands.add(consumer) || !islands.remove(consumer);
				consumer.cutOff(cutOff);
			});
			case 7 -> running.stream().findFirst().ifPresent(Consumer::pause);
			case 8 -> running.forEach(Consumer::resume);
			case 10 -> running.stream()
				.findFirst()
				.ifPresent((consumer) -> consumer.freeze(Duration.ofMillis(chance.nextInt(20_000))));
			case 9 -> {
				start("x" + event);
				start("y" + event);
				start("z" + event);
			}
			default -> {
			}
		}
	}

	/**
	 * Now and then the service forgets what has been read of closed shards, or somebody
	 * deletes the stream and creates it again.
	 */
	private void reshape(Random fate) {
		int event = fate.nextInt(20);
		if (event < 3) {
			this.kinesis.allShards()
				.stream()
				.filter((shard) -> !this.kinesis.openShards().contains(shard))
				.filter((shard) -> processedOf(shard) == this.kinesis.recordsOf(shard).size())
				.forEach(this.kinesis::forget);
		}
		else if (event == 3 && this.fanOut == null) {
			remake(Math.max(this.streams.names().size(), 1 + fate.nextInt(4)));
		}
	}

	/**
	 * Nothing of the former stream counts any more, whoever has something of it in hand.
	 */
	private void remake(int shards) {
		this.boundary = this.kinesis.remake(shards);
		this.formerAssignments = this.assignments;
		List.of(this.processed, this.reached, this.indexed, this.counts, this.places).forEach(Map::clear);
		this.reachedAt.clear();
		this.firstTimes.clear();
	}

	private boolean isOfAFormerStream(KinesisRecord<?> record) {
		return Long.parseLong(record.sequenceNumber().toString()) < this.boundary;
	}

	/**
	 * Whoever has a shard in hand when its stream is made anew, or takes it up before
	 * anybody has seen that, goes on with the new one of its id, and does not know that
	 * this may have parents. Whoever goes on behind its checkpoint does not know, either.
	 */
	private boolean isReadByMistake(String lease) {
		int assignment = this.latest.getOrDefault(lease, 0);
		return assignment <= this.formerAssignments || this.mistaken.contains(assignment);
	}

	List<Consumer> consumers() {
		return this.consumers;
	}

	/**
	 * Add a record: a plain one, an aggregate, or one that is a broken aggregate.
	 */
	void put(String shard) {
		int kind = this.random.nextInt(10);
		this.kinesis.put(shard, (kind < 6) ? 1 : (kind < 9) ? 2 + this.random.nextInt(30) : 0);
	}

	void advance(Duration duration) {
		this.time.advance(duration);
		if (this.violation != null) {
			throw this.violation;
		}
	}

	/**
	 * What goes wrong before the listener's eyes must not pass for a failure of its own.
	 */
	private void seeing(Runnable action) {
		try {
			action.run();
		}
		catch (AssertionError ex) {
			this.violation = (this.violation != null) ? this.violation : ex;
			throw ex;
		}
	}

	void calmDown() {
		this.failures = 0;
	}

	int repeated() {
		return this.repeated;
	}

	void assertThatAllIsProcessed() {
		for (String shard : this.kinesis.allShards()) {
			passOver(shard, this.kinesis.recordsOf(shard).size(), null);
			assertThat(processedOf(shard)).as("records of %s (seed %s)", shard, this.time.seed())
				.isEqualTo(this.kinesis.recordsOf(shard).size());
		}
	}

	/**
	 * Checkpoints stand at the last record of their shard, even if that is dropped.
	 */
	void assertThatNoDroppedRecordHoldsCheckpointsBack() {
		if (this.outOfRange != OutOfRange.DROP) {
			return;
		}
		for (String shard : this.kinesis.listedShards()) {
			String last = this.kinesis.lastNumber(shard);
			Checkpoint checkpoint = this.store.find(this.streams.streamOf(shard) + "_" + this.streams.idOf(shard))
				.join()
				.map(Lease::checkpoint)
				.orElse(null);
			if (last != null && !(checkpoint instanceof Checkpoint.ShardEnd)) {
				assertThat(checkpoint).as("checkpoint of %s (seed %s)", shard, this.time.seed())
					.isInstanceOfSatisfying(Checkpoint.After.class,
							(after) -> assertThat(after.sequenceNumber()).hasToString(last));
			}
		}
	}

	/**
	 * What the service has forgotten leaves nothing in the table.
	 */
	void assertThatNothingIsLeftOfForgottenShards() {
		advance(Duration.ofMinutes(6));
		assertThat(this.store.load().join().leases()).as("leases (seed %s)", this.time.seed())
			.extracting(Lease::shardId)
			.containsExactlyInAnyOrderElementsOf(this.kinesis.listedShards());
	}

	private static String place(KinesisRecord<byte[]> record) {
		return record.sequenceNumber() + "/" + record.subSequenceNumber();
	}

	/**
	 * Deliver again after a pause that the seed decides.
	 */
	private ErrorDecision retry(DeliveryFailure failure) {
		return ErrorDecision.retry(Duration.ofMillis(1 + this.random.nextInt(200 * failure.attempts())));
	}

	/**
	 * All that has happened to records: when, where, and to which.
	 */
	List<String> trace() {
		return this.trace;
	}

	private int processedOf(String shard) {
		return this.processed.getOrDefault(shard, 0);
	}

	/**
	 * Where a record stands among those that keep their order.
	 * @return its place, -1 if there is no such record
	 */
	private int placeOf(KinesisRecord<byte[]> record) {
		String shard = shardOf(record);
		if (shard.equals("no shard")) {
			return -1;
		}
		List<String> records = this.kinesis.recordsOf(shard);
		for (int i = this.indexed.getOrDefault(shard, 0); i < records.size(); i++) {
			this.places.put(shard + " " + records.get(i),
					this.counts.merge(order(shard, records.get(i)), 1, Integer::sum) - 1);
		}
		this.indexed.put(shard, records.size());
		return this.places.getOrDefault(shard + " " + place(record), -1);
	}

	/**
	 * What a record keeps its place in: its shard, or its key where keys go in parallel.
	 */
	private String order(String shard, String place) {
		return (this.concurrency == 1) ? shard : shard + "/" + SimulatedKinesis.keyOf(place);
	}

	/**
	 * Nothing is delivered to one consumer once another has begun with the shard, and
	 * nothing that a checkpoint covered when this one began with it.
	 */
	private void begin(KinesisRecord<byte[]> record, Consumer consumer) {
		if (isOfAFormerStream(record)) {
			return;
		}
		String lease = lease(record.stream(), record.shardId());
		int assignment = consumer.assignments.getOrDefault(lease, 0);
		int latest = this.latest.merge(lease, assignment, Math::max);
		assertThat(assignment).as("%s gets %s beside another consumer (seed %s)", consumer.id, record, this.time.seed())
			.isEqualTo(latest);
		Checkpoint.After covered = consumer.covered.get(lease);
		if (covered != null) {
			assertThat(new Checkpoint.After(record.sequenceNumber(), record.subSequenceNumber()))
				.as("%s gets %s, though a checkpoint covered it (seed %s)", consumer.id, record, this.time.seed())
				.isGreaterThan(covered);
		}
	}

	private void process(KinesisRecord<byte[]> record, String consumer) {
		if (isOfAFormerStream(record)) {
			return;
		}
		String shard = shardOf(record);
		if (this.outOfRange == OutOfRange.DROP && this.kinesis.isOutOfRange(shard, place(record))) {
			this.outOfRangeDelivered++;
			return;
		}
		this.trace.add(this.time.elapsed().toNanos() + " " + consumer + " " + shard + " " + place(record));
		String order = order(shard, place(record));
		int place = placeOf(record);
		passOver(shard, place, consumer);
		int before = this.reached.getOrDefault(order, 0);
		assertThat(place).as("%s gets %s that nobody has sent (seed %s)", consumer, record, this.time.seed())
			.isNotNegative();
		assertThat(new String(record.payload(), StandardCharsets.UTF_8))
			.as("the payload of %s (seed %s)", record, this.time.seed())
			.satisfiesAnyOf((text) -> assertThat(text).isEqualTo(place(record)),
					(text) -> assertThat(AggregatedRecords.isMarked(record.payload())).isTrue());
		assertThat(place).as("%s gets %s before what stands before it (seed %s)", consumer, record, this.time.seed())
			.isLessThanOrEqualTo(before);
		for (String parent : isReadByMistake(lease(record.stream(), record.shardId())) ? List.<String>of()
				: this.kinesis.parentsOf(shard)) {
			passOver(parent, this.kinesis.recordsOf(parent).size(), null);
			assertThat(processedOf(parent))
				.as("%s gets %s before the end of %s (seed %s)", consumer, record, parent, this.time.seed())
				.isEqualTo(this.kinesis.recordsOf(parent).size());
		}
		note(order, place, before, record, consumer);
	}

	/**
	 * Records that are gone may be missing where that has been said, or where no
	 * checkpoint knows that anything of the shard had been read before.
	 * @param consumer who must have said it, {@code null} if anybody may have
	 */
	private void passOver(String shard, int place, @Nullable String consumer) {
		int before = this.reached.getOrDefault(shard, 0);
		if (!this.overtaken || place <= before) {
			return;
		}
		List<String> records = this.kinesis.recordsOf(shard);
		boolean reported = before == 0 || this.all.stream()
			.filter((candidate) -> consumer == null || candidate.id.equals(consumer))
			.anyMatch((candidate) -> candidate.stale.getOrDefault(leaseOf(shard), 0) > 0
					|| candidate.fresh.contains(leaseOf(shard)));
		if (reported && this.kinesis.isTrimmed(shard, records.get(place - 1))) {
			this.gaps++;
			this.all.stream()
				.filter((candidate) -> consumer == null || candidate.id.equals(consumer))
				.forEach((candidate) -> {
					candidate.stale.computeIfPresent(leaseOf(shard), (id, count) -> count - 1);
					candidate.fresh.remove(leaseOf(shard));
				});
			this.processed.merge(shard, place - before, Integer::sum);
			this.reached.put(shard, place);
			this.reachedAt.put(shard, this.time.elapsed());
			for (int i = before; i < place; i++) {
				this.firstTimes.put(shard + " " + i, this.time.elapsed());
			}
		}
	}

	/**
	 * Whatever happens, only the last records before the shard changed hands may be
	 * processed again.
	 */
	private void note(String order, int place, int before, KinesisRecord<byte[]> record, String consumer) {
		Duration now = this.time.elapsed();
		if (place == before) {
			this.reached.put(order, place + 1);
			this.reachedAt.put(order, now);
			this.firstTimes.put(order + " " + place, now);
			this.processed.merge(shardOf(record), 1, Integer::sum);
			return;
		}
		this.repeated++;
		Duration age = this.reachedAt.get(order).minus(this.firstTimes.get(order + " " + place));
		assertThat(before - place < REPEATED_LATER || age.compareTo(REPEATED_WITHIN) < 0)
			.as("%s gets %s again, %s records and %s before the last one (seed %s)", consumer, record, before - place,
					age, this.time.seed())
			.isTrue();
	}

	/**
	 * One consumer and its process: its loop, and its executor that is a loop, too.
	 */
	final class Consumer {

		private final String id;

		private final Map<String, Integer> assignments = new HashMap<>();

		private final Map<String, Checkpoint.After> covered = new HashMap<>();

		private final Map<String, Integer> stale = new HashMap<>();

		private final Set<String> fresh = new HashSet<>();

		private final SimulatedEventLoop process = SimulatedConsumers.this.time.another();

		private final EventLoop loop = SimulatedConsumers.this.breakage.loop(this.process);

		private final SimulatedEventLoop executor = SimulatedConsumers.this.time.another();

		private final UnreliableLeaseStore connection = new UnreliableLeaseStore(
				SimulatedConsumers.this.breakage.store(SimulatedConsumers.this.store), SimulatedConsumers.this.network,
				SimulatedConsumers.this.random, () -> SimulatedConsumers.this.failures);

		private final ShardOrder order;

		private final StreamConsumer consumer;

		private Consumer(String id) {
			this.id = id;
			this.order = new ShardOrder(id + " (seed " + SimulatedConsumers.this.time.seed() + ")",
					SimulatedConsumers.this::seeing);
			AckMode ackMode = SimulatedConsumers.this.random.nextBoolean() ? AckMode.BATCH : AckMode.RECORD;
			Breakage breakage = SimulatedConsumers.this.breakage;
			Executor tasks = breakage.executor(this::execute);
			ShardEventPublisher publisher = new ShardEventPublisher(id, List.of(this.order), this.order::event, tasks,
					SimulatedConsumers.this.time.clock(), Duration.ofSeconds(30));
			publisher.use(this.loop);
			RecordDispatcher dispatcher = new RecordDispatcher(new DeliveryContext(new Listener(),
					ContainerOptions.builder()
						.ackMode(ackMode)
						.concurrency(SimulatedConsumers.this.concurrency)
						.build()
						.delivery(),
					new ErrorHandlerInvoker(breakage.errorHandler(SimulatedConsumers.this::retry), null,
							SimulatedConsumers.this.random),
					tasks, publisher, 25_000, ListenerObserver.NONE));
			StreamConsumer.Options options = new StreamConsumer.Options(
					new LeaseOptions(failoverAfter(), Integer.MAX_VALUE, InitialPosition.TRIM_HORIZON),
					new ReaderOptions(20, idleBetweenReads(id), DataSize.ofBytes(50_000), Duration.ofSeconds(1),
							OnStaleCheckpoint.TRIM_HORIZON, SimulatedConsumers.this.outOfRange, OnAccessDenied.RETRY,
							Duration.ofMinutes(5),
							ShardEvents.all(publisher, this.order, breakage.observer(new Gaps()))),
					StreamOptions.DEFAULTS, fanOut());
			this.consumer = new StreamConsumer(id,
					SimulatedConsumers.this.streams.names().stream().map(StreamIdentifier::of).toList(),
					new ConsumerContext(
							SimulatedConsumers.this.kinesis.client(SimulatedConsumers.this.streams
								.client(breakage.client(SimulatedConsumers.this.kinesis))),
							breakage.coordination(this.order.watching(this.connection)), this.loop),
					options, breakage.handler(new Assignments(dispatcher)));
		}

		/**
		 * From the shortest to the one of a shard that is one of many.
		 */
		private Duration idleBetweenReads(String id) {
			return Duration.ofMillis(200L * new Random(SimulatedConsumers.this.time.seed() ^ id.hashCode()).nextInt(5));
		}

		/**
		 * Is full now and then, or has no thread, and may have kept the task
		 * nevertheless.
		 */
		private void execute(Runnable task) {
			Random chance = SimulatedConsumers.this.random;
			int kind = (chance.nextDouble() < SimulatedConsumers.this.failures / 4) ? chance.nextInt(3) : -1;
			if (kind != 0 && kind != 1) {
				this.executor.execute(task);
			}
			if (kind == 0) {
				throw new TaskRejectedException("full");
			}
			if (kind > 0) {
				throw new OutOfMemoryError("unable to create native thread");
			}
		}

		private void join() {
			this.consumer.start().whenComplete((started, ex) -> {
				if (ex != null) {
					this.loop.schedule(Duration.ofMillis(500), this::join);
				}
			});
		}

		void stop() {
			SimulatedConsumers.this.consumers.remove(this);
			this.consumer.stop().thenRun(this::end);
		}

		void pause() {
			this.consumer.pause(ShardSelection.ALL);
		}

		void resume() {
			this.consumer.resume(ShardSelection.ALL);
		}

		void kill() {
			SimulatedConsumers.this.consumers.remove(this);
			end();
		}

		private void end() {
			this.loop.close();
			this.executor.close();
		}

		/**
		 * The process does nothing for a while, and does not know.
		 */
		void freeze(Duration duration) {
			this.process.pause(duration);
			this.executor.pause(duration);
		}

		void cutOff(boolean cutOff) {
			this.connection.cutOff(cutOff);
		}

		/**
		 * Takes note of who gets a shard when, and of what its stored checkpoint covers.
		 */
		private final class Assignments extends DelegatingRecordHandler {

			private Assignments(RecordHandler delegate) {
				super(delegate);
			}

			@Override
			public CompletableFuture<@Nullable Checkpoint> assigned(String stream, String shardId) {
				String lease = lease(stream, shardId);
				String shard = SimulatedConsumers.this.streams.find(stream, shardId);
				boolean continued = isReadByMistake(lease) && SimulatedConsumers.this.store.find(stream + "_" + shardId)
					.join()
					.filter((stored) -> stored.checkpoint() instanceof Checkpoint.After)
					.isPresent();
				Consumer.this.assignments.put(lease, ++SimulatedConsumers.this.assignments);
				Consumer.this.covered.remove(lease);
				Consumer.this.stale.remove(lease);
				Consumer.this.fresh.add(lease);
				boolean known = SimulatedConsumers.this.store.find(stream + "_" + shardId)
					.join()
					.filter((stored) -> stored.owner() != null && stored.owner().startsWith(Consumer.this.id + "-"))
					.filter((stored) -> String.valueOf(stored.start())
						.equals(SimulatedConsumers.this.kinesis.startOf(String.valueOf(shard))))
					.isPresent();
				if (!known || continued) {
					SimulatedConsumers.this.mistaken.add(SimulatedConsumers.this.assignments);
				}
				SimulatedConsumers.this.store.find(stream + "_" + shardId)
					.join()
					.filter((stored) -> stored.owner() != null && stored.owner().startsWith(Consumer.this.id + "-"))
					.map(Lease::checkpoint)
					.ifPresent((checkpoint) -> {
						if (checkpoint instanceof Checkpoint.After after) {
							Consumer.this.covered.put(lease, after);
							Consumer.this.fresh.remove(lease);
						}
					});
				return super.assigned(stream, shardId);
			}

		}

		/**
		 * Takes note of what is said to be gone.
		 */
		private final class Gaps implements ShardEvents {

			@Override
			public void onCheckpointStale(String stream, String shardId) {
				Consumer.this.stale.merge(lease(stream, shardId), 1, Integer::sum);
			}

		}

		/**
		 * Takes its time, at once or in a future, and fails now and then.
		 */
		private final class Listener implements RecordsListener {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				Random chance = SimulatedConsumers.this.random;
				seeing(() -> begin(records.get(0), Consumer.this));
				Consumer.this.order.delivered(records.get(0), SimulatedConsumers.this::isOfAFormerStream);
				if (chance.nextDouble() < SimulatedConsumers.this.failures / 4) {
					throw new IllegalStateException("not now");
				}
				if (chance.nextInt(4) > 0) {
					seeing(() -> process(records.get(0), Consumer.this.id));
					return null;
				}
				CompletableFuture<Void> later = new CompletableFuture<>();
				Consumer.this.executor.schedule(Duration.ofMillis(chance.nextInt(100)), () -> {
					Consumer.this.order.delivered(records.get(0), SimulatedConsumers.this::isOfAFormerStream);
					process(records.get(0), Consumer.this.id);
					later.complete(null);
				});
				return later;
			}

			@Override
			public boolean isBatch() {
				return false;
			}

		}

	}

	/**
	 * Where a rule can be broken on purpose.
	 */
	interface Breakage {

		default void prepare(SimulatedConsumers consumers) {
		}

		default KinesisAsyncClient client(KinesisAsyncClient client) {
			return client;
		}

		default ShardEvents observer(ShardEvents observer) {
			return observer;
		}

		default LeaseStore store(LeaseStore store) {
			return store;
		}

		/**
		 * What a worker calls, in front of what watches its calls.
		 */
		default LeaseStore coordination(LeaseStore store) {
			return store;
		}

		default EventLoop loop(EventLoop loop) {
			return loop;
		}

		default RecordHandler handler(RecordHandler handler) {
			return handler;
		}

		default ErrorHandler errorHandler(ErrorHandler errorHandler) {
			return errorHandler;
		}

		default Executor executor(Executor executor) {
			return executor;
		}

	}

}
