package io.kinesisspring.listener;

import java.nio.charset.StandardCharsets;
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
import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.error.DeliveryFailure;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.lease.LeaseOptions;
import io.kinesisspring.lease.UnreliableLeaseStore;
import io.kinesisspring.scheduling.EventLoop;
import io.kinesisspring.scheduling.SimulatedEventLoop;
import io.kinesisspring.shard.MissingStream;
import io.kinesisspring.shard.ReaderOptions;
import io.kinesisspring.shard.ReadingObserver;
import io.kinesisspring.shard.SimulatedKinesis;
import io.kinesisspring.shard.StaleCheckpoint;
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

	private final List<Consumer> consumers = new ArrayList<>();

	private final List<String> trace = new ArrayList<>();

	private double failures;

	private int repeated;

	final InMemoryLeaseStore store = new InMemoryLeaseStore();

	final SimulatedKinesis kinesis;

	SimulatedConsumers(long seed, double failures, int shards) {
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

	/**
	 * Add a record: a plain one, an aggregate, or one that is a broken aggregate.
	 */
	void put(String shard) {
		int kind = this.random.nextInt(10);
		this.kinesis.put(shard, (kind < 6) ? 1 : (kind < 9) ? 2 + this.random.nextInt(30) : 0);
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
			assertThat(this.processed.getOrDefault(shard, 0)).as("records of %s (seed %s)", shard, this.time.seed())
				.isEqualTo(this.kinesis.recordsOf(shard).size());
		}
	}

	private static String place(KinesisRecord<byte[]> record) {
		return record.sequenceNumber() + "/" + record.subSequenceNumber();
	}

	/**
	 * Deliver again after a pause that the seed decides.
	 */
	private ErrorDecision again(DeliveryFailure failure) {
		return ErrorDecision.retry(Duration.ofMillis(1 + this.random.nextInt(200 * failure.attempts())));
	}

	/**
	 * All that has happened to records: when, where, and to which.
	 */
	List<String> trace() {
		return this.trace;
	}

	private void process(KinesisRecord<byte[]> record, String consumer) {
		this.trace.add(this.time.elapsed().toNanos() + " " + consumer + " " + record.shardId() + " " + place(record));
		String shard = record.shardId();
		int place = this.kinesis.recordsOf(shard).indexOf(place(record));
		int before = this.processed.getOrDefault(shard, 0);
		assertThat(place).as("%s gets %s that nobody has sent (seed %s)", consumer, record, this.time.seed())
			.isNotNegative();
		assertThat(new String(record.payload(), StandardCharsets.UTF_8))
			.as("the payload of %s (seed %s)", record, this.time.seed())
			.satisfiesAnyOf((text) -> assertThat(text).isEqualTo(place(record)),
					(text) -> assertThat(AggregatedRecords.isMarked(record.payload())).isTrue());
		assertThat(place).as("%s gets %s before what stands before it (seed %s)", consumer, record, this.time.seed())
			.isLessThanOrEqualTo(before);
		for (String parent : this.kinesis.parentsOf(shard)) {
			assertThat(this.processed.getOrDefault(parent, 0))
				.as("%s gets %s before the end of %s (seed %s)", consumer, record, parent, this.time.seed())
				.isEqualTo(this.kinesis.recordsOf(parent).size());
		}
		if (place < before) {
			this.repeated++;
		}
		this.processed.put(shard, Math.max(before, place + 1));
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
			RecordDispatcher dispatcher = new RecordDispatcher(new Listener(),
					SimulatedConsumers.this.random.nextBoolean() ? AckMode.BATCH : AckMode.RECORD,
					SimulatedConsumers.this::again, this.executor);
			StreamConsumer.Options options = new StreamConsumer.Options(
					new LeaseOptions(Duration.ofSeconds(10), Integer.MAX_VALUE, InitialPosition.TRIM_HORIZON),
					new ReaderOptions(20, Duration.ofMillis(200), 50_000, Duration.ofSeconds(1),
							StaleCheckpoint.TRIM_HORIZON, ReadingObserver.NONE),
					MissingStream.FAIL, 0);
			this.consumer = new StreamConsumer(id, List.of(StreamIdentifier.of("orders")),
					SimulatedConsumers.this.kinesis.client(), this.connection, options, dispatcher, this.loop);
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
