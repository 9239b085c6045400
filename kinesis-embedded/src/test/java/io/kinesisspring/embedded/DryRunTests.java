package io.kinesisspring.embedded;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.AccessDeniedException;
import software.amazon.awssdk.services.kinesis.model.DryRunOperationException;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;
import software.amazon.awssdk.services.kinesis.model.ValidationException;

import io.kinesisspring.embedded.conformance.TestSubscription;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.limit.StreamLimits;
import io.kinesisspring.embedded.store.MovableClock;
import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Dry runs: everything is checked, nothing is stored, read or subscribed.
 */
@Timeout(30)
class DryRunTests {

	private static final String FIRST = "shardId-000000000000";

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private final MovableClock clock = MovableClock.standingAt(Instant.parse("2026-11-28T12:00:00Z"));

	private final EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
		.dynamoDb(false)
		.clock(this.clock)
		.stream("orders", 1)
		.stream("invoices", 1)
		.start();

	private final KinesisAsyncClient client = KinesisClients.withoutRetries(this.server.endpoint(), WireProtocol.CBOR,
			Protocol.HTTP2);

	private String consumerArn;

	@BeforeEach
	void register() {
		String streamArn = this.client.describeStreamSummary((describe) -> describe.streamName("orders"))
			.join()
			.streamDescriptionSummary()
			.streamARN();
		this.consumerArn = this.client
			.registerStreamConsumer((register) -> register.streamARN(streamArn).consumerName("billing"))
			.join()
			.consumer()
			.consumerARN();
	}

	@AfterEach
	void stop() {
		this.client.close();
		this.server.close();
	}

	@Test
	void putsStoreNothing() {
		assertSucceeds(putRecord(true));
		this.clock.advance(INTERVAL);
		assertSucceeds(putRecords("orders", true, "1", "2", "3"));
		assertThat(payloads()).isEmpty();
		assertThat(this.server.memoryUsed()).isZero();
	}

	@Test
	void aCallWithoutDryRunTakesEffect() {
		putRecord(false).join();
		putRecords("orders", false, "2").join();
		assertThat(payloads()).containsExactly("1", "2");
	}

	@Test
	void readsReturnNothingAndDoNotCountForReadLimits() {
		putRecords("orders", false, "1").join();
		this.server.limits("orders", StreamLimits.service());
		String iterator = iterator();
		assertSucceeds(getRecords(iterator, true));
		IntStream.range(0, 5).forEach((i) -> getRecords(iterator, false).join());
	}

	@Test
	void putsDoNotCountForWriteLimits() {
		this.server.limits("orders", new StreamLimits(1, 1 << 20, 5, 2 << 20));
		assertSucceeds(putRecords("orders", true, "1", "2", "3"));
		assertThat(putRecords("orders", false, "1").join().failedRecordCount()).isZero();
		this.clock.advance(INTERVAL.dividedBy(2));
		assertThat(putRecords("orders", false, "2").join().failedRecordCount()).isOne();
	}

	@Test
	void returnsNoIterators() {
		assertSucceeds(getShardIterator("orders", true));
	}

	@Test
	void opensNoSubscription() {
		assertSucceeds(subscribe(this.consumerArn, FIRST));
		TestSubscription subscription = new TestSubscription(this.client, this.consumerArn, FIRST,
				(position) -> position.type(ShardIteratorType.TRIM_HORIZON));
		subscription.responded().join();
		putRecords("orders", false, "1").join();
		await().until(() -> subscription.payloads().equals(List.of("1")));
		this.clock.advance(INTERVAL);
		assertSucceeds(subscribe(this.consumerArn, FIRST));
		putRecords("orders", false, "2").join();
		await().until(() -> subscription.payloads().equals(List.of("1", "2")));
		assertThat(subscription.ended()).isNotDone();
		subscription.cancel();
	}

	@Test
	void limitsAStreamToOneDryRunPerSecondForAllActions() {
		String iterator = iterator();
		assertSucceeds(putRecord(true));
		assertThrottled(putRecord(true));
		assertThrottled(putRecords("orders", true, "1"));
		assertThrottled(getRecords(iterator, true));
		assertThrottled(getShardIterator("orders", true));
		assertThrottled(subscribe(this.consumerArn, FIRST));
		this.clock.advance(INTERVAL.minusMillis(1));
		assertThrottled(putRecord(true));
		this.clock.advance(Duration.ofMillis(1));
		assertSucceeds(getRecords(iterator, true));
		assertThrottled(subscribe(this.consumerArn, FIRST));
	}

	@Test
	void limitsEachStreamSeparately() {
		assertSucceeds(putRecords("orders", true, "1"));
		assertSucceeds(putRecords("invoices", true, "1"));
		assertThat(putRecords("orders", false, "1").join().failedRecordCount()).isZero();
	}

