package io.kinesisspring.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.Record;

import io.kinesisspring.SequenceNumber;
import io.kinesisspring.aggregation.AggregatedRecordBuilder;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.testing.Seeds;
import io.kinesisspring.wire.EncodedResponse;
import io.kinesisspring.wire.StoredRecords;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RecordUnpacker}.
 */
class RecordUnpackerTests {

	private static final Record RECORD = Record.builder()
		.sequenceNumber("1")
		.partitionKey("key")
		.data(SdkBytes.fromUtf8String("x"))
		.build();

	private static final ReaderOptions OPTIONS = new ReaderOptions(10_000, Duration.ofMillis(200),
			DataSize.ofMegabytes(16), Duration.ofSeconds(1), OnStaleCheckpoint.TRIM_HORIZON, OutOfRange.DELIVER,
			OnAccessDenied.RETRY, Duration.ofMinutes(5), ShardEvents.NONE);

	private final RecordUnpacker unpacker = new RecordUnpacker("orders", "shard-0", Checkpoint.TRIM_HORIZON, OPTIONS,
			false);

	@Test
	void aResponseWithoutARecordIsIncomplete() {
		StoredRecords records = StoredRecords.of(Arrays.asList(RECORD, null));
		assertThatExceptionOfType(IncompleteResponseException.class)
			.isThrownBy(() -> this.unpacker.unpack("GetRecords", records, 0L, "next", List.of()))
			.withMessageContaining("kinesis:GetRecords on shard 'shard-0' of stream 'orders'")
			.withMessageContaining("'SequenceNumber'");
	}

	@Test
	void aMissingChildIsNoChild() {
		ChildShard child = ChildShard.builder().shardId("shard-1").parentShards("shard-0").build();
		assertThat(ChildShards.describe("shard-0", Arrays.asList(null, child))).extracting(ShardDescription::shardId)
			.containsExactly("shard-1");
	}

	/**
	 * Records that are decoded late are those that are decoded at once, with the same
	 * counts, and numbers that are none fail at once.
	 */
	@Test
	void whatIsDecodedLateIsTheSame() {
		AtomicInteger late = new AtomicInteger();
		Seeds.of(3_000).forEach((seed) -> {
			Random random = new Random(seed * 0x9E3779B97F4A7C15L);
			List<Record> records = IntStream.range(0, random.nextInt(6)).mapToObj((i) -> record(i, random)).toList();
			Checkpoint from = random.nextBoolean() ? Checkpoint.TRIM_HORIZON
					: new Checkpoint.After(SequenceNumber.of(number(random.nextInt(6))),
							random.nextBoolean() ? Checkpoint.WHOLE_RECORD : random.nextInt(2));
			StoredRecords encoded = EncodedResponse.of(records, random);
			Object unpacked = unpack(encoded, from, true);
			assertThat(unpacked).as("seed %d", seed)
				.usingRecursiveComparison()
				.ignoringFields("stored")
				.isEqualTo(unpack(encoded, from, false))
				.isEqualTo(unpack(StoredRecords.of(records), from, false));
			if (unpacked instanceof RecordUnpacker.Unpacked read && read.records() instanceof LazyRecords) {
				late.incrementAndGet();
			}
		});
		assertThat(late.get()).isBetween((int) Seeds.count(3_000) / 4, (int) Seeds.count(3_000) * 3 / 4);
	}

	private static Object unpack(StoredRecords stored, Checkpoint from, boolean lazy) {
		try {
			return new RecordUnpacker("orders", "shard-0", from, OPTIONS, lazy).unpack("GetRecords", stored, 7L, "next",
					List.of());
		}
		catch (RuntimeException ex) {
			return ex.toString();
		}
	}

	private static String number(int index) {
		return "4968048882401610135363996737133263428213313904480930000" + index;
	}

	private static Record record(int index, Random random) {
		boolean odd = random.nextInt(30) == 0;
		String number = !odd ? number(index)
				: List.of("0", "007", "0" + number(index), "", "12x", "-1", "1\u0661").get(random.nextInt(7));
		byte[] data = new byte[random.nextInt(random.nextBoolean() ? 3 : 60)];
		random.nextBytes(data);
		if (random.nextInt(12) == 0) {
			AggregatedRecordBuilder aggregate = new AggregatedRecordBuilder();
			aggregate.add("key", null, data);
			aggregate.add("other", null, data);
			data = aggregate.build();
			data[random.nextInt(data.length)] ^= (byte) random.nextInt(2);
		}
		return Record.builder()
			.sequenceNumber(number)
			.partitionKey((random.nextInt(9) > 0) ? "k\u00e9y-" + random.nextInt(99) : null)
			.approximateArrivalTimestamp((random.nextInt(9) > 0) ? Instant.ofEpochMilli(random.nextInt(3)) : null)
			.data(SdkBytes.fromByteArray(data))
			.build();
	}

}
