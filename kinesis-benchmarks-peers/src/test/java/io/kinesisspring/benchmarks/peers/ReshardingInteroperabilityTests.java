package io.kinesisspring.benchmarks.peers;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.benchmarks.driver.Producing;
import io.kinesisspring.benchmarks.driver.Task;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.dynamodb.DynamoDbLocal;
import io.kinesisspring.lease.InMemoryLeaseStore;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.listener.ListenerObserver;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerOptions;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.producer.SendObserver;
import io.kinesisspring.shard.OutOfRange;
import io.kinesisspring.shard.StreamClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The KCL reads what our template aggregates by shard, and our listeners read what the
 * KPL aggregates, while shards are split and merged.
 */
@Timeout(300)
class ReshardingInteroperabilityTests {

	private static final int KEYS = 500;

	private static final int ROUND = 250;

	private static final int ROUNDS = 32;

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final List<AutoCloseable> resources = new ArrayList<>();

	private EmbeddedKinesisServer server;

	private KinesisAsyncClient client;

	@BeforeEach
	void start() {
		this.server = EmbeddedKinesisServer.builder().stream("orders", 4).stream("lost", 4).dynamoDb(false).start();
		this.resources.add(this.server);
		this.client = Clients.kinesis(task("orders"));
		this.resources.add(this.client);
	}

	@AfterEach
	void stop() throws Exception {
		for (int i = this.resources.size() - 1; i >= 0; i--) {
			this.resources.get(i).close();
		}
	}

	private Task task(String stream, String... further) {
		List<String> all = new ArrayList<>(List.of(further));
		all.add("endpoint=" + this.server.endpoint());
		all.add("stream=" + stream);
		all.add("application=kcl-" + stream);
		return new Task(all.toArray(String[]::new));
	}

	/**
	 * The second stream shows that it is the comparison of shards to which the first one
	 * owes its records.
	 */
	@Test
	void theKclMissesNoRecordOfTheTemplate() {
		DynamoDbLocal dynamoDb = DynamoDbLocal.start(0);
		this.resources.add(dynamoDb);
		Deliveries orders = startKcl(dynamoDb, "orders");
		Deliveries lost = startKcl(dynamoDb, "lost");
		AtomicInteger misplaced = new AtomicInteger();
		Sender toOrders = sender("orders", this.client, misplaced);
		Sender toLost = sender("lost", ForgetfulShards.client(this.client, "lost"), new AtomicInteger());
		toOrders.send(ROUND);
		toLost.send(ROUND);
		await("the KCL reads").atMost(PATIENCE).until(() -> !orders.indexes().isEmpty() && !lost.indexes().isEmpty());
		for (int round = 1; round < ROUNDS; round++) {
			reshard("orders", round);
			reshard("lost", round);
			toOrders.send(ROUND);
			toLost.send(ROUND);
		}
		Set<Long> acknowledged = toOrders.acknowledged();
		assertThat(acknowledged).hasSize(ROUNDS * ROUND);
		assertThat(misplaced).as("records that were sent again").hasPositiveValue();
		await("the KCL has all").atMost(PATIENCE)
			.untilAsserted(() -> assertThat(missing(acknowledged, orders.indexes())).isEmpty());
		orders.byKey(KEYS).forEach((key, indexes) -> assertThat(indexes).as("key %s", key).isSorted());

		Set<Long> acknowledgedToo = toLost.acknowledged();
		Set<Long> last = putLastRecords("lost");
		await("the KCL has the last records").atMost(PATIENCE)
			.untilAsserted(() -> assertThat(missing(last, lost.indexes())).isEmpty());
		StoredRecords stored = StoredRecords.of(this.server, this.client, "lost");
		assertThat(missing(stored.kept(), lost.indexes())).as("what the KCL does not drop").isEmpty();
		Set<Long> missing = missing(acknowledgedToo, lost.indexes());
		assertThat(missing).as("what the KCL misses if the template does not compare shards").isNotEmpty();
		System.out.println("Template: " + acknowledged.size() + " records, " + misplaced
				+ " sent again, the KCL misses none; " + missing.size() + " if the template does not compare shards");
	}

	/**
	 * Put a record into each open shard.
	 * @return their indexes
	 */
	private Set<Long> putLastRecords(String stream) {
		Set<Long> last = new HashSet<>();
		this.client.listShards((list) -> list.streamName(stream)).join().shards().forEach((shard) -> {
			if (shard.sequenceNumberRange().endingSequenceNumber() == null) {
				long index = 1_000_000 + last.size();
				last.add(index);
				this.client
					.putRecord((put) -> put.streamName(stream)
						.partitionKey("last")
						.explicitHashKey(shard.hashKeyRange().startingHashKey())
						.data(SdkBytes.fromByteArray(payload(index))))
					.join();
			}
		});
		return last;
	}

	private Deliveries startKcl(DynamoDbLocal dynamoDb, String stream) {
		Deliveries deliveries = new Deliveries();
		KclConsumer consumer = new KclConsumer(
				task(stream, "dynamodb=" + dynamoDb.endpoint(), "tuned=true", "eager=true"), deliveries);
		this.resources.add(consumer::close);
		return deliveries;
	}

	private Sender sender(String stream, KinesisAsyncClient through, AtomicInteger misplaced) {
		KinesisTemplate template = KinesisTemplate.builder(through)
			.options(ProducerOptions.builder().aggregation(Aggregation.SHARD).observer(new SendObserver() {

				@Override
				public void misplaced(String name, int records) {
					misplaced.addAndGet(records);
				}

			}).build())
			.build();
		this.resources.add(template::close);
		return new Sender((index) -> template.send(ProducerRecord.of(stream, "key-" + index % KEYS, payload(index))));
	}

