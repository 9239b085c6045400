package io.kinesisspring.wire;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a record costs on the fast path and in the SDK, in bytes that are allocated: a
 * count that any machine comes to, with room for what a compiler may or may not do.
 */
@Timeout(120)
class FastPathCostTests {

	static final int RECORDS = 500;

	private final CannedHttp http = new CannedHttp();

	private final FastPath fast = FastPath.of(this.http.client(1, FastPath.interceptor()));

	private final FastPath sdk = FastPath.of(this.http.client(1));

	/**
	 * 511 and 2,530 bytes on Java 17.
	 */
	@Test
	void smallRecordsAreReadWithFewCopies() {
		assertThat(received(this.fast, 200)).isBetween(200L, 600L);
		assertThat(received(this.sdk, 200)).isGreaterThan(2 * received(this.fast, 200));
	}

	/**
	 * 65 bytes on Java 17: where the values of a record are in the response.
	 */
	@Test
	void recordsThatWaitAreNotDecoded() {
		List<ByteBuffer> chunks = CannedHttp.chunks(answer(200), 8192);
		assertThat(bytesARecord(() -> RecordsDecoder.decode(chunks))).isLessThan(80);
	}

	/**
	 * 4,444 and 33,881 bytes on Java 17.
	 */
	@Test
	void largeRecordsAreReadWithOneCopy() {
		assertThat(received(this.fast, 4096)).isBetween(4096L, 4600L);
		assertThat(received(this.sdk, 4096)).isGreaterThan(4 * received(this.fast, 4096));
	}

	/**
	 * The one copy of the request is the SDK's, for each attempt: 521 and 1,642 bytes on
	 * Java 17, with large records 4,441 and 10,013.
	 */
	@Test
	void recordsAreSentWithOneCopy() {
		this.http.dropContent();
		assertThat(sent(this.fast, 200)).isBetween(200L, 600L);
		assertThat(sent(this.sdk, 200)).isGreaterThan(9 * sent(this.fast, 200) / 5);
		assertThat(sent(this.fast, 4096)).isBetween(4096L, 4700L);
		assertThat(sent(this.sdk, 4096)).isGreaterThan(2 * sent(this.fast, 4096));
	}

	private long received(FastPath path, int size) {
		byte[] content = answer(size);
		List<ByteBuffer> chunks = CannedHttp.chunks(content, 8192);
		GetRecordsRequest request = GetRecordsRequest.builder().shardIterator("it").build();
		return bytesARecord(() -> {
			this.http.answer(200, chunks.stream().map(ByteBuffer::duplicate).toList());
			return readAll(Objects.requireNonNull(path.getRecords(request).join().records()));
		});
	}

	private static Object readAll(StoredRecords records) {
		int read = 0;
		for (int i = 0; i < records.size(); i++) {
			read += String.valueOf(records.sequenceNumber(i)).length()
					+ String.valueOf(records.partitionKey(i)).length()
					+ Objects.requireNonNull(records.approximateArrival(i)).getNano()
					+ Objects.requireNonNull(records.data(i)).length;
		}
		return read;
	}

	private long sent(FastPath path, int size) {
		RecordsRequest request = new RecordsRequest("orders", RECORDS);
		IntStream.range(0, RECORDS).forEach((i) -> request.add("key-" + i, null, new byte[size]));
		List<ByteBuffer> chunks = CannedHttp.chunks(results(), 8192);
		return bytesARecord(() -> {
			this.http.sent().clear();
			this.http.answer(200, chunks.stream().map(ByteBuffer::duplicate).toList());
			return path.putRecords(request).join();
		});
	}

	static long bytesARecord(Supplier<Object> call) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		return IntStream.range(0, 5).mapToLong((i) -> {
			long before = threads.getCurrentThreadAllocatedBytes();
			assertThat(call.get()).isNotNull();
			return (threads.getCurrentThreadAllocatedBytes() - before) / RECORDS;
		}).min().orElseThrow();
	}

	private static byte[] results() {
		StringBuilder answer = new StringBuilder("\u00A2\u0071FailedRecordCount\u0000\u0067Records\u009F");
		for (int i = 0; i < RECORDS; i++) {
			answer.append("\u00A2\u006ESequenceNumber\u0078\u0038")
				.append(String.format("4968048882401610135363996737133263428213313904480%07d", i))
				.append(String.format("\u0067ShardId\u0074shardId-%012d", i % 4));
		}
		return answer.append('\u00FF').toString().getBytes(StandardCharsets.ISO_8859_1);
	}

	private static byte[] answer(int size) {
		int head = (size < 256) ? 2 : 3;
		ByteBuffer answer = ByteBuffer.allocate(RECORDS * (size + 200));
		answer.put("\u00A1\u0067Records\u009F".getBytes(StandardCharsets.ISO_8859_1));
		for (int i = 0; i < RECORDS; i++) {
			answer.put("\u00A4\u006ESequenceNumber\u0078\u0038".getBytes(StandardCharsets.ISO_8859_1));
			answer.put(String.format("4968048882401610135363996737133263428213313904480%07d", i)
				.getBytes(StandardCharsets.US_ASCII));
			answer.put("\u006CPartitionKey\u0067".getBytes(StandardCharsets.US_ASCII));
			answer.put(String.format("key-%03d", i).getBytes(StandardCharsets.US_ASCII));
			answer.put("\u0078\u001BApproximateArrivalTimestamp\u00C1\u001B".getBytes(StandardCharsets.ISO_8859_1));
			answer.putLong(1_700_000_000_000L);
			answer.put("\u0064Data".getBytes(StandardCharsets.US_ASCII));
			answer.put((byte) (0x58 + head - 2));
			if (head == 2) {
				answer.put((byte) size);
			}
			else {
				answer.putShort((short) size);
			}
			answer.position(answer.position() + size);
		}
		answer.put((byte) 0xFF).flip();
		byte[] content = new byte[answer.remaining()];
		answer.get(content);
		return content;
	}

}
