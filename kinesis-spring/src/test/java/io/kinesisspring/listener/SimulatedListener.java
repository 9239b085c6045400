package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.util.unit.DataSize;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.envelope.HeaderMode;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.error.ErrorHandler;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.UnreliableLeaseStore;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.shard.ConsumerContext;
import io.kinesisspring.shard.FanOutFallback;
import io.kinesisspring.shard.FanOutOptions;
import io.kinesisspring.shard.ShardEvents;
import io.kinesisspring.shard.ShardSelection;
import io.kinesisspring.shard.ShardState;
import io.kinesisspring.shard.SimulatedKinesis;
import io.kinesisspring.shard.StreamConsumer;
import io.kinesisspring.shard.StreamOptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A listener of a random kind in simulated time, with all that stands around it, from the
 * service's calls to the method: everything that can throw does so now and then, and
 * {@link ListenerOracle} sees what becomes of each record.
 */
final class SimulatedListener {

	private static final String STREAM = "orders";

	private final SimulatedEventLoop time;

	private final EventLoop network;

	private final List<Worker> workers = new ArrayList<>();

	private final Map<byte[], KinesisRecord<byte[]>> seen = new IdentityHashMap<>();

	private final InMemoryLeaseStore store = new InMemoryLeaseStore();

	private int started;

	final ListenerScenario scenario;

	final Random random;

	final SimulatedKinesis kinesis;

	final ListenerOracle oracle;

	private double hostility;

	private double failures;

	private boolean calm;

	SimulatedListener(long seed) {
		this.scenario = ListenerScenario.of(seed);
		this.time = new SimulatedEventLoop(seed);
		this.network = this.time.another();
		this.random = new Random(seed);
		this.hostility = this.scenario.hostility();
		this.failures = this.scenario.failures();
		this.kinesis = new SimulatedKinesis(2, this.network, this.random, () -> this.failures);
		if (this.scenario.withoutKeys()) {
			this.kinesis.leaveOutKeys();
		}
		this.oracle = new ListenerOracle(this.scenario, this.kinesis);
	}

	/**
	 * Workers come and go, stop, die, pause and are moved, shards split and merge; then
	 * everything is mended, and all that is left has to be processed.
	 */
	void play() {
		start();
		for (int event = 0; event < 14; event++) {
			happen();
			for (int i = this.random.nextInt(25); i > 0; i--) {
				List<String> open = this.kinesis.openShards();
				int kind = this.random.nextInt(10);
				this.kinesis.put(open.get(this.random.nextInt(open.size())),
						(kind < 7) ? 1 : (kind < 9) ? 2 + this.random.nextInt(8) : 0);
				advance(Duration.ofMillis(this.random.nextInt(120)));
			}
			advance(Duration.ofMillis(this.random.nextInt(4_000)));
		}
		this.calm = true;
		this.hostility = 0;
		this.failures = 0;
		start();
		for (int i = 0; i < 200 && !isDone(); i++) {
			this.workers.forEach((worker) -> worker.consumer.resume(ShardSelection.ALL));
			advance(Duration.ofSeconds(5));
		}
		assertThat(this.oracle.unfinished())
			.as("not finished after %s: %s, leases %s", this.time.elapsed(), this.scenario,
					this.store.load().join().leases())
			.isEmpty();
		assertThat(isDone()).as("the checkpoints cover all: %s %s", this.store.load().join().leases(), this.scenario)
			.isTrue();
	}

	private void happen() {
		List<String> open = this.kinesis.openShards();
		Worker worker = this.workers.get(this.random.nextInt(this.workers.size()));
		switch (this.random.nextInt(11)) {
			case 0, 1 -> {
				worker.stop();
				start();
			}
			case 2 -> {
				worker.kill();
				start();
			}
			case 3 -> start();
			case 4 -> this.kinesis.split(open.get(this.random.nextInt(open.size())));
			case 5 -> {
				if (open.size() > 2) {
					this.kinesis.merge(open.get(0), open.get(open.size() - 1));
				}
			}
			case 6 -> worker.consumer.pause(ShardSelection.ALL);
			case 7, 8 -> this.workers.forEach((paused) -> paused.consumer.resume(ShardSelection.ALL));
			case 9 -> seek(worker, open.get(this.random.nextInt(open.size())));
			default -> {
			}
		}
	}

	private void seek(Worker worker, String shard) {
		Checkpoint position = this.oracle.shard(shard).behindFinished(this.random.nextInt(100));
		worker.consumer.seek(STREAM, shard, position).thenAccept((moved) -> {
			if (moved) {
				this.oracle.moved(shard, position);
			}
		});
	}

	private void start() {
		Worker worker = new Worker("w" + this.started++);
		this.workers.add(worker);
		worker.join();
	}

