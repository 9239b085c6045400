package io.kinesisspring.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.error.DefaultErrorHandler;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.UnreliableLeaseStore;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.shard.MissingStream;
import io.kinesisspring.shard.ReaderOptions;
import io.kinesisspring.shard.Selection;
import io.kinesisspring.shard.SimulatedKinesis;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.shard.StreamConsumer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole consumers in simulated time, from the service's calls to the listener, and an
 * oracle that sees every record that a listener has processed: none before all those
 * before it in its shard, none before all those of its shard's parents.
 */
final class SimulatedConsumers {

	private final SimulatedEventLoop time;

	private final EventLoop network;

	private final Random random;

	private final Map<String, Integer> processed = new HashMap<>();

	private final int concurrency;

	private final List<Consumer> consumers = new ArrayList<>();

	private double failures;

	private int repeated;

	final InMemoryLeaseStore store = new InMemoryLeaseStore();

	final SimulatedKinesis kinesis;

	SimulatedConsumers(long seed, double failures, int shards, int concurrency) {
		this.concurrency = concurrency;
		this.time = new SimulatedEventLoop(seed);
		this.network = this.time.another();
		this.random = new Random(seed);
		this.failures = failures;
		this.kinesis = new SimulatedKinesis(shards, this.network, this.random, () -> this.failures);
	}

	Consumer start(String id) {
		Consumer consumer = new Consumer(id);
		this.consumers.add(consumer);
		consumer.join();
		return consumer;
	}

	List<Consumer> consumers() {
		return this.consumers;
	}

	void advance(Duration duration) {
		this.time.advance(duration);
	}

	void calmDown() {
		this.failures = 0;
	}

	int repeated() {
		return this.repeated;
	}

	void assertThatAllIsProcessed() {
		for (String shard : this.kinesis.allShards()) {
			assertThat(processedOf(shard)).as("records of %s (seed %s)", shard, this.time.seed())
				.isEqualTo(this.kinesis.recordsOf(shard).size());
		}
	}

	private int processedOf(String shard) {
		return this.kinesis.recordsOf(shard)
			.stream()
			.map((record) -> order(shard, record))
			.distinct()
			.mapToInt((order) -> this.processed.getOrDefault(order, 0))
			.sum();
	}

	/**
	 * What a record keeps its place in: its shard, or its key where keys go in parallel.
	 */
	private String order(String shard, String sequenceNumber) {
		return (this.concurrency == 1) ? shard : shard + "/" + SimulatedKinesis.keyOf(sequenceNumber);
	}

	private void process(KinesisRecord<byte[]> record, String consumer) {
		String shard = record.shardId();
		String order = order(shard, record.sequenceNumber().toString());
		int place = this.kinesis.recordsOf(shard)
			.stream()
			.filter((other) -> order(shard, other).equals(order))
			.toList()
			.indexOf(record.sequenceNumber().toString());
		int before = this.processed.getOrDefault(order, 0);
		assertThat(place).as("%s gets %s before what stands before it (seed %s)", consumer, record, this.time.seed())
			.isLessThanOrEqualTo(before);
		for (String parent : this.kinesis.parentsOf(shard)) {
			assertThat(processedOf(parent))
				.as("%s gets %s before the end of %s (seed %s)", consumer, record, parent, this.time.seed())
				.isEqualTo(this.kinesis.recordsOf(parent).size());
		}
		if (place < before) {
			this.repeated++;
		}
		this.processed.put(order, Math.max(before, place + 1));
	}

	/**
	 * One consumer and its process: its loop, and its executor that is a loop, too.
	 */
	final class Consumer {

		private final String id;

		private final EventLoop loop = SimulatedConsumers.this.time.another();

		private final EventLoop executor = SimulatedConsumers.this.time.another();

		private final UnreliableLeaseStore connection = new UnreliableLeaseStore(SimulatedConsumers.this.store,
				SimulatedConsumers.this.network, SimulatedConsumers.this.random,
				() -> SimulatedConsumers.this.failures);

		private final StreamConsumer consumer;

		private Consumer(String id) {
			this.id = id;
			AckMode ackMode = SimulatedConsumers.this.random.nextBoolean() ? AckMode.BATCH : AckMode.RECORD;
			RecordDispatcher dispatcher = new RecordDispatcher(new Terms(new Listener(), ackMode,
					SimulatedConsumers.this.concurrency, new Verdicts(new DefaultErrorHandler(), null), this.executor,
					new Notices(id, List.of(), (event) -> {
					}, this.executor), 25_000));
			StreamConsumer.Options options = new StreamConsumer.Options(
					new LeaseOptions(Duration.ofSeconds(10), Integer.MAX_VALUE, InitialPosition.TRIM_HORIZON),
					new ReaderOptions(20, Duration.ofMillis(200), 50_000, Duration.ofSeconds(1)), MissingStream.FAIL,
					0);
			this.consumer = new StreamConsumer(id, List.of(StreamIdentifier.of("orders")),
					new StreamClient(SimulatedConsumers.this.kinesis), this.connection, options, dispatcher, this.loop);
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
			this.consumer.pause(Selection.ALL);
		}

		void resume() {
			this.consumer.resume(Selection.ALL);
		}

		void kill() {
			SimulatedConsumers.this.consumers.remove(this);
			end();
		}

		private void end() {
			this.loop.close();
			this.executor.close();
		}

		void cutOff(boolean cutOff) {
			this.connection.cutOff(cutOff);
		}

		/**
		 * Takes its time, at once or in a future, and fails now and then.
		 */
		private final class Listener implements RecordsListener {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
				Random chance = SimulatedConsumers.this.random;
				if (chance.nextDouble() < SimulatedConsumers.this.failures / 4) {
					throw new IllegalStateException("not now");
				}
				if (chance.nextInt(4) > 0) {
					process(records.get(0), Consumer.this.id);
					return null;
				}
				CompletableFuture<Void> later = new CompletableFuture<>();
				Consumer.this.executor.schedule(Duration.ofMillis(chance.nextInt(100)), () -> {
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

}
