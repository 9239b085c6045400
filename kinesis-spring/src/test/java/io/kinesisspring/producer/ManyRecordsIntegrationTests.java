package io.kinesisspring.producer;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.Fault;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.testing.EnabledIfIndependentServers;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;
import io.kinesisspring.producer.ProducerOptions.Aggregation;
import io.kinesisspring.testing.KinesisServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of sending in volume, over HTTP. The system properties
 * {@code kinesis.test.records}, {@code kinesis.test.records.kinesalite} and
 * {@code kinesis.test.records.kinesis-local} say how many records: see docs/producing.md.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ManyRecordsIntegrationTests {

	private static final String STREAM = "load";

	private static final int SHARDS = 8;

	@ParameterizedTest
	@EnumSource
	void losesNothingUnderFaults(Aggregation aggregation) {
		int count = Integer.getInteger("kinesis.test.records", 100_000);
		long seed = new Random().nextLong();
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
			.stream(STREAM, SHARDS)
			.dynamoDb(false)
			.memoryLimit(Runtime.getRuntime().maxMemory() / 2)
			.start();
				KinesisAsyncClient client = KinesisClients.withoutRetries(server.endpoint(), WireProtocol.CBOR,
						Protocol.HTTP2)) {
			server.limits(STREAM, new StreamLimits(Math.max(1000, count / 100), 1 << 20, 1000, 1 << 30));
			FaultRule[] rules = { FaultRule.dropAfter().action("PutRecords").probability(0.02, seed),
					FaultRule.dropBefore().action("PutRecords").probability(0.02, seed + 1),
					FaultRule.throttle().action("PutRecords").probability(0.01, seed + 2),
					FaultRule.internalFailure().action("PutRecords").probability(0.01, seed + 3) };
			long start = System.nanoTime();
			Fault lostResponses = server.faults().add(rules[0]);
			Fault lostRequests = server.faults().add(rules[1]);
			server.faults().add(rules[2]);
			server.faults().add(rules[3]);
			server.faults().add(FaultRule.partialFailure(0.1).action("PutRecords"));
			Load load = new Load(client, STREAM, count);
			LongAdder misplaced = new LongAdder();
			int copies = load.run(options(aggregation).observer(counting(misplaced)), (number) -> {
				if (number == count / 2) {
					server.splitShard(STREAM, server.openShards(STREAM).get(0));
				}
			});
			report("embedded with faults, aggregation " + aggregation + ", seed " + seed, load, count, copies, start);
			System.out.println("  connections that broke: " + lostResponses.hits() + " after the effect, "
					+ lostRequests.hits() + " before");
			if (lostResponses.hits() + lostRequests.hits() == 0) {
				assertThat(copies).as("copies, which only aggregates in a wrong shard explain; seed " + seed)
					.isEqualTo(misplaced.intValue());
			}
			if (aggregation != Aggregation.SHARD) {
				assertThat(misplaced.sum()).isZero();
			}
		}
	}

	@Test
	@EnabledIfIndependentServers
	void losesNothingOnKinesalite() {
		losesNothing("kinesalite", KinesisServer.kinesalite(),
				Integer.getInteger("kinesis.test.records.kinesalite", 20_000));
	}

	@Test
	@EnabledIfIndependentServers
	void losesNothingOnKinesisLocal() {
		losesNothing("kinesis-local", KinesisServer.kinesisLocal(),
				Integer.getInteger("kinesis.test.records.kinesis-local", 2000));
	}

	/**
	 * No connection breaks there, so that nothing may be stored twice.
	 */
	private static void losesNothing(String name, KinesisServer running, int count) {
		try (KinesisServer server = running) {
			KinesisAsyncClient client = server.client();
			client.createStream((request) -> request.streamName(STREAM).shardCount(SHARDS)).join();
			await().until(() -> client.describeStreamSummary((request) -> request.streamName(STREAM))
				.join()
				.streamDescriptionSummary()
				.streamStatusAsString()
				.equals("ACTIVE"));
			long start = System.nanoTime();
			Load load = new Load(client, STREAM, count);
			int copies = load.run(options(Aggregation.NONE), (number) -> {
			});
			report(name, load, count, copies, start);
			assertThat(copies).isZero();
		}
	}

	private static SendObserver counting(LongAdder misplaced) {
		return new SendObserver() {

			@Override
			public void misplaced(String stream, int records) {
				misplaced.add(records);
			}

		};
	}

	private static ProducerOptions.Builder options(Aggregation aggregation) {
		return ProducerOptions.builder()
			.aggregation(aggregation)
			.maxBatchRecords(200)
			.maxBatchSize(DataSize.ofKilobytes(100))
			.retryInitialInterval(Duration.ofMillis(5))
			.retryMaxInterval(Duration.ofMillis(200));
	}

	private static void report(String where, Load load, int count, int copies, long start) {
		System.out.println(count + " records, " + load.attempts() + " attempts, " + copies + " copies more, "
				+ Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms with reading: " + where);
	}

}