	@Test
	void anInvalidDryRunFailsLikeTheCall() {
		String iterator = iterator();
		assertFails(ResourceNotFoundException.class, putRecords("nowhere", true, "1"));
		assertFails(ResourceNotFoundException.class, subscribe(this.consumerArn + "0", FIRST));
		assertFails(ResourceNotFoundException.class, afterASecond(() -> subscribe(this.consumerArn, "shardId-7")));
		assertFails(ValidationException.class, this.client.putRecords((put) -> put.streamName("orders").dryRun(true)));
		assertFails(InvalidArgumentException.class,
				afterASecond(() -> this.client.putRecord((put) -> put(put, true).explicitHashKey("9".repeat(39)))));
		assertFails(InvalidArgumentException.class, afterASecond(
				() -> this.client.putRecord((put) -> put(put, true).data(SdkBytes.fromByteArray(new byte[1 << 20])))));
		assertFails(InvalidArgumentException.class,
				afterASecond(() -> this.client.getShardIterator(
						(get) -> get(get, "orders", true).shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
							.timestamp(this.clock.instant().plusSeconds(60)))));
		this.clock.advance(Duration.ofMinutes(6));
		assertFails(ExpiredIteratorException.class, getRecords(iterator, true));
	}

	@Test
	void reportsDenialsWithoutCountingThemForTheLimit() {
		this.server.faults().add(FaultRule.accessDenied().action("PutRecords").times(1));
		assertFails(AccessDeniedException.class, putRecords("orders", true, "1"));
		assertSucceeds(putRecords("orders", true, "1"));
	}

	private <T> T afterASecond(Supplier<T> call) {
		this.clock.advance(INTERVAL);
		return call.get();
	}

	private CompletableFuture<?> putRecord(boolean dryRun) {
		return this.client.putRecord((put) -> put(put, dryRun));
	}

	private static PutRecordRequest.Builder put(PutRecordRequest.Builder put, boolean dryRun) {
		return put.streamName("orders").partitionKey("a").data(SdkBytes.fromUtf8String("1")).dryRun(dryRun);
	}

	private CompletableFuture<PutRecordsResponse> putRecords(String stream, boolean dryRun, String... payloads) {
		List<PutRecordsRequestEntry> entries = List.of(payloads)
			.stream()
			.map((payload) -> PutRecordsRequestEntry.builder()
				.partitionKey("a")
				.data(SdkBytes.fromUtf8String(payload))
				.build())
			.toList();
		return this.client.putRecords((put) -> put.streamName(stream).records(entries).dryRun(dryRun));
	}

	private CompletableFuture<?> getRecords(String iterator, boolean dryRun) {
		return this.client.getRecords((get) -> get.shardIterator(iterator).dryRun(dryRun));
	}

	private CompletableFuture<?> getShardIterator(String stream, boolean dryRun) {
		return this.client.getShardIterator((get) -> get(get, stream, dryRun));
	}

	private static GetShardIteratorRequest.Builder get(GetShardIteratorRequest.Builder get, String stream,
			boolean dryRun) {
		return get.streamName(stream).shardId(FIRST).shardIteratorType(ShardIteratorType.TRIM_HORIZON).dryRun(dryRun);
	}

	private CompletableFuture<?> subscribe(String consumerArn, String shard) {
		return this.client.subscribeToShard((subscribe) -> subscribe.consumerARN(consumerArn)
			.shardId(shard)
			.startingPosition((position) -> position.type(ShardIteratorType.LATEST))
			.dryRun(true), SubscribeToShardResponseHandler.builder().subscriber((event) -> {
			}).build());
	}

	private String iterator() {
		return this.client.getShardIterator((get) -> get(get, "orders", false)).join().shardIterator();
	}

	private List<String> payloads() {
		String iterator = iterator();
		return this.client.getRecords((get) -> get.shardIterator(iterator))
			.join()
			.records()
			.stream()
			.map((record) -> record.data().asUtf8String())
			.toList();
	}

	private static void assertSucceeds(CompletableFuture<?> call) {
		assertFails(DryRunOperationException.class, call)
			.withMessageContaining("Request would have succeeded, but DryRun flag is set.");
	}

	private static void assertThrottled(CompletableFuture<?> call) {
		assertFails(KinesisException.class, call).havingCause()
			.asInstanceOf(InstanceOfAssertFactories.type(AwsServiceException.class))
			.extracting((ex) -> ex.awsErrorDetails().errorCode())
			.isEqualTo("ThrottlingException");
	}

	private static ThrowableAssertAlternative<CompletionException> assertFails(Class<? extends Throwable> type,
			CompletableFuture<?> call) {
		return assertThatExceptionOfType(CompletionException.class).isThrownBy(call::join).withCauseInstanceOf(type);
	}

}