	@Test
	void listenersMissNoRecordOfTheKpl() {
		Reader all = startListener(OutOfRange.DELIVER);
		Reader rest = startListener(OutOfRange.DROP);
		Kpl kpl = new Kpl(task("orders", "aggregation=true"));
		this.resources.add(kpl.producer::close);
		Sender sender = new Sender(kpl::send);
		for (int round = 0; round < ROUNDS; round++) {
			reshard("orders", round);
			sender.send(ROUND);
		}
		Set<Long> acknowledged = sender.acknowledged();
		assertThat(acknowledged).isNotEmpty();
		await("all is read").atMost(PATIENCE)
			.untilAsserted(() -> assertThat(missing(acknowledged, all.deliveries.indexes())).isEmpty());
		StoredRecords stored = StoredRecords.of(this.server, this.client, "orders");
		await("all is counted").atMost(PATIENCE)
			.untilAsserted(() -> assertThat(List.of(all.outOfRange.get(), rest.outOfRange.get()))
				.containsOnly(stored.outOfRange()));
		assertThat(stored.outOfRange()).as("what the KPL has put into wrong shards").isPositive();
		assertThat(stored.dropped()).as("what the KCL drops").isGreaterThan(stored.outOfRange());
		await("the other listener drops less than the KCL").atMost(PATIENCE)
			.untilAsserted(() -> assertThat(rest.deliveries.indexes()).containsAll(stored.kept()));
		System.out.println("KPL: " + acknowledged.size() + " records acknowledged, of which listeners miss none, "
				+ missing(acknowledged, rest.deliveries.indexes()).size() + " with out-of-range=drop, and the KCL "
				+ missing(acknowledged, stored.kept()).size() + "; " + stored.outOfRange()
				+ " were in the wrong shard, and the KCL drops " + stored.dropped());
	}

	private Reader startListener(OutOfRange outOfRange) {
		Reader reader = new Reader();
		KinesisListenerContainer container = new KinesisListenerContainerFactory(new StreamClient(this.client),
				(application) -> new InMemoryLeaseStore(), new SimpleAsyncTaskExecutor("listener-"),
				ContainerOptions.defaults().toBuilder().application("app").build(),
				(id, options) -> options.observer(reader))
			.create(new KinesisListenerEndpoint("listener-" + outOfRange, List.of(StreamIdentifier.of("orders")),
					reader, (options) -> options.outOfRange(outOfRange), "a test"));
		container.start();
		this.resources.add(container::stop);
		return reader;
	}

	/**
	 * Split each of the first shards, and merge some of their children.
	 */
	private void reshard(String stream, int round) {
		if (round % 8 == 4) {
			List<String> open = this.server.openShards(stream);
			if (round % 16 == 4) {
				this.server.splitShard(stream, open.get(0));
			}
			else {
				this.server.mergeShards(stream, open.get(open.size() - 2), open.get(open.size() - 1));
			}
		}
	}

	private static Set<Long> missing(Set<Long> expected, Set<Long> found) {
		Set<Long> missing = new HashSet<>(expected);
		missing.removeAll(found);
		return missing;
	}

	private static byte[] payload(long index) {
		return ByteBuffer.allocate(64).putLong(index).array();
	}

	/**
	 * Sends records in rounds. Each round begins while the former one is in flight.
	 */
	private static final class Sender {

		private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();

		private final List<CompletableFuture<?>> outcomes = new ArrayList<>();

		private final LongFunction<CompletableFuture<?>> send;

		private long next;

		Sender(LongFunction<CompletableFuture<?>> send) {
			this.send = send;
		}

		void send(int count) {
			CompletableFuture<?> first = null;
			for (int i = 0; i < count; i++) {
				long index = this.next++;
				CompletableFuture<?> outcome = this.send.apply(index).thenRun(() -> this.acknowledged.add(index));
				first = (first != null) ? first : outcome;
				this.outcomes.add(outcome);
			}
			CompletableFuture<?> begun = first;
			await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(begun::isDone);
		}

		/**
		 * Wait for all outcomes.
		 */
		Set<Long> acknowledged() {
			await().atMost(PATIENCE).until(() -> this.outcomes.stream().allMatch(CompletableFuture::isDone));
			return Set.copyOf(this.acknowledged);
		}

	}

	/**
	 * The KPL, with a future for each record.
	 */
	private static final class Kpl implements Producing.Stored {

		private final ConcurrentHashMap<Long, CompletableFuture<Void>> outcomes = new ConcurrentHashMap<>();

		private final KplProducer producer;

		Kpl(Task task) {
			this.producer = new KplProducer(task, this);
		}

		CompletableFuture<Void> send(long index) {
			CompletableFuture<Void> outcome = new CompletableFuture<>();
			this.outcomes.put(index, outcome);
			this.producer.send(index, "key-" + index % KEYS, payload(index));
			return outcome;
		}

		@Override
		public void stored(long index) {
			this.outcomes.get(index).complete(null);
		}

		@Override
		public void failed(long index, Throwable ex) {
			this.outcomes.get(index).completeExceptionally(ex);
		}

	}

	/**
	 * A listener that takes note of what it gets, and of what is in the wrong shard.
	 */
	private static final class Reader implements RecordsListener, ListenerObserver {

		private final Deliveries deliveries = new Deliveries();

		private final AtomicInteger outOfRange = new AtomicInteger();

		@Override
		public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery) {
			records.forEach((record) -> this.deliveries.received(record.payload()));
			return null;
		}

		@Override
		public boolean isBatch() {
			return true;
		}

		@Override
		public void onOutOfRange(String stream, String shardId, int records, boolean dropped) {
			this.outOfRange.addAndGet(records);
		}

	}

}