	private void advance(Duration duration) {
		this.time.advance(duration);
		this.oracle.check();
	}

	private boolean isDone() {
		if (!this.oracle.isAllFinished()) {
			return false;
		}
		return this.kinesis.allShards().stream().allMatch((shard) -> {
			List<String> places = this.oracle.shard(shard).places();
			boolean closed = !this.kinesis.openShards().contains(shard);
			return closed ? stored(shard) instanceof Checkpoint.ShardEnd
					: places.isEmpty() || (stored(shard) instanceof Checkpoint.After after
							&& after.compareTo(ListenerOracle.position(places.get(places.size() - 1))) >= 0);
		});
	}

	private @Nullable Checkpoint stored(String shard) {
		return this.store.find(STREAM + "_" + shard).join().map(Lease::checkpoint).orElse(null);
	}

	boolean chance(double likely) {
		return this.random.nextDouble() < likely;
	}

	boolean isHostile() {
		return chance(this.hostility);
	}

	boolean isCalm() {
		return this.calm;
	}

	/**
	 * The record that a payload came with.
	 */
	KinesisRecord<byte[]> recordOf(byte[] payload) {
		return this.seen.get(payload);
	}

	/**
	 * Any record of a shard that has been seen by now.
	 */
	@Nullable KinesisRecord<byte[]> anyRecordOf(String shard) {
		List<KinesisRecord<byte[]>> records = this.seen.values()
			.stream()
			.filter((record) -> record.shardId().equals(shard))
			.sorted((one, other) -> CoveringAcknowledgment.compare(one, other))
			.toList();
		return records.isEmpty() ? null
				: records.get(records.size() - 1 - this.random.nextInt(Math.min(5, records.size())));
	}

	static void throwAny(Random random) {
		switch (random.nextInt(4)) {
			case 0 -> throw new StackOverflowError();
			case 1 -> throw new NoClassDefFoundError("Rules");
			default -> throw new IllegalStateException("not now");
		}
	}

	/**
	 * A process: its loop, its executor and its consumer.
	 */
	final class Worker {

		final String id;

		final SimulatedEventLoop executor = SimulatedListener.this.time.another();

		private final SimulatedEventLoop loop = SimulatedListener.this.time.another();

		private final StreamConsumer consumer;

		private Worker(String id) {
			this.id = id;
			ListenerScenario scenario = SimulatedListener.this.scenario;
			PlayedMethods methods = new PlayedMethods(SimulatedListener.this, this);
			Observer observer = new Observer();
			ContainerOptions.Builder options = ContainerOptions.defaults()
				.toBuilder()
				.observer(observer)
				.ackMode(scenario.ackMode())
				.concurrency(scenario.concurrency())
				.maxRecords(scenario.maxRecords())
				.bufferMemory(DataSize.ofBytes(50_000))
				.headerMode(scenario.envelope() ? HeaderMode.ENVELOPE : HeaderMode.NONE);
			if (scenario.filter()) {
				options.filter(methods::accepts);
			}
			if (scenario.interceptor()) {
				options.interceptors(List.of(methods.interceptor()));
			}
			KinesisListenerEndpoint endpoint = new KinesisListenerEndpoint("orders",
					List.of(StreamIdentifier.of(STREAM)), methods.listener(), (same) -> same, "a test");
			DeliveryContext context = new DeliveryContext(
					new Spy(KinesisListenerContainerFactory.around(endpoint, options.build(), "app",
							SimulatedListener.this.time.clock())),
					options.build().delivery(),
					new ErrorHandlerInvoker(new Handler(), methods::recover, SimulatedListener.this.random),
					this::execute, new ShardEventPublisher(id, List.of(), (event) -> {
					}, this::execute, SimulatedListener.this.time.clock(), Duration.ofSeconds(30)), 25_000, observer);
			StreamConsumer.Options how = new StreamConsumer.Options(
					new LeaseOptions(Duration.ofSeconds(10), Integer.MAX_VALUE, InitialPosition.TRIM_HORIZON),
					options.build().reader().withEvents(ShardEvents.all(observer, context.shardEventPublisher())),
					StreamOptions.DEFAULTS,
					scenario.fanOut() ? FanOutOptions.defaults()
						.toBuilder()
						.consumerName("app")
						.fallback(FanOutFallback.FAIL)
						.build() : null);
			this.consumer = new StreamConsumer(id, List.of(StreamIdentifier.of(STREAM)),
					new ConsumerContext(SimulatedListener.this.kinesis.client(),
							new UnreliableLeaseStore(SimulatedListener.this.store, SimulatedListener.this.network,
									SimulatedListener.this.random, () -> 0)
								.resetting(),
							this.loop),
					how, new RecordDispatcher(context));
		}

