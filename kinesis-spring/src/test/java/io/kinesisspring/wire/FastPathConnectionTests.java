package io.kinesisspring.wire;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.Fault;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.KinesisClients;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * However a call ends, its connection is given back: a client with a pool of one can call
 * again.
 */
@Timeout(300)
class FastPathConnectionTests {

	private static final int RECORDS = 400;

	/**
	 * So that a connection that is not given back is noticed, however slow the machine.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private EmbeddedKinesisServer server;

	private FastPath path;

	private String iterator;

	@ParameterizedTest
	@EnumSource(names = { "HTTP1_1", "HTTP2" })
	void connectionsAreGivenBackHoweverCallsEnd(Protocol protocol) {
		try (EmbeddedKinesisServer started = EmbeddedKinesisServer.builder()
			.dynamoDb(false)
			.stream("orders", 1)
			.start(); KinesisAsyncClient client = client(started, protocol)) {
			this.server = started;
			this.path = FastPath.of(client);
			put(client);
			this.iterator = client.getShardIterator(
					(get) -> get.streamName("orders").shardId("shardId-000000000000").shardIteratorType("TRIM_HORIZON"))
				.join()
				.shardIterator();
			assertThat(this.path.isDecoding()).isTrue();
			for (FaultRule fault : List.of(FaultRule.throttle(), FaultRule.internalFailure(),
					FaultRule.expiredIterator(), FaultRule.dropBefore(), FaultRule.dropAfter(), FaultRule.emptyAnswer(),
					FaultRule.emptyStructure())) {
				callsWith(fault);
			}
			attemptsThatTimeOut();
			callsThatAreCancelled(client);
		}
	}

	private void callsWith(FaultRule rule) {
		Fault fault = this.server.faults().add(rule.action("GetRecords"));
		for (int i = 0; i < 3; i++) {
			RecordsResponse response = get(request(PATIENCE)).join();
			assertThat((response != null) ? response.records() : null).isNull();
		}
		this.server.faults().remove(fault);
		readsAll();
	}

	/**
	 * The first part of the answer may have arrived.
	 */
	private void attemptsThatTimeOut() {
		for (int millis = 1; millis < 40; millis += 3) {
			Fault fault = this.server.faults().add(FaultRule.latency(Duration.ofMillis(20)).action("GetRecords"));
			get(request(Duration.ofMillis(millis))).join();
			this.server.faults().remove(fault);
		}
		readsAll();
	}

	private void callsThatAreCancelled(KinesisAsyncClient client) {
		for (int i = 0; i < 10; i++) {
			CompletableFuture<?> call = client.getRecords(request(PATIENCE).toBuilder()
				.overrideConfiguration(
						(override) -> override.putExecutionAttribute(RecordsCall.ATTRIBUTE, new RecordsCall()))
				.build());
			call.cancel(true);
		}
		readsAll();
	}

	private void readsAll() {
		for (int i = 0; i < 2; i++) {
			StoredRecords records = this.path.getRecords(request(PATIENCE)).join().records();
			assertThat(records).isInstanceOf(EncodedRecords.class).extracting(StoredRecords::size).isEqualTo(RECORDS);
		}
	}

	private CompletableFuture<RecordsResponse> get(GetRecordsRequest request) {
		return this.path.getRecords(request).exceptionally((ex) -> {
			assertThat(ex).hasMessageNotContaining("Acquire operation");
			return null;
		});
	}

	private GetRecordsRequest request(Duration timeout) {
		return GetRecordsRequest.builder()
			.shardIterator(this.iterator)
			.overrideConfiguration((override) -> override.apiCallAttemptTimeout(timeout))
			.build();
	}

	private static void put(KinesisAsyncClient client) {
		List<PutRecordsRequestEntry> entries = IntStream.range(0, RECORDS)
			.mapToObj((i) -> PutRecordsRequestEntry.builder()
				.partitionKey("key-" + i)
				.data(SdkBytes.fromByteArray(new byte[1000]))
				.build())
			.toList();
		assertThat(client.putRecords((put) -> put.streamName("orders").records(entries)).join().failedRecordCount())
			.isZero();
	}

	private static KinesisAsyncClient client(EmbeddedKinesisServer server, Protocol protocol) {
		return KinesisAsyncClient.builder()
			.endpointOverride(server.endpoint())
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.httpClientBuilder(NettyNioAsyncHttpClient.builder()
				.protocol(protocol)
				.maxConcurrency(1)
				.connectionAcquisitionTimeout(PATIENCE)
				.connectionTimeout(PATIENCE))
			.overrideConfiguration((override) -> override.addExecutionInterceptor(FastPath.interceptor())
				.retryStrategy(KinesisClients.closedConnections()))
			.build();
	}

}
