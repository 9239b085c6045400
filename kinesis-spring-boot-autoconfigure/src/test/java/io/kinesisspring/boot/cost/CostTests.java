package io.kinesisspring.boot.cost;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.kinesisspring.annotation.KinesisListener;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.ProducerRecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a record costs in a whole application, without what the SDK and the network take:
 * counts that any machine comes to, with room for what a compiler may or may not do.
 */
@Timeout(120)
class CostTests {

	private static final int ROUNDS = 10;

	private static final int RECORDS = 10_000;

	private static final byte[] PAYLOAD = new byte[CannedKinesis.RECORD_BYTES];

	private static final String[] KEYS = IntStream.range(0, 100).mapToObj((i) -> "key-" + i).toArray(String[]::new);

	/**
	 * 469 bytes on Java 17: record, result, the SDK's entry. Without validation, as any
	 * interceptor costs another 190.
	 */
	@Test
	void sendingAllocatesLittle() {
		try (ConfigurableApplicationContext context = run(new CannedKinesis(1, 0), Sending.class)) {
			KinesisTemplate template = context.getBean(KinesisTemplate.class);
			sendOneByOne(template);
			long least = LongStream.generate(() -> bytesARecord(template)).limit(5).min().orElseThrow();
			assertThat(least).as("bytes a record, while other threads are calm").isBetween(100L, 560L);
		}
	}

	private static long bytesARecord(KinesisTemplate template) {
		long before = Allocated.bytes();
		sendOneByOne(template);
		return (Allocated.bytes() - before) / (ROUNDS * RECORDS);
	}

	private static void sendOneByOne(KinesisTemplate template) {
		for (int round = 0; round < ROUNDS; round++) {
			for (int i = 0; i < RECORDS; i++) {
				template.send("orders", KEYS[i % KEYS.length] + i, PAYLOAD);
			}
			template.flush().join();
		}
	}

	@Test
	void sendingFillsItsRequests() {
		CannedKinesis kinesis = new CannedKinesis(1, 0);
		try (ConfigurableApplicationContext context = run(kinesis, Sending.class)) {
			assertThat(context.getBean(KinesisTemplate.class).sendAll(manyKeys()).join().failures()).isEmpty();
			assertThat(kinesis.entries).hasValue(RECORDS);
			assertThat(kinesis.puts).hasValueLessThanOrEqualTo(RECORDS / 500 + 1);
		}
	}

	@Test
	void aggregatingSendsFewRecords() {
		CannedKinesis kinesis = new CannedKinesis(1, 0);
		try (ConfigurableApplicationContext context = run(kinesis, Sending.class,
				"--kinesis.producer.aggregation=key")) {
			List<ProducerRecord<byte[]>> records = IntStream.range(0, RECORDS)
				.mapToObj((i) -> ProducerRecord.of("orders", KEYS[i % KEYS.length], PAYLOAD))
				.toList();
			assertThat(context.getBean(KinesisTemplate.class).sendAll(records).join().failures()).isEmpty();
			assertThat(kinesis.entries).hasValueLessThanOrEqualTo(RECORDS / 20);
		}
	}

	private static List<ProducerRecord<byte[]>> manyKeys() {
		return IntStream.range(0, RECORDS).mapToObj((i) -> ProducerRecord.of("orders", "key-" + i, PAYLOAD)).toList();
	}

	/**
	 * 128 bytes on Java 17 and 77 on Java 25.
	 */
	@Test
	void receivingAllocatesLittle() {
		CannedKinesis kinesis = new CannedKinesis(4, 100_000);
		try (ConfigurableApplicationContext context = run(kinesis, Receiving.class)) {
			LongAdder received = context.getBean(Receiving.class).received;
			await().until(() -> received.sum() >= 100_000);
			long warm = received.sum();
			long before = Allocated.bytes();
			await().until(() -> received.sum() == 400_000);
			long bytes = Allocated.bytes() - before;
			assertThat(bytes / (400_000 - warm)).as("bytes a record").isBetween(50L, 220L);
			assertThat(kinesis.gets).hasValueLessThan(60);
		}
	}

	/**
	 * 21 threads and 5 MiB; on virtual threads none that counts.
	 */
	@Test
	void aThousandShardsNeedFewThreadsAndLittleMemory() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		int threadsBefore = threads.getThreadCount();
		threads.resetPeakThreadCount();
		long memoryBefore = usedMemory();
		try (ConfigurableApplicationContext context = run(new CannedKinesis(1000, 200), Receiving.class)) {
			LongAdder received = context.getBean(Receiving.class).received;
			await().until(() -> received.sum() == 200_000);
			assertThat(threads.getPeakThreadCount() - threadsBefore).as("threads").isLessThan(50);
			assertThat(usedMemory() - memoryBefore).as("bytes").isLessThan(100 << 20);
		}
	}

	private static long usedMemory() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	private static ConfigurableApplicationContext run(CannedKinesis kinesis, Class<?> application,
			String... properties) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("kinesisAsyncClient", kinesis))
			.properties("spring.application.name=cost", "kinesis.region=us-east-1", "kinesis.lease.store=memory",
					"spring.threads.virtual.enabled=" + Boolean.getBoolean("kinesis.test.virtual-threads"))
			.run(properties);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = ValidationAutoConfiguration.class)
	static class Sending {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Receiving {

		private final LongAdder received = new LongAdder();

		@KinesisListener(id = "cost", streams = "orders")
		void onOrder(byte[] order) {
			this.received.increment();
		}

	}

}