		private void join() {
			this.consumer.start().whenComplete((started, ex) -> {
				if (ex != null) {
					this.loop.schedule(Duration.ofMillis(500), this::join);
				}
			});
		}

		private void stop() {
			SimulatedListener.this.workers.remove(this);
			this.consumer.stop().thenRun(this::end);
		}

		private void kill() {
			SimulatedListener.this.workers.remove(this);
			end();
		}

		private void end() {
			this.loop.close();
			this.executor.close();
		}

		/**
		 * Is full now and then, or has no thread, and may have kept the task
		 * nevertheless.
		 */
		private void execute(Runnable task) {
			if (isHostile()) {
				switch (SimulatedListener.this.random.nextInt(3)) {
					case 0 -> throw new TaskRejectedException("full");
					case 1 -> throw new OutOfMemoryError("unable to create native thread");
					default -> {
						this.executor.execute(task);
						throw new OutOfMemoryError("unable to create native thread");
					}
				}
			}
			this.executor.execute(task);
		}

	}

	/**
	 * Takes note of the records that come.
	 */
	private final class Spy implements RecordsListener {

		private final RecordsListener listener;

		private Spy(RecordsListener listener) {
			this.listener = listener;
		}

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
				throws Exception {
			records.forEach((record) -> SimulatedListener.this.seen.put(record.payload(), record));
			return this.listener.onRecords(records, delivery);
		}

		@Override
		public boolean isBatch() {
			return this.listener.isBatch();
		}

	}

	/**
	 * Decides as the default does, and fails now and then.
	 */
	private final class Handler implements ErrorHandler {

		private final ErrorHandler defaults = DefaultErrorHandler.builder().build();

		private final ErrorHandler handler = DefaultErrorHandler.builder()
			.maxAttempts(SimulatedListener.this.scenario.maxAttempts())
			.initialInterval(Duration.ofMillis(10))
			.maxInterval(Duration.ofMillis(500))
			.onExhausted(SimulatedListener.this.scenario.onExhausted())
			.build();

		@Override
		public ErrorDecision handle(DeliveryFailure failure) {
			ListenerOracle oracle = SimulatedListener.this.oracle;
			String place = ListenerOracle.place(failure.record());
			boolean retryable = this.defaults.handle(
					new DeliveryFailure(failure.record(), 1, 1, failure.exception())) instanceof ErrorDecision.Retry;
			if (isHostile()) {
				oracle.errorHandled(failure, null, retryable);
				oracle.recovererFailed(place);
				throwAny(SimulatedListener.this.random);
			}
			ErrorDecision decision = this.handler.handle(failure);
			oracle.errorHandled(failure, decision, retryable);
			if (failure.records() == 1 && decision instanceof ErrorDecision.Skip) {
				String shard = failure.record().shardId();
				oracle.finished(shard, oracle.session(shard), place);
			}
			return (decision instanceof ErrorDecision.Retry)
					? ErrorDecision.retry(Duration.ofMillis(1 + SimulatedListener.this.random.nextInt(400))) : decision;
		}

	}

	/**
	 * Fails now and then, and sees the checkpoints.
	 */
	private final class Observer implements ListenerObserver {

		private final String worker = "w" + (SimulatedListener.this.started - 1);

		@Override
		public void onActivityChanged(String stream, String shardId, ShardState.Activity activity,
				@Nullable Throwable cause) {
			if (activity == ShardState.Activity.READING) {
				SimulatedListener.this.oracle.opened(this.worker, shardId, stored(shardId));
			}
			else if (cause != null) {
				SimulatedListener.this.oracle.stopped(shardId, cause);
			}
		}

		@Override
		public void onCheckpoint(String stream, String shardId, Checkpoint checkpoint, @Nullable Throwable exception) {
			if (exception == null) {
				SimulatedListener.this.oracle.checkpointed(shardId, checkpoint);
			}
		}

		@Override
		public void onDeliveryQueued(ListenerShard shard, int records) {
			fail();
		}

		@Override
		public void onDeliveryDone(ListenerShard shard, int records) {
			fail();
		}

		@Override
		public ListenerCall onListenerCalled(ListenerShard shard) {
			fail();
			return (records, exception) -> fail();
		}

		@Override
		public void onRetry(ListenerShard shard, Throwable cause) {
			fail();
		}

		@Override
		public void onNacked(ListenerShard shard, int records) {
			fail();
		}

		@Override
		public void onSkipped(ListenerShard shard, Throwable cause) {
			fail();
		}

		@Override
		public void onRecovered(ListenerShard shard, Throwable cause) {
			fail();
		}

		@Override
		public void onFiltered(String stream, String shardId, int records) {
			fail();
		}

		private void fail() {
			if (isHostile()) {
				throwAny(SimulatedListener.this.random);
			}
		}

	}

}
