package io.kinesisspring.embedded;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

import io.kinesisspring.embedded.testing.KinesisClients;
import io.kinesisspring.embedded.testing.WireProtocol;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many records through streams that forget the oldest. How many millions is set by
 * {@code -Dkinesis.test.soak}.
 */
class SoakTests {

	private static final double MILLIONS = Double.parseDouble(System.getProperty("kinesis.test.soak", "0.2"));

	private static final int BATCH = 500;

	private static final long LIMIT = 16 << 20;

	@Test
	void memoryDoesNotGrow() {
		try (EmbeddedKinesisServer server = EmbeddedKinesisServer.builder()
			.dynamoDb(false)
			.memoryLimit(LIMIT)
			.stream("orders", 4)
			.start();
				KinesisAsyncClient client = KinesisClients.withoutRetries(server.endpoint(), WireProtocol.CBOR,
						Protocol.HTTP1_1)) {
			SdkBytes data = SdkBytes.fromByteArray(new byte[200]);
			List<PutRecordsRequestEntry> entries = IntStream.range(0, BATCH)
				.mapToObj((i) -> PutRecordsRequestEntry.builder().partitionKey("key-" + i).data(data).build())
				.toList();
			long batches = (long) (MILLIONS * 1_000_000 / BATCH);
			long atFirst = 0;
			for (long i = 0; i < batches; i++) {
				client.putRecords((request) -> request.streamName("orders").records(entries)).join();
				if (i == batches / 2) {
					atFirst = usedHeap();
				}
			}
			assertThat(server.memoryUsed()).isBetween(LIMIT / 2, LIMIT);
			assertThat(usedHeap()).isLessThan(atFirst + (32 << 20));
		}
	}

	private static long usedHeap() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

}
