package io.kinesisspring.metrics;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.DigestUtils;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;
import io.kinesisspring.error.ErrorDecision;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.dynamodb.DynamoDbLeaseStore;
import io.kinesisspring.lease.dynamodb.TableSettings;
import io.kinesisspring.listener.AckMode;
import io.kinesisspring.listener.ContainerOptions;
import io.kinesisspring.listener.KinesisListenerContainer;
import io.kinesisspring.listener.KinesisListenerContainerFactory;
import io.kinesisspring.listener.KinesisListenerEndpoint;
import io.kinesisspring.listener.RecordsListener;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerOptions;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.producer.ProducerRecord;
import io.kinesisspring.shard.OnAccessDenied;
import io.kinesisspring.shard.OutOfRange;
import io.kinesisspring.shard.ReadMode;
import io.kinesisspring.shard.StreamClient;
import io.kinesisspring.testing.BackEnds;
import io.kinesisspring.testing.KinesisServer;
import io.kinesisspring.testing.RecordingListener;
import io.kinesisspring.testing.TestThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for each meter over the wire: what is done to streams, listeners and templates is
 * seen in the meters, and each value is what was done.
 */
@Timeout(120)
class MetersIntegrationTests {

	private static final AtomicInteger numbers = new AtomicInteger();

	private static EmbeddedKinesisServer server;

	@RegisterExtension
	static final BackEnds backEnds = new BackEnds(MetersIntegrationTests::startServer);

	private Executor executor = TestThreads.executor("listener-");

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final List<KinesisListenerContainer> containers = new ArrayList<>();

	private final List<KinesisTemplate> templates = new ArrayList<>();

	private KinesisMetrics metrics = new KinesisMetrics(this.registry, false);

	private String stream;

	private static KinesisServer startServer() {
		server = EmbeddedKinesisServer.builder().dynamoDb(false).start();
		return new KinesisServer(KinesisClients.withoutRetries(server.endpoint(), WireProtocol.CBOR, Protocol.HTTP2),
				server::close);
	}

	@BeforeEach
	void createStream() {
		this.stream = "meters-" + numbers.incrementAndGet();
		backEnds.createStream(this.stream, 2);
	}

	@AfterEach
	void stop() {
		server.faults().clear();
		this.containers.forEach(KinesisListenerContainer::stop);
		this.templates.forEach(KinesisTemplate::close);
	}

