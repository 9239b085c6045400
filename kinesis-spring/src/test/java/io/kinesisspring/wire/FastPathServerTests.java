package io.kinesisspring.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.fault.FaultRule;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The fast path against a server that throttles, fails, drops connections and answers
 * with nothing: every record once, in order, as with the SDK.
 */
@Timeout(120)
class FastPathServerTests {

	private static final int RECORDS = 1000;

	@ParameterizedTest
	@EnumSource
	void readsEveryRecordOnceFromAFaultyServer(WireProtocol wire) {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder().dynamoDb(false).stream("orders", 1).start();
				KinesisAsyncClient plain = client(server, wire, List.of());
				KinesisAsyncClient quick = client(server, wire, List.of(FastPath.interceptor()))) {
			put(plain);
			List<String> expected = read(FastPath.of(plain), plain, false);
			addFaults(server);
			assertThat(read(FastPath.of(quick), quick, wire == WireProtocol.CBOR)).isEqualTo(expected).hasSize(RECORDS);
		}
	}

	private static void addFaults(EmbeddedKinesisServer server) {
		List<FaultRule> faults = List.of(FaultRule.throttle(), FaultRule.internalFailure(), FaultRule.dropBefore(),
				FaultRule.dropAfter(), FaultRule.emptyAnswer(), FaultRule.emptyStructure());
		for (int i = 0; i < faults.size(); i++) {
			server.faults().add(faults.get(i).action("GetRecords").probability(0.08, i));
		}
	}

	private static void put(KinesisAsyncClient client) {
		List<PutRecordsRequestEntry> entries = IntStream.range(0, RECORDS)
			.mapToObj((i) -> PutRecordsRequestEntry.builder()
				.partitionKey("k\u00e4y-" + i)
				.data(SdkBytes.fromByteArray(new byte[i]))
				.build())
			.toList();
		for (int i = 0; i < RECORDS; i += 500) {
			List<PutRecordsRequestEntry> part = entries.subList(i, i + 500);
			assertThat(client.putRecords((put) -> put.streamName("orders").records(part)).join().failedRecordCount())
				.isZero();
		}
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
			assertThat(records instanceof DecodedRecords).isEqualTo(decoding);
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
			.overrideConfiguration(
					(override) -> override.executionInterceptors(interceptors).apiCallTimeout(Duration.ofSeconds(30)))
			.build());
	}

}
