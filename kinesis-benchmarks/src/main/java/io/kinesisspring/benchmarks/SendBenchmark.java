package io.kinesisspring.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.producer.SendResult;

/**
 * Measures the time from {@code send} to the completed future, per record, with a service
 * that responds immediately. Compares it with a loop that fills requests by hand and
 * keeps neither order nor limits.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SendBenchmark {

	private static final int RECORDS = 10_000;

	private static final int REQUEST_RECORDS = 500;

	private final KinesisAsyncClient client = new InstantKinesis();

	private final byte[] payload = new byte[200];

	private final String[] partitionKeys = new String[RECORDS];

	/** Number of keys: few, which must keep their order, or one per record. */
	@Param({ "100", "10000" })
	private int keys;

	@SuppressWarnings("NullAway.Init")
	private KinesisTemplate template;

	/**
	 * Prepare keys and template.
	 */
	@Setup
	public void start() {
		for (int i = 0; i < RECORDS; i++) {
			this.partitionKeys[i] = "key-" + i % this.keys;
		}
		this.template = KinesisTemplate.builder(this.client).build();
	}

	/**
	 * End the template.
	 */
	@TearDown
	public void stop() {
		this.template.close();
	}

	/**
	 * Send by the template and await all.
	 * @return what was awaited
	 */
	@Benchmark
	@OperationsPerInvocation(RECORDS)
	public List<CompletableFuture<SendResult>> template() {
		List<CompletableFuture<SendResult>> sent = new ArrayList<>(RECORDS);
		for (int i = 0; i < RECORDS; i++) {
			sent.add(this.template.send("orders", this.partitionKeys[i], this.payload));
		}
		sent.forEach(CompletableFuture::join);
		return sent;
	}

	/**
	 * Send by the client in full requests and await all.
	 * @return what was awaited
	 */
	@Benchmark
	@OperationsPerInvocation(RECORDS)
	public List<CompletableFuture<?>> byHand() {
		List<CompletableFuture<?>> sent = new ArrayList<>(RECORDS / REQUEST_RECORDS);
		for (int first = 0; first < RECORDS; first += REQUEST_RECORDS) {
			List<PutRecordsRequestEntry> entries = new ArrayList<>(REQUEST_RECORDS);
			for (int i = first; i < first + REQUEST_RECORDS; i++) {
				entries.add(PutRecordsRequestEntry.builder()
					.partitionKey(this.partitionKeys[i])
					.data(SdkBytes.fromByteArrayUnsafe(this.payload))
					.build());
			}
			sent.add(this.client.putRecords(PutRecordsRequest.builder().streamName("orders").records(entries).build()));
		}
		sent.forEach(CompletableFuture::join);
		return sent;
	}

}
