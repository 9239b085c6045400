package io.kinesisspring.producer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.testing.StreamReader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many records, and what must be true of them whatever goes wrong: all futures complete,
 * nothing is lost, the order of each key is kept, the buffer stays within its bounds, and
 * no record is stored more often than it was sent.
 */
final class Load {

	static final DataSize BUFFER = DataSize.ofMegabytes(16);

	/** One record of so many goes to the shard that all hot ones go to. */
	private static final int HOT = 20;

	private final KinesisAsyncClient client;

	private final String stream;

	private final int count;

	private final List<CompletableFuture<SendResult>> sent;

	Load(KinesisAsyncClient client, String stream, int count) {
		this.client = client;
		this.stream = stream;
		this.count = count;
		this.sent = new ArrayList<>(count);
	}

	/**
	 * Send all.
	 * @param options how to send
	 * @param before gets each record's number before it is sent
	 * @return the records stored more than once
	 */
	int run(ProducerOptions.Builder options, IntConsumer before) {
		try (KinesisTemplate template = KinesisTemplate.builder(this.client)
			.options(options.bufferMemory(BUFFER).build())
			.build()) {
			for (int i = 0; i < this.count; i++) {
				before.accept(i);
				this.sent.add(template.send(record(i)));
				assertThat(template.memory().used()).isLessThanOrEqualTo(BUFFER.toBytes());
			}
			template.flush().join();
			assertThat(template.inFlight()).isZero();
			assertThat(template.memory().used()).isZero();
		}
		return copies();
	}

	long attempts() {
		return this.sent.stream().mapToLong((future) -> future.join().attempts()).sum();
	}

	private ProducerRecord<String> record(int number) {
		boolean hot = number % HOT == 0;
		String key = (hot ? "hot-" : "key-") + number % 2000;
		return new ProducerRecord<>(this.stream, key, hot ? "0" : null, key + " " + number);
	}

	private int copies() {
		assertThat(this.sent).allSatisfy((future) -> assertThat(future).isCompleted());
		Map<String, Integer> stored = stored();
		assertThat(stored).hasSize(this.count);
		Map<String, Integer> last = new HashMap<>();
		int[] copies = new int[1];
		stored.forEach((text, times) -> {
			int number = Integer.parseInt(text.substring(text.indexOf(' ') + 1));
			Integer before = last.put(text.substring(0, text.indexOf(' ')), number);
			assertThat((before != null) ? before : -1).as("what was stored before " + text).isLessThan(number);
			assertThat(times).as(text).isLessThanOrEqualTo(this.sent.get(number).join().attempts());
			copies[0] += times - 1;
		});
		return copies[0];
	}

	/**
	 * Read all.
	 * @return how often each record is stored, in the order of the first copies
	 */
	private Map<String, Integer> stored() {
		Map<String, Integer> stored = new LinkedHashMap<>();
		StreamReader reader = new StreamReader(this.client);
		reader.forEach(this.stream, (record) -> {
			byte[] data = record.data().asByteArrayUnsafe();
			List<UserRecord> opened = AggregatedRecords.open(data)
				.orElseGet(() -> List.of(new UserRecord(record.partitionKey(), null, data)));
			opened.forEach((user) -> stored.merge(new String(user.data(), StandardCharsets.UTF_8), 1, Integer::sum));
		});
		return stored;
	}

}
