package io.kinesisspring.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The fast path against a server that throttles, fails, drops connections and answers
 * with nothing: every record is read once, in order, as with the SDK, and what is sent is
 * stored as the SDK has it stored.
 */
@Timeout(300)
class FastPathServerTests {

	private static final int RECORDS = 1000;

	/** A starved machine may need longer than the SDK's ten seconds for a connection. */
	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@ParameterizedTest
	@EnumSource
	void readsEveryRecordOnceFromAFaultyServer(WireProtocol wire) {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 1).start();
				KinesisAsyncClient plain = client(server, wire, List.of());
				KinesisAsyncClient quick = client(server, wire, List.of(FastPath.interceptor()))) {
			put(plain);
			List<String> expected = read(FastPath.of(plain), plain, false);
			addFaults(server, "GetRecords");
			assertThat(read(FastPath.of(quick), quick, wire == WireProtocol.CBOR)).isEqualTo(expected).hasSize(RECORDS);
		}
	}

	@ParameterizedTest
	@EnumSource
	void storesEveryRecordOfASuccessfulRequest(WireProtocol wire) {
		Probe probe = new Probe();
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 1).start();
				KinesisAsyncClient quick = client(server, wire, List.of(FastPath.interceptor(), probe))) {
			addFaults(server, "PutRecords");
			FastPath path = FastPath.of(quick);
			assertThat(path.isEncoding()).isTrue();
			String stream = "arn:aws:kinesis:us-east-1:000000000000:stream/orders";
			for (int i = 0; i < 40; i++) {
				RecordsRequest request = new RecordsRequest((i % 2 > 0) ? "orders" : stream, 10);
				entries().subList(i * 10, i * 10 + 10)
					.forEach((entry) -> request.add(entry.partitionKey(), null, entry.data().asByteArray()));
				probe.decoded += putUntilStored(path, probe, request);
			}
			server.faults().clear();
			Set<String> stored = new TreeSet<>();
			server.records("orders")
				.forEach((record) -> stored.add(record.partitionKey() + " " + record.data().length));
			assertThat(stored).isEqualTo(entries().stream()
				.limit(400)
				.map((entry) -> entry.partitionKey() + " " + entry.data().asByteArray().length)
				.collect(Collectors.toCollection(TreeSet::new)));
			assertThat(probe.withoutRecords).isEqualTo(wire == WireProtocol.CBOR);
			assertThat(probe.decoded).isEqualTo((wire == WireProtocol.CBOR) ? 40 : 0);
		}
	}

	/**
	 * Put records.
	 * @return how often the fast path has decoded the response, so 0 or 1
	 */
	private static int putUntilStored(FastPath path, Probe probe, RecordsRequest request) {
		while (true) {
			try {
				PutRecordsResponse response = path.putRecords(request).join();
				if (response.records().size() == request.size()) {
					assertThat(response.failedRecordCount()).isZero();
					assertThat(response.records()).allMatch((result) -> result.errorCode() == null
							&& result.shardId().equals("shardId-000000000000") && !result.sequenceNumber().isEmpty());
					return probe.hasDecoded() ? 1 : 0;
				}
			}
			catch (CompletionException ex) {
				assertThat(ex.getCause()).isInstanceOf(SdkException.class);
			}
		}
	}

	private static void addFaults(EmbeddedKinesisServer server, String action) {
		List<FaultRule> faults = List.of(FaultRule.throttle(), FaultRule.internalFailure(), FaultRule.dropBefore(),
				FaultRule.dropAfter(), FaultRule.emptyAnswer(), FaultRule.emptyStructure());
		for (int i = 0; i < faults.size(); i++) {
			server.faults().add(faults.get(i).action(action).probability(0.08, i));
		}
	}

	private static void put(KinesisAsyncClient client) {
		List<PutRecordsRequestEntry> entries = entries();
		for (int i = 0; i < RECORDS; i += 500) {
			List<PutRecordsRequestEntry> part = entries.subList(i, i + 500);
			assertThat(client.putRecords((put) -> put.streamName("orders").records(part)).join().failedRecordCount())
				.isZero();
		}
	}

	private static List<PutRecordsRequestEntry> entries() {
		return IntStream.range(0, RECORDS)
			.mapToObj((i) -> PutRecordsRequestEntry.builder()
				.partitionKey("k\u00e4y-" + i)
				.data(SdkBytes.fromByteArray(new byte[i]))
				.build())
			.toList();
	}

	private static List<String> read(FastPath path, KinesisAsyncClient client, boolean decoding) {
		String iterator = client
			.getShardIterator(
					(get) -> get.streamName("orders").shardId("shardId-000000000000").shardIteratorType("TRIM_HORIZON"))
			.join()
			.shardIterator();
		List<String> read = new ArrayList<>();
		int answers = 0;
		while (read.size() < RECORDS) {
			GetRecordsRequest request = GetRecordsRequest.builder().shardIterator(iterator).limit(10).build();
			RecordsResponse response;
			try {
				response = path.getRecords(request).join();
			}
			catch (CompletionException ex) {
				continue;
			}
			StoredRecords records = response.records();
			if (records == null) {
				continue;
			}
			answers++;
			assertThat(records instanceof EncodedRecords).isEqualTo(decoding);
			for (int i = 0; i < records.size(); i++) {
				byte[] data = records.data(i);
				read.add(records.sequenceNumber(i) + " " + records.partitionKey(i) + " " + records.approximateArrival(i)
						+ " " + ((data != null) ? data.length : -1));
			}
			iterator = response.nextShardIterator();
		}
		assertThat(answers).isEqualTo(RECORDS / 10);
		return read;
	}

	private static KinesisAsyncClient client(EmbeddedKinesisServer server, WireProtocol wire,
			List<ExecutionInterceptor> interceptors) {
		return wire.use(() -> KinesisAsyncClient.builder()
			.endpointOverride(server.endpoint())
			.region(Region.US_EAST_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
			.httpClientBuilder(NettyNioAsyncHttpClient.builder()
				.connectionAcquisitionTimeout(PATIENCE)
				.connectionTimeout(PATIENCE))
			.overrideConfiguration((override) -> override.executionInterceptors(interceptors)
				.retryStrategy(DefaultRetryStrategy.standardStrategyBuilder()
					.backoffStrategy(BackoffStrategy.retryImmediately())
					.throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
					.build()))
			.build());
	}

	/**
	 * Sees whether the SDK got requests and responses without records.
	 */
	private static final class Probe implements ExecutionInterceptor {

		private volatile boolean withoutRecords;

		private volatile @Nullable PutCall call;

		private int decoded;

		/**
		 * Whether the fast path has decoded the response of any attempt.
		 */
		boolean hasDecoded() {
			PutCall last = Objects.requireNonNull(this.call);
			return IntStream.rangeClosed(1, 3)
				.anyMatch((i) -> last
					.responseFor(PutRecordsResponse.builder().encryptionType("\u0001fast-path " + i).build())
					.hasRecords());
		}

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			this.call = attributes.getAttribute(PutCall.ATTRIBUTE);
			this.withoutRecords |= context.request() instanceof PutRecordsRequest put && put.records().isEmpty();
		}

	}

}
