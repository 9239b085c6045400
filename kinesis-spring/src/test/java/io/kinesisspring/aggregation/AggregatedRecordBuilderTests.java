package io.kinesisspring.aggregation;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link AggregatedRecordBuilder}, with the Kinesis Client Library reading what
 * it writes.
 */
class AggregatedRecordBuilderTests {

	@Test
	void theClientLibraryReadsOurRecords() {
		List<UserRecord> records = List.of(user("a", null, "one"), user("b", "12345", "two"), user("a", null, ""),
				user("ключ", "12345", "four"));

		assertThat(openedByTheClientLibrary(build(records).build())).isEqualTo(records);
	}

	@Test
	void theClientLibraryAndWeReadRandomRecords() {
		Random random = new Random(5);
		for (int i = 0; i < 300; i++) {
			List<UserRecord> records = new ArrayList<>();
			int count = 2 + random.nextInt(300);
			for (int j = 0; j < count; j++) {
				records.add(user("key-" + random.nextInt(200),
						random.nextBoolean() ? Integer.toString(random.nextInt(1 << 20)) : null,
						"d".repeat(random.nextInt(400))));
			}
			byte[] data = build(records).build();
			assertThat(openedByTheClientLibrary(data)).isEqualTo(records);
			assertThat(AggregatedRecords.open(data)).contains(records);
		}
	}

	@Test
	void computesTheExactSizeBeforehand() {
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		Random random = new Random(6);
		for (int i = 0; i < 300; i++) {
			String key = "key-" + random.nextInt(150);
			String hashKey = random.nextBoolean() ? Integer.toString(random.nextInt(150)) : null;
			byte[] data = new byte[random.nextInt(20_000)];
			long size = builder.sizeWith(key, hashKey, data);
			builder.add(key, hashKey, data);
			if (i > 0) {
				assertThat(builder.build()).hasSize((int) size);
			}
		}
		assertThat(builder.count()).isEqualTo(300);
	}

	@Test
	void doesNotAggregateASingleRecord() {
		byte[] data = { 1, 2, 3 };
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		builder.add("a", null, data);

		assertThat(builder.build()).isSameAs(data);
	}

	@Test
	void rejectsAnEmptyAggregate() {
		assertThatIllegalStateException().isThrownBy(() -> new AggregatedRecordBuilder().build());
	}

	private static AggregatedRecordBuilder build(List<UserRecord> records) {
		AggregatedRecordBuilder builder = new AggregatedRecordBuilder();
		for (UserRecord record : records) {
			builder.add(record.partitionKey(), record.explicitHashKey(), record.data());
		}
		return builder;
	}

	private static List<UserRecord> openedByTheClientLibrary(byte[] data) {
		KinesisClientRecord record = KinesisClientRecord.builder()
			.partitionKey("outer")
			.sequenceNumber("1")
			.data(ByteBuffer.wrap(data))
			.build();
		List<KinesisClientRecord> opened = new AggregatorUtil().deaggregate(List.of(record), BigInteger.ZERO,
				BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE));
		List<UserRecord> records = new ArrayList<>();
		for (KinesisClientRecord user : opened) {
			assertThat(user.subSequenceNumber()).isEqualTo(records.size());
			assertThat(user.aggregated()).isTrue();
			byte[] payload = new byte[user.data().remaining()];
			user.data().get(payload);
			records.add(new UserRecord(user.partitionKey(), user.explicitHashKey(), payload));
		}
		return records;
	}

	private static UserRecord user(String partitionKey, @Nullable String explicitHashKey, String data) {
		return new UserRecord(partitionKey, explicitHashKey, data.getBytes(StandardCharsets.UTF_8));
	}

}
