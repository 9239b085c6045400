package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a record of a fan-out subscription costs, which only the SDK decodes, in bytes
 * that are allocated.
 */
@Timeout(120)
class SubscriptionCostTests {

	private static final SubscribeToShardRequest REQUEST = SubscribeToShardRequest.builder()
		.consumerARN("arn:aws:kinesis:us-east-1:123456789012:stream/orders/consumer/billing:1")
		.shardId("shardId-000000000000")
		.startingPosition((from) -> from.type(ShardIteratorType.LATEST))
		.build();

	private final CannedHttp http = new CannedHttp();

	/**
	 * 2,996 and 36,950 bytes on Java 17. The SDK reads events in JSON only, in which data
	 * is in Base64.
	 */
	@Test
	void recordsOfSubscriptionsAreDecodedByTheSdk() {
		KinesisAsyncClient client = this.http.client(1, FastPath.interceptor());
		assertThat(subscribed(client, 200)).isBetween(1500L, 4000L);
		assertThat(subscribed(client, 4096)).isBetween(4L * 4096, 12L * 4096);
	}

	/**
	 * They see the bytes of the stream, but no single event.
	 */
	@Test
	void interceptorsSeeTheMessagesOfASubscription() {
		Contents contents = new Contents();
		subscribed(this.http.client(1, contents), 200);
		assertThat(contents.seen).isGreaterThan(0);
	}

	private long subscribed(KinesisAsyncClient client, int size) {
		byte[] event = message("SubscribeToShardEvent", json(size));
		byte[] first = message("initial-response", "{}".getBytes(StandardCharsets.US_ASCII));
		byte[] content = ByteBuffer.allocate(first.length + event.length).put(first).put(event).array();
		List<ByteBuffer> chunks = CannedHttp.chunks(content, 8192);
		AtomicInteger records = new AtomicInteger();
		return FastPathCostTests.bytesARecord(() -> {
			records.set(0);
			this.http.answer(SdkHttpFullResponse.builder()
				.statusCode(200)
				.putHeader("Content-Type", "application/vnd.amazon.eventstream")
				.build(), chunks.stream().map(ByteBuffer::duplicate).toList(), null);
			client
				.subscribeToShard(REQUEST, SubscribeToShardResponseHandler.builder()
					.subscriber((received) -> records.addAndGet(((SubscribeToShardEvent) received).records().size()))
					.build())
				.join();
			assertThat(records).hasValue(FastPathCostTests.RECORDS);
			return records;
		});
	}

	private static byte[] json(int size) {
		String data = Base64.getEncoder().encodeToString(new byte[size]);
		return IntStream.range(0, FastPathCostTests.RECORDS)
			.mapToObj((i) -> String.format(
					"{\"SequenceNumber\":\"4968048882401610135363996737133263428213313904480%07d\","
							+ "\"ApproximateArrivalTimestamp\":1.7E9,\"Data\":\"%s\",\"PartitionKey\":\"key-%03d\"}",
					i, data, i))
			.collect(Collectors.joining(",", "{\"Records\":[", "],\"MillisBehindLatest\":0}"))
			.getBytes(StandardCharsets.US_ASCII);
	}

	private static byte[] message(String event, byte[] payload) {
		ByteBuffer headers = ByteBuffer.allocate(200);
		header(headers, ":message-type", "event");
		header(headers, ":event-type", event);
		header(headers, ":content-type", "application/x-amz-json-1.1");
		headers.flip();
		ByteBuffer message = ByteBuffer.allocate(16 + headers.remaining() + payload.length);
		message.putInt(message.capacity()).putInt(headers.remaining()).putInt(crc32(message, 8));
		message.put(headers).put(payload);
		return message.putInt(crc32(message, message.position())).array();
	}

	private static void header(ByteBuffer headers, String name, String value) {
		headers.put((byte) name.length()).put(name.getBytes(StandardCharsets.US_ASCII));
		headers.put((byte) 7).putShort((short) value.length()).put(value.getBytes(StandardCharsets.US_ASCII));
	}

	private static int crc32(ByteBuffer message, int length) {
		CRC32 crc = new CRC32();
		crc.update(message.array(), 0, length);
		return (int) crc.getValue();
	}

	/**
	 * Counts the contents of responses.
	 */
	private static final class Contents implements ExecutionInterceptor {

		private int seen;

		@Override
		public Optional<Publisher<ByteBuffer>> modifyAsyncHttpResponseContent(Context.ModifyHttpResponse context,
				ExecutionAttributes attributes) {
			this.seen++;
			return context.responsePublisher();
		}

	}

}