	@Test
	void countsSentAndReceivedRecords() {
		KinesisTemplate template = template((options) -> options);
		List<ProducerRecord<?>> records = new ArrayList<>();
		for (int i = 100; i < 200; i++) {
			records.add(ProducerRecord.of(this.stream, "key-" + i, String.valueOf(i)));
		}
		template.sendAll(records).join();
		backEnds.putAggregated(this.stream, 200, 220, (number) -> "key-" + number);
		RecordingListener listener = new RecordingListener();
		start("listener", listener, (options) -> options.checkpointInterval(Duration.ofMillis(50)));
		await().untilAsserted(() -> {
			assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).isEqualTo(120);
			assertThat(count(KinesisMeter.CONSUMER_CHECKPOINTS, "outcome", "success")).isBetween(2.0, 100.0);
			assertThat(value(KinesisMeter.CONSUMER_CHECKPOINT_AGE_MAX)).isZero();
		});
		assertThat(value(KinesisMeter.PRODUCER_RECORDS)).isEqualTo(100);
		assertThat(value(KinesisMeter.PRODUCER_ENTRIES)).isEqualTo(100);
		assertThat(value(KinesisMeter.PRODUCER_BYTES)).as("3 for the data and 7 for the key").isEqualTo(1000);
		assertThat(count(KinesisMeter.PRODUCER_SEND))
			.isEqualTo(count(KinesisMeter.PRODUCER_REQUEST, "outcome", "success"))
			.isBetween(1.0, 100.0);
		assertThat(total(KinesisMeter.PRODUCER_BATCH_RECORDS)).isEqualTo(100);
		assertThat(total(KinesisMeter.PRODUCER_BATCH_BYTES)).isEqualTo(1000);
		assertThat(value(KinesisMeter.CONSUMER_RECORDS)).isEqualTo(120);
		assertThat(value(KinesisMeter.CONSUMER_DEAGGREGATED)).isEqualTo(20);
		assertThat(value(KinesisMeter.CONSUMER_BYTES)).as("and an aggregate").isBetween(300.0 + 60, 300.0 + 1000);
		assertThat(total(KinesisMeter.CONSUMER_FETCH_RECORDS)).isEqualTo(120);
		assertThat(count(KinesisMeter.CONSUMER_FETCH, "outcome", "success")).isGreaterThanOrEqualTo(2);
		assertThat(count(KinesisMeter.CONSUMER_LISTENER, "outcome", "success")).as("a stretch a shard and batch")
			.isBetween(2.0, 20.0);
		assertThat(value(KinesisMeter.CONSUMER_LAG_MAX)).isBetween(0.0, 60_000.0);
		assertThat(value(KinesisMeter.CONSUMER_RUNNING)).isOne();
		assertThat(count(KinesisMeter.CONSUMER_SHARDS, "state", "reading")).isEqualTo(2);
		assertThat(value(KinesisMeter.LEASE_HELD)).isEqualTo(2);
		assertThat(value(KinesisMeter.LEASE_WANTED)).isEqualTo(2);
		assertThat(value(KinesisMeter.LEASE_FREE)).isZero();
		assertThat(value(KinesisMeter.LEASE_TAKEN)).isEqualTo(2);
		assertThat(count(KinesisMeter.LEASE_REQUESTS, "action", "CreateTable")).isOne();
		assertThat(count(KinesisMeter.LEASE_REQUESTS, "action", "UpdateItem", "outcome", "success")).isPositive();
	}

	@Test
	void showsThatABlockedListenerDelaysItsShards() throws Exception {
		CountDownLatch blocked = new CountDownLatch(1);
		backEnds.put(this.stream, 0, 5, (number) -> "key");
		start("listener", new RecordingListener((record) -> blocked.await()),
				(options) -> options.bufferMemory(DataSize.ofMegabytes(1)));
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_IN_FLIGHT)).isEqualTo(5));
		await().untilAsserted(() -> {
			assertThat(value(KinesisMeter.CONSUMER_BUFFER_USED)).isBetween(5 * 200.0, 1024.0 * 1024);
			assertThat(value(KinesisMeter.CONSUMER_BUFFER_SIZE)).isEqualTo(1 << 20);
			assertThat(value(KinesisMeter.CONSUMER_LAG_MAX)).isGreaterThan(500);
			assertThat(value(KinesisMeter.CONSUMER_CHECKPOINT_AGE_MAX)).isGreaterThan(500);
		});
		blocked.countDown();
		await().untilAsserted(() -> {
			assertThat(value(KinesisMeter.CONSUMER_IN_FLIGHT)).isZero();
			assertThat(value(KinesisMeter.CONSUMER_LAG_MAX)).isLessThan(500);
			assertThat(value(KinesisMeter.CONSUMER_CHECKPOINT_AGE_MAX)).isZero();
		});
	}

	@Test
	void countsUnprocessedRecordsByOutcome() {
		backEnds.put(this.stream, 0, 10, (number) -> "key");
		AtomicInteger recoveries = new AtomicInteger();
		RecordingListener listener = new RecordingListener((record) -> {
			if (RecordingListener.number(record) < 3) {
				throw new UnsupportedOperationException("made for a test");
			}
		});
		start("listener", listener, (options) -> options.filter((record) -> RecordingListener.number(record) < 8)
			.errorHandler((failure) -> switch (RecordingListener.number(failure.record())) {
				case 0 -> (failure.attempts() < 4) ? ErrorDecision.retry(Duration.ZERO) : ErrorDecision.skip();
				case 1 -> ErrorDecision.skip();
				default -> ErrorDecision.deadLetter();
			})
			.recoverer((failure) -> (recoveries.incrementAndGet() < 3)
					? CompletableFuture.failedFuture(new IllegalStateException("made for a test"))
					: CompletableFuture.completedFuture(null)));
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).isEqualTo(7));
		assertThat(listener.numbers()).containsExactly(3, 4, 5, 6, 7);
		assertThat(value(KinesisMeter.CONSUMER_FILTERED)).isEqualTo(2);
		assertThat(count(KinesisMeter.CONSUMER_RETRIES, "cause", "UnsupportedOperationException")).isEqualTo(3);
		assertThat(value(KinesisMeter.CONSUMER_SKIPPED)).isEqualTo(2);
		assertThat(value(KinesisMeter.CONSUMER_DEAD_LETTERS)).isOne();
		assertThat(value(KinesisMeter.CONSUMER_RECOVERER_FAILURES)).isEqualTo(2);
		assertThat(count(KinesisMeter.CONSUMER_LISTENER, "outcome", "failure")).isEqualTo(4 + 1 + 3);
	}

	@Test
	void countsRecordsThatTheListenerNacks() {
		backEnds.put(this.stream, 0, 10, (number) -> "key");
		AtomicBoolean nacked = new AtomicBoolean();
		KinesisListenerEndpoint endpoint = KinesisListenerEndpoint.builder("listener", byte[].class)
			.streams(this.stream)
			.onRecordManual((record, acknowledgment) -> {
				if (nacked.compareAndSet(false, true)) {
					acknowledgment.nack(Duration.ZERO);
					return;
				}
				acknowledgment.acknowledge();
			})
			.build();
		start("listener", endpoint.listener(), (options) -> options.ackMode(AckMode.MANUAL));
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).isEqualTo(10));
		assertThat(value(KinesisMeter.CONSUMER_NACKED)).isOne();
	}

	@Test
	void countsRecordsThatAreTooOld() {
		backEnds.put(this.stream, 0, 10, (number) -> "key");
		Instant put = Instant.now();
		await().until(() -> Instant.now().isAfter(put.plusMillis(2)));
		RecordingListener listener = new RecordingListener();
		start("listener", listener, (options) -> options.maxRecordAge(Duration.ofMillis(1)));
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_EXPIRED)).isEqualTo(10));
		assertThat(value(KinesisMeter.CONSUMER_SKIPPED)).isEqualTo(10);
		assertThat(listener.numbers()).isEmpty();
	}

	@Test
	void countsDeliveriesThatTheExecutorRejects() {
		backEnds.put(this.stream, 0, 10, (number) -> "key");
		Executor taking = this.executor;
		AtomicBoolean full = new AtomicBoolean();
		this.executor = (task) -> {
			if (full.get()) {
				throw new RejectedExecutionException("made for a test");
			}
			taking.execute(task);
		};
		start("listener", new RecordingListener(), (options) -> options);
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).isEqualTo(10));
		full.set(true);
		backEnds.put(this.stream, 10, 20, (number) -> "key");
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_REJECTED)).isGreaterThanOrEqualTo(2));
		assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).isEqualTo(10);
		full.set(false);
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).isEqualTo(20));
	}

	@Test
	void countsErrorsOfTheServiceByKind() {
		backEnds.put(this.stream, 0, 10);
		fault(FaultRule.throttle().action("GetRecords").times(3));
		fault(FaultRule.internalFailure().action("GetRecords").times(2));
		fault(FaultRule.expiredIterator().action("GetRecords").times(1));
		fault(FaultRule.error("ExpiredTokenException", 400, "made for a test").action("GetShardIterator").times(1));
		start("listener", new RecordingListener(), (options) -> options);
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).isEqualTo(10));
		assertThat(count(KinesisMeter.CONSUMER_THROTTLES, "action", "GetRecords")).isEqualTo(3);
		assertThat(count(KinesisMeter.CONSUMER_FAILURES, "action", "GetRecords", "cause", "InternalFailure"))
			.isEqualTo(2);
		assertThat(
				count(KinesisMeter.CONSUMER_FAILURES, "action", "GetShardIterator", "cause", "ExpiredTokenException"))
			.isOne();
		assertThat(value(KinesisMeter.CONSUMER_ITERATORS_EXPIRED)).isOne();
		assertThat(count(KinesisMeter.CONSUMER_FETCH, "outcome", "throttled")).isEqualTo(3);
		assertThat(count(KinesisMeter.CONSUMER_FETCH, "outcome", "failure")).isEqualTo(2);
		assertThat(count(KinesisMeter.CONSUMER_FETCH, "outcome", "expired")).isOne();
	}

	@Test
	void countsOpenSubscriptionsAndTheirEnds() {
		fault(FaultRule.endSubscription().skip(1).times(1));
		KinesisListenerContainer container = start("listener", new RecordingListener(),
				(options) -> options.mode(ReadMode.FAN_OUT));
		await().untilAsserted(
				() -> assertThat(count(KinesisMeter.CONSUMER_SUBSCRIPTIONS_ENDED, "cause", "expired")).isOne());
		backEnds.put(this.stream, 0, 3);
		await().untilAsserted(() -> {
			assertThat(value(KinesisMeter.CONSUMER_SUBSCRIPTIONS)).isEqualTo(2);
			assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).isEqualTo(3);
		});
		assertThat(value(KinesisMeter.CONSUMER_SUBSCRIPTIONS_SILENCE_MAX)).isBetween(0.0, 60_000.0);
		container.stop();
		assertThat(value(KinesisMeter.CONSUMER_SUBSCRIPTIONS)).isZero();
		assertThat(value(KinesisMeter.CONSUMER_SUBSCRIPTIONS_SILENCE_MAX)).isNaN();
		assertThat(count(KinesisMeter.CONSUMER_SUBSCRIPTIONS_ENDED, "cause", "cancelled")).isEqualTo(2);
	}

	@Test
	void countsLostAndUnreadableRecords() {
		KinesisListenerContainer container = start("listener", new RecordingListener(), (options) -> options);
		backEnds.put(this.stream, 0, 1);
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).isOne());
		container.stop();
		assertThat(count(KinesisMeter.LEASE_HANDED_OVER, "reason", "stop")).isEqualTo(2);
		server.clock().advance(Duration.ofHours(25));
		byte[] broken = "....looks like an aggregate, but its digest is another".getBytes(StandardCharsets.US_ASCII);
		System.arraycopy(new byte[] { (byte) 0xF3, (byte) 0x89, (byte) 0x9A, (byte) 0xC2 }, 0, broken, 0, 4);
		backEnds.kinesis()
			.putRecord((put) -> put.streamName(this.stream).partitionKey("key-0").data(SdkBytes.fromByteArray(broken)))
			.join();
		container.start();
		await().untilAsserted(() -> {
			assertThat(value(KinesisMeter.CONSUMER_CHECKPOINTS_STALE)).isOne();
			assertThat(value(KinesisMeter.CONSUMER_AGGREGATES_BROKEN)).isOne();
			assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).as("counted on after the second start").isEqualTo(2);
		});
	}

	@ParameterizedTest
	@EnumSource
	void countsAggregatedRecordsOfOtherShards(OutOfRange outOfRange) {
		boolean drops = outOfRange == OutOfRange.DROP;
		List<Integer> elsewhere = IntStream.range(0, 40)
			.filter((i) -> isUpper("key-" + i) != isUpper("key-0"))
			.boxed()
			.toList();
		RecordingListener listener = new RecordingListener();
		start("listener", new RecordsListener() {

			@Override
			public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
					throws Exception {
				listener.onRecords(records, delivery);
				delivery.acknowledgment().acknowledge();
				return null;
			}

			@Override
			public boolean isBatch() {
				return false;
			}

		}, (options) -> options.outOfRange(outOfRange)
			.ackMode(AckMode.MANUAL)
			.checkpointInterval(Duration.ofMillis(50)));
		backEnds.putAggregated(this.stream, 0, 40, (number) -> "key-" + number);
		int last = elsewhere.get(elsewhere.size() - 1);
		backEnds.putAggregated(this.stream, 40, 50, (number) -> "key-" + ((number == 40) ? 0 : last));
		int misplaced = elsewhere.size() + 9;
		await().untilAsserted(() -> {
			assertThat(count(KinesisMeter.CONSUMER_OUT_OF_RANGE, "outcome", drops ? "dropped" : "delivered"))
				.isEqualTo(misplaced);
			assertThat(value(KinesisMeter.CONSUMER_DELIVERED)).isEqualTo(drops ? 50 - misplaced : 50);
		});
		await("the checkpoint is at the last record")
			.untilAsserted(() -> assertThat(store("app").load().join().leases()).extracting(Lease::checkpoint)
				.filteredOn(Checkpoint.After.class::isInstance)
				.extracting((checkpoint) -> ((Checkpoint.After) checkpoint).subSequenceNumber())
				.containsExactly(9L));
		assertThat(listener.distinctNumbers()).hasSize(drops ? 50 - misplaced : 50);
	}

	/**
	 * Whether a key belongs to the second of two shards.
	 */
	private static boolean isUpper(String key) {
		return DigestUtils.md5Digest(key.getBytes(StandardCharsets.UTF_8))[0] < 0;
	}

	@Test
	void aShardThatIsNotReadFallsBehind() {
		KinesisListenerContainer container = start("listener", new RecordingListener((record) -> {
			throw new IllegalStateException("made for a test");
		}), (options) -> options.errorHandler((failure) -> ErrorDecision.stopShard()));
		await().untilAsserted(() -> assertThat(count(KinesisMeter.CONSUMER_FETCH, "outcome", "success")).isPositive());
		container.pause().join();
		assertThat(count(KinesisMeter.CONSUMER_SHARDS, "state", "paused")).isEqualTo(2);
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_LAG_MAX)).isGreaterThan(1000));
		container.resume().join();
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_LAG_MAX)).isLessThan(1000));
		backEnds.put(this.stream, 0, 1);
		await().untilAsserted(() -> assertThat(count(KinesisMeter.CONSUMER_SHARDS, "state", "stopped")).isOne());
		await().untilAsserted(() -> assertThat(value(KinesisMeter.CONSUMER_LAG_MAX)).isGreaterThan(1000));
	}

	@Test
	void aListenerThatStopsAfterADenialFallsBehindUntilItIsRestarted() {
		KinesisListenerContainer container = start("listener", new RecordingListener(),
				(options) -> options.onAccessDenied(OnAccessDenied.STOP));
		fault(FaultRule.accessDenied().action("GetRecords"));
		await().untilAsserted(() -> {
			assertThat(value(KinesisMeter.CONSUMER_RUNNING)).isZero();
			assertThat(value(KinesisMeter.LEASE_HELD)).isZero();
			assertThat(value(KinesisMeter.CONSUMER_LAG_MAX)).isGreaterThan(1000);
		});
		assertThat(count(KinesisMeter.CONSUMER_FAILURES, "cause", "AccessDeniedException")).isPositive();
		server.faults().clear();
		container.start();
		await().untilAsserted(() -> {
			assertThat(value(KinesisMeter.CONSUMER_RUNNING)).isOne();
			assertThat(value(KinesisMeter.CONSUMER_LAG_MAX)).isLessThan(1000);
			assertThat(value(KinesisMeter.LEASE_HELD)).isEqualTo(2);
		});
	}

	@Test
	void countsMovedShardsByReason() {
		start("first", new RecordingListener(), (options) -> options);
		assertThat(value(KinesisMeter.LEASE_HELD, "listener", "first")).isEqualTo(2);
		start("second", new RecordingListener(), (options) -> options);
		await().untilAsserted(() -> {
			assertThat(value(KinesisMeter.LEASE_HELD, "listener", "first")).isOne();
			assertThat(value(KinesisMeter.LEASE_HELD, "listener", "second")).isOne();
			assertThat(value(KinesisMeter.LEASE_WANTED, "listener", "first")).isOne();
		});
		assertThat(count(KinesisMeter.LEASE_HANDED_OVER, "listener", "first", "reason", "balance")).isOne();
		LeaseStore store = store("app");
		Lease lease = store.load().join().leases().get(0);
		assertThat(store.claim(lease, "thief").join()).isPresent();
		backEnds.put(this.stream, 0, 20);
		await().untilAsserted(() -> assertThat(value(KinesisMeter.LEASE_LOST, "listener", "first")
				+ value(KinesisMeter.LEASE_LOST, "listener", "second"))
			.isOne());
	}

	@Test
	void showsShardsThatNoInstanceMayClaimAsFree() {
		start("listener", new RecordingListener(), (options) -> options.maxLeases(1));
		await().untilAsserted(() -> assertThat(value(KinesisMeter.LEASE_FREE)).isOne());
		assertThat(value(KinesisMeter.LEASE_HELD)).isOne();
		assertThat(value(KinesisMeter.LEASE_WANTED)).isEqualTo(2);
	}

	@Test
	void withTheShardTagEachShardHasItsOwnMetersWhileItIsHeld() {
		this.metrics = new KinesisMetrics(this.registry, true);
		KinesisListenerContainer container = start("listener", new RecordingListener((record) -> {
			throw new IllegalStateException("made for a test");
		}), (options) -> options.errorHandler((failure) -> ErrorDecision.stopShard()));
		backEnds.put(this.stream, 0, 20);
		for (String shard : server.openShards(this.stream)) {
			await().untilAsserted(() -> {
				assertThat(value(KinesisMeter.CONSUMER_LAG, "shard", shard)).isPositive();
				assertThat(value(KinesisMeter.CONSUMER_CHECKPOINT_AGE, "shard", shard)).isPositive();
				assertThat(value(KinesisMeter.CONSUMER_RECORDS, "shard", shard)).isPositive();
			});
		}
		container.stop();
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getTag("shard"))
			.containsOnly(null, "none");
	}

	@Test
	void countsRejectedRecordsAsRetriesAndTheirShardsAsLimited() {
		fault(FaultRule.partialFailure(0.8)
			.errorCode("ProvisionedThroughputExceededException", "made for a test")
			.action("PutRecords")
			.times(6));
		KinesisTemplate template = template((options) -> options);
		List<ProducerRecord<?>> records = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			records.add(ProducerRecord.of(this.stream, "key-" + i, "x"));
		}
		CompletableFuture<?> sent = template.sendAll(records);
		await().untilAsserted(() -> assertThat(value(KinesisMeter.PRODUCER_SHARDS_LIMITED)).isPositive());
		sent.join();
		assertThat(count(KinesisMeter.PRODUCER_RETRIES, "cause", "throttled")).as("what was sent more than once")
			.isPositive()
			.isEqualTo(total(KinesisMeter.PRODUCER_BATCH_RECORDS) - 500);
		assertThat(count(KinesisMeter.PRODUCER_REQUEST, "outcome", "partial"))
			.as("fewer if a request has a single record, which may be stored")
			.isBetween(1.0, 6.0);
		assertThat(value(KinesisMeter.PRODUCER_RECORDS)).isEqualTo(500);
	}

	@Test
	void countsFailedSendsByReason() {
		KinesisTemplate template = template((options) -> options.maxBlock(Duration.ZERO));
		fail(template, this.stream + "-missing", "x");
		assertThat(failures("stream-not-found")).isOne();
		fail(template, this.stream, new byte[11 << 20]);
		assertThat(failures("too-large")).isOne();
		fail(template, this.stream, new Object());
		assertThat(failures("conversion")).isOne();
		fault(FaultRule.accessDenied().action("PutRecords").times(1));
		fail(template, this.stream, "x");
		assertThat(failures("denied")).isOne();
		fault(FaultRule.error("ExpiredTokenException", 400, "made for a test").action("PutRecords").times(1));
		fail(template, this.stream, "x");
		assertThat(failures("credentials")).isOne();
		fault(FaultRule.internalFailure().action("PutRecords").times(2));
		template.send(this.stream, "x").join();
		assertThat(count(KinesisMeter.PRODUCER_RETRIES, "cause", "internal")).isEqualTo(2);
		assertThat(count(KinesisMeter.PRODUCER_REQUEST, "outcome", "failure")).isEqualTo(5);
		template.stop();
		fail(template, this.stream, "x");
		assertThat(failures("closed")).isOne();
	}

	@Test
	void showsAFullBufferAndItsBlockedSenders() {
		fault(FaultRule.latency(Duration.ofSeconds(3)).action("PutRecords").times(1));
		KinesisTemplate template = template((options) -> options.bufferMemory(DataSize.ofKilobytes(64)));
		CompletableFuture<?> first = template.send(this.stream, "key", new byte[40 << 10]);
		CompletableFuture<?> second = CompletableFuture
			.supplyAsync(() -> template.send(this.stream, "key", new byte[40 << 10]), TestThreads.executor("sender-"))
			.thenCompose((sent) -> sent);
		await().untilAsserted(() -> {
			assertThat(value(KinesisMeter.PRODUCER_BUFFER_WAITING)).isOne();
			assertThat(value(KinesisMeter.PRODUCER_REQUESTS_IN_FLIGHT)).isOne();
		});
		assertThat(value(KinesisMeter.PRODUCER_IN_FLIGHT)).isOne();
		assertThat(value(KinesisMeter.PRODUCER_BUFFER_USED)).isBetween(40.0 * 1024, 64.0 * 1024);
		assertThat(value(KinesisMeter.PRODUCER_BUFFER_SIZE)).isEqualTo(64 * 1024);
		first.join();
		second.join();
		await().untilAsserted(() -> {
			assertThat(value(KinesisMeter.PRODUCER_BUFFER_USED)).isZero();
			assertThat(value(KinesisMeter.PRODUCER_IN_FLIGHT)).isZero();
			assertThat(value(KinesisMeter.PRODUCER_REQUESTS_IN_FLIGHT)).isZero();
			assertThat(value(KinesisMeter.PRODUCER_BUFFER_WAITING)).isZero();
		});
	}

	@Test
	void countsAggregatesAndWhatAReshardingMisplaces() {
		KinesisTemplate template = template((options) -> options.aggregation(Aggregation.SHARD));
		await().untilAsserted(() -> {
			sendKeys(template);
			assertThat(value(KinesisMeter.PRODUCER_RECORDS)).isGreaterThan(value(KinesisMeter.PRODUCER_ENTRIES));
		});
		assertThat(value(KinesisMeter.PRODUCER_MISPLACED)).isZero();
		backEnds.split(this.stream, 0);
		sendKeys(template);
		assertThat(value(KinesisMeter.PRODUCER_MISPLACED)).isBetween(1.0, 100.0);
	}

	private void sendKeys(KinesisTemplate template) {
		List<ProducerRecord<?>> records = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			records.add(ProducerRecord.of(this.stream, "key-" + i, "x"));
		}
		assertThat(template.sendAll(records).join().allSucceeded()).isTrue();
	}

	@Test
	void coversEveryMeter() throws Exception {
		String tests = Files.readString(Path.of("src/test/java/io/kinesisspring/metrics/MetersIntegrationTests.java"));
		// SdkMetersTests looks at those of the AWS SDK
		assertThat(KinesisMeter.values()).filteredOn((meter) -> !meter.name().startsWith("SDK_"))
			.allSatisfy((meter) -> assertThat(tests).containsPattern("\\(KinesisMeter." + meter.name() + "[,)]"));
	}

	private void fault(FaultRule rule) {
		server.faults().add(rule.stream(this.stream));
	}

	private static void fail(KinesisTemplate template, String to, Object payload) {
		assertThat(template.send(to, "key", payload)).failsWithin(Duration.ofSeconds(30));
	}

	private double failures(String cause) {
		return count(KinesisMeter.PRODUCER_FAILURES, "cause", cause);
	}

	private KinesisTemplate template(UnaryOperator<ProducerOptions.Builder> options) {
		KinesisTemplate template = KinesisTemplate.builder(backEnds.kinesis())
			.options(options.apply(ProducerOptions.builder().observer(this.metrics.templates())).build())
			.build();
		this.templates.add(template);
		return template;
	}

	private KinesisListenerContainer start(String id, RecordsListener listener,
			UnaryOperator<ContainerOptions.Builder> options) {
		KinesisListenerContainer container = new KinesisListenerContainerFactory(new StreamClient(backEnds.kinesis()),
				this::store, this.executor, ContainerOptions.defaults().toBuilder().application("app").build(),
				(name, builder) -> builder.observer(this.metrics.listener(name)))
			.create(new KinesisListenerEndpoint(id, List.of(StreamIdentifier.of(this.stream)), listener, options,
					"a test"));
		this.containers.add(container);
		container.start();
		return container;
	}

	private LeaseStore store(String application) {
		return new DynamoDbLeaseStore(backEnds.dynamoDb(), application, TableSettings.named(this.stream),
				this.metrics.tables());
	}

	/**
	 * What a gauge or a counter says.
	 */
	private double value(KinesisMeter meter, String... tags) {
		return sum(meter, Statistic.VALUE, tags) + sum(meter, Statistic.COUNT, tags);
	}

	/**
	 * How often, for those that have no value of their own or have it by tags.
	 */
	private double count(KinesisMeter meter, String... tags) {
		return value(meter, tags);
	}

	private double total(KinesisMeter meter, String... tags) {
		return sum(meter, Statistic.TOTAL, tags);
	}

	private double sum(KinesisMeter meter, Statistic statistic, String... tags) {
		double sum = 0;
		for (Meter found : this.registry.find(meter.getName()).tags(tags).meters()) {
			assertThat(found.getId().getTags()).extracting(Tag::getKey).contains(keys(meter));
			for (var measurement : found.measure()) {
				sum += (measurement.getStatistic() == statistic) ? measurement.getValue() : 0;
			}
		}
		return sum;
	}

	private static String[] keys(KinesisMeter meter) {
		String[] keys = new String[meter.getKeyNames().length];
		for (int i = 0; i < keys.length; i++) {
			keys[i] = meter.getKeyNames()[i].asString();
		}
		return keys;
	}

}
