package io.kinesisspring.shard;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.Record;

import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.ShardDescription;
import io.kinesisspring.wire.StoredRecords;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RecordUnpacker}: what the SDK makes of a {@code null} in a list.
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

	private final RecordUnpacker unpacker = new RecordUnpacker("orders", "shard-0", Checkpoint.TRIM_HORIZON, OPTIONS);

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

}
