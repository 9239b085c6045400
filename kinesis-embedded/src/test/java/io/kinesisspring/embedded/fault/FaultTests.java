package io.kinesisspring.embedded.fault;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.AccessDeniedException;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@link Faults} as a client meets them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultTests {

	private EmbeddedKinesisServer server;

	private KinesisAsyncClient http2;

	private KinesisAsyncClient http1;

	@BeforeAll
	void start() {
		this.server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 2).stream("audit", 1).start();
		this.http2 = KinesisClients.withoutRetries(this.server.endpoint(), WireProtocol.CBOR, Protocol.HTTP2);
		this.http1 = KinesisClients.withoutRetries(this.server.endpoint(), WireProtocol.CBOR, Protocol.HTTP1_1);
	}

	@AfterEach
	void clear() {
		this.server.faults().clear();
	}

	@AfterAll
	void stop() {
		this.http1.close();
		this.http2.close();
		this.server.close();
	}

	@Test
	void throttlesTheGivenNumberOfCallsAfterTheSkippedOnes() {
		Fault fault = this.server.faults().add(FaultRule.throttle().action("PutRecords").skip(1).times(2));
		put("orders", 1).join();
		assertFails(ProvisionedThroughputExceededException.class, put("orders", 1));
		assertFails(ProvisionedThroughputExceededException.class, put("orders", 1));
		put("orders", 1).join();
		assertThat(fault.hits()).isEqualTo(2);
	}

	@Test
	void throttlesTheControlPlaneWithAnotherError() {
		this.server.faults().add(FaultRule.throttle().action("ListShards"));
		assertFails(LimitExceededException.class, this.http2.listShards((request) -> request.streamName("orders")));
	}

	@Test
	void appliesOnlyToTheNamedStream() {
		this.server.faults().add(FaultRule.internalFailure().stream("audit"));
		put("orders", 1).join();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(put("audit", 1)::join)
			.havingCause()
			.isInstanceOfSatisfying(KinesisException.class, (ex) -> assertThat(ex.statusCode()).isEqualTo(500));
	}

	@Test
	void appliesOnlyToTheNamedShard() {
		this.server.faults().add(FaultRule.expiredIterator().shard("shardId-000000000001"));
		read("orders", "shardId-000000000000").join();
		assertFails(ExpiredIteratorException.class, read("orders", "shardId-000000000001"));
	}

	@Test
	void appliesToTheShardOfARecord() {
		Fault fault = this.server.faults().add(FaultRule.throttle().action("PutRecord").shard("shardId-000000000001"));
		for (String hashKey : List.of("0", "1")) {
			this.http2
				.putRecord((request) -> request.streamName("orders")
					.partitionKey("a")
					.explicitHashKey(hashKey)
					.data(SdkBytes.fromUtf8String("payload")))
				.join();
		}
		assertThat(fault.hits()).isZero();
		assertFails(ProvisionedThroughputExceededException.class,
				this.http2.putRecord((request) -> request.streamName("orders")
					.partitionKey("a")
					.explicitHashKey(BigInteger.TWO.pow(128).subtract(BigInteger.ONE).toString())
					.data(SdkBytes.fromUtf8String("payload"))));
		assertThat(fault.hits()).isEqualTo(1);
	}

	@Test
	void deniesAccessAndNamesTheAction() {
		this.server.faults().add(FaultRule.accessDenied().action("PutRecords"));
		assertThatExceptionOfType(CompletionException.class).isThrownBy(put("orders", 1)::join)
			.withCauseInstanceOf(AccessDeniedException.class)
			.withMessageContaining("kinesis:PutRecords");
	}

	@Test
	void aSeedMakesChanceRepeatable() {
		assertThat(failuresByChance()).isEqualTo(failuresByChance()).contains(true, false);
	}

	@Test
	void rejectsSomeEntriesOfPutRecords() {
		this.server.faults().add(FaultRule.partialFailure(0.5).times(1));
		PutRecordsResponse put = put("orders", 100).join();
		assertThat(put.failedRecordCount()).isBetween(20, 80);
		assertThat(put.records()).filteredOn((entry) -> entry.errorCode() != null)
			.hasSize(put.failedRecordCount())
			.extracting(PutRecordsResultEntry::errorCode)
			.containsOnly("ProvisionedThroughputExceededException");
		assertThat(put("orders", 100).join().failedRecordCount()).isZero();
	}

	@Test
	void rejectsTheEntriesOfOneShard() {
		this.server.faults()
			.add(FaultRule.partialFailure(1).shard("shardId-000000000001").errorCode("InternalFailure", "Failed"));
		PutRecordsResponse put = put("orders", 100).join();
		assertThat(put.records()).filteredOn((entry) -> entry.errorCode() == null)
			.isNotEmpty()
			.extracting(PutRecordsResultEntry::shardId)
			.containsOnly("shardId-000000000000");
		assertThat(put.records()).filteredOn((entry) -> entry.errorCode() != null)
			.isNotEmpty()
			.extracting(PutRecordsResultEntry::errorCode)
			.containsOnly("InternalFailure");
	}

	@Test
	void delaysResponses() {
		this.server.faults().add(FaultRule.latency(Duration.ofMillis(100)));
		long before = System.nanoTime();
		put("orders", 1).join();
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP1_1", "HTTP2" })
	void dropsTheConnectionBeforeTheEffect(Protocol protocol) {
		KinesisAsyncClient client = (protocol == Protocol.HTTP2) ? this.http2 : this.http1;
		int before = countInAudit();
		Fault fault = this.server.faults().add(FaultRule.dropBefore().action("PutRecord").times(1));
		assertThatExceptionOfType(CompletionException.class).isThrownBy(putOne(client)::join)
			.withCauseInstanceOf(SdkClientException.class);
		assertThat(fault.hits()).isEqualTo(1);
		assertThat(countInAudit()).isEqualTo(before);
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP1_1", "HTTP2" })
	void dropsTheConnectionAfterTheEffect(Protocol protocol) {
		KinesisAsyncClient client = (protocol == Protocol.HTTP2) ? this.http2 : this.http1;
		int before = countInAudit();
		this.server.faults().add(FaultRule.dropAfter().action("PutRecord").times(1));
		assertThatExceptionOfType(CompletionException.class).isThrownBy(putOne(client)::join)
			.withCauseInstanceOf(SdkClientException.class);
		assertThat(countInAudit()).isEqualTo(before + 1);
	}

	@ParameterizedTest
	@EnumSource(names = { "EMPTY_ANSWER", "EMPTY_STRUCTURE" })
	void returnsAnEmptyResponseAfterTheEffect(FaultKind kind) {
		int before = countInAudit();
		FaultRule rule = (kind == FaultKind.EMPTY_ANSWER) ? FaultRule.emptyAnswer() : FaultRule.emptyStructure();
		this.server.faults().add(rule.action("PutRecord"));
		this.server.faults().add(rule.action("GetShardIterator").times(1));
		assertThat(putOne(this.http2).join()).hasToString("PutRecordResponse()");
		assertThat(putOne(this.http1).join()).hasToString("PutRecordResponse()");
		assertThat(this.http2
			.getShardIterator((request) -> request.streamName("audit")
				.shardId("shardId-000000000000")
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.join()
			.shardIterator()).isNull();
		assertThat(countInAudit()).isEqualTo(before + 2);
	}

	@Test
	void listsFormerShardsOrNone() {
		MovableClock clock = MovableClock.standingAt(Instant.parse("2026-01-01T00:00:00Z"));
		try (EmbeddedKinesisServer other = EmbeddedKinesisServer.builder()
			.dynamoDb(false)
			.clock(clock)
			.stream("orders", 1)
			.start();
				KinesisAsyncClient client = KinesisClients.withoutRetries(other.endpoint(), WireProtocol.JSON,
						Protocol.HTTP1_1)) {
			clock.advance(Duration.ofSeconds(10));
			client
				.splitShard((split) -> split.streamName("orders")
					.shardToSplit("shardId-000000000000")
					.newStartingHashKey("170141183460469231731687303715884105728"))
				.join();
			clock.advance(Duration.ofSeconds(2));
			Fault fault = other.faults().add(FaultRule.staleListing(Duration.ofSeconds(3)));
			assertThat(list(client)).singleElement()
				.satisfies((shard) -> assertThat(shard.sequenceNumberRange().endingSequenceNumber()).isNull());
			clock.advance(Duration.ofSeconds(2));
			assertThat(list(client)).hasSize(3);
			assertThat(list(client).get(0).sequenceNumberRange().endingSequenceNumber()).isNotNull();
			other.faults().remove(fault);
			fault = other.faults().add(FaultRule.shortListing().shard("shardId-000000000001"));
			assertThat(list(client)).extracting(Shard::shardId)
				.containsExactly("shardId-000000000000", "shardId-000000000002");
			other.faults().remove(fault);
			other.faults().add(FaultRule.shortListing());
			assertThat(list(client)).isEmpty();
		}
	}

	private static List<Shard> list(KinesisAsyncClient client) {
		return client.listShards((request) -> request.streamName("orders")).join().shards();
	}

	private List<Boolean> failuresByChance() {
		Fault fault = this.server.faults().add(FaultRule.throttle().action("PutRecords").probability(0.5, 7));
		List<Boolean> failures = IntStream.range(0, 20)
			.mapToObj((i) -> put("orders", 1).handle((result, ex) -> ex != null).join())
			.toList();
		this.server.faults().remove(fault);
		return failures;
	}

	private CompletableFuture<?> putOne(KinesisAsyncClient client) {
		return client.putRecord(
				(request) -> request.streamName("audit").partitionKey("a").data(SdkBytes.fromUtf8String("payload")));
	}

	private CompletableFuture<PutRecordsResponse> put(String stream, int count) {
		List<PutRecordsRequestEntry> entries = IntStream.range(0, count)
			.mapToObj((i) -> PutRecordsRequestEntry.builder()
				.partitionKey("key-" + i)
				.data(SdkBytes.fromUtf8String("payload"))
				.build())
			.toList();
		return this.http2.putRecords((request) -> request.streamName(stream).records(entries));
	}

	private CompletableFuture<GetRecordsResponse> read(String stream, String shard) {
		return this.http2
			.getShardIterator((request) -> request.streamName(stream)
				.shardId(shard)
				.shardIteratorType(ShardIteratorType.TRIM_HORIZON))
			.thenCompose(
					(iterator) -> this.http2.getRecords((request) -> request.shardIterator(iterator.shardIterator())));
	}

	private int countInAudit() {
		return read("audit", "shardId-000000000000").join().records().size();
	}

	private static void assertFails(Class<? extends Throwable> type, CompletableFuture<?> call) {
		assertThatExceptionOfType(CompletionException.class).isThrownBy(call::join).withCauseInstanceOf(type);
	}

}
