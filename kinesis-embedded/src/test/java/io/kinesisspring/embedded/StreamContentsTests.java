package io.kinesisspring.embedded;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for reading and writing the records of a stream in Java.
 */
class StreamContentsTests {

	private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

	private final MovableClock clock = MovableClock.standingAt(START);

	private EmbeddedKinesisServer server;

	private KinesisAsyncClient client;

	@BeforeEach
	void start() {
		this.server = EmbeddedKinesisServer.builder()
			.dynamoDb(false)
			.clock(this.clock)
			.stream("orders", 4)
			.stream("visits:4:auto")
			.start();
		this.client = KinesisClients.withoutRetries(this.server.endpoint(), WireProtocol.CBOR, Protocol.HTTP2);
	}

	@AfterEach
	void stop() {
		this.client.close();
		this.server.close();
	}

	@Test
	void returnsWhatClientsHaveWritten() {
		PutRecordResponse put = this.client
			.putRecord((request) -> request.streamName("orders")
				.partitionKey("customer")
				.data(SdkBytes.fromUtf8String("first")))
			.join();
		assertThat(this.server.records("orders")).singleElement().satisfies((record) -> {
			assertThat(record.sequenceNumber()).isEqualTo(put.sequenceNumber());
			assertThat(record.shardId()).isEqualTo(put.shardId());
			assertThat(record.partitionKey()).isEqualTo("customer");
			assertThat(record.arrivedAt()).isEqualTo(START);
			assertThat(record.text()).isEqualTo("first");
			assertThat(record).asString().doesNotContain("first");
		});
	}

	@Test
	void returnsTheRecordsOfAllShardsByArrivalThroughAReshardingToo() {
		for (int i = 0; i < 50; i++) {
			put("orders", "key-" + i, String.valueOf(i));
			this.clock.advance(Duration.ofMillis(1));
			if (i == 25) {
				this.server.splitShard("orders", "shardId-000000000000");
			}
		}
		assertThat(this.server.records("orders")).extracting(EmbeddedRecord::text)
			.isEqualTo(IntStream.range(0, 50).mapToObj(String::valueOf).toList());
		this.clock.advance(Duration.ofHours(25));
		assertThat(this.server.records("orders")).isEmpty();
	}

	@Test
	void readersReceiveWhatIsPut() {
		EmbeddedRecord record = put("orders", "customer", "first");
		String iterator = this.client
			.getShardIterator((get) -> get.streamName("orders")
				.shardId(record.shardId())
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator();
		assertThat(this.client.getRecords((get) -> get.shardIterator(iterator)).join().records()).singleElement()
			.satisfies((read) -> {
				assertThat(read.sequenceNumber()).isEqualTo(record.sequenceNumber());
				assertThat(read.partitionKey()).isEqualTo("customer");
				assertThat(read.data().asUtf8String()).isEqualTo("first");
			});
	}

	@Test
	void faultsAndLimitsDoNotApply() {
		this.server.limits("orders", new StreamLimits(1, 1 << 20, 5, 2 << 20));
		var fault = this.server.faults().add(FaultRule.throttle());
		IntStream.range(0, 10).forEach((i) -> put("orders", "customer", "first"));
		assertThat(this.server.records("orders")).hasSize(10);
		assertThat(fault.hits()).isZero();
	}

	@Test
	void aStreamThatDistributesItsRecordsNeedsNoKey() {
		IntStream.range(0, 8).forEach((i) -> this.server.put("visits", null, new byte[1]));
		assertThat(this.server.records("visits")).hasSize(8)
			.extracting(EmbeddedRecord::partitionKey)
			.containsOnlyNulls();
		assertThat(this.server.records("visits").stream().map(EmbeddedRecord::shardId).distinct()).hasSize(4);
	}

	@Test
	void refusesWhatTheServiceWouldRefuse() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.server.put("orders", null, new byte[1]))
			.withMessage("'partitionKey' must have 1 to 256 characters");
		assertThatIllegalArgumentException().isThrownBy(() -> this.server.put("orders", "x".repeat(257), new byte[1]))
			.withMessage("'partitionKey' must have 1 to 256 characters");
		assertThatIllegalArgumentException().isThrownBy(() -> this.server.put("orders", "k", new byte[1 << 20]))
			.withMessage("The record has 1048577 bytes, and the stream 'orders' accepts 1048576");
	}

	private EmbeddedRecord put(String stream, String key, String text) {
		return this.server.put(stream, key, text.getBytes(StandardCharsets.UTF_8));
	}

}
