package io.kinesisspring.wire;

import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;

/**
 * The response to GetRecords, whoever decoded it.
 *
 * @param records the records; {@code null} if the response has no list of records
 * @param millisBehindLatest how far behind the tip of the shard they end, in
 * milliseconds; {@code null} if the service does not report it
 * @param nextShardIterator where to continue; {@code null} at the end of the shard
 * @param childShards the child shards, which the service names at the end of the shard
 * @since 0.1.0
 */
public record RecordsResponse(@Nullable StoredRecords records, @Nullable Long millisBehindLatest,
		@Nullable String nextShardIterator, List<ChildShard> childShards) {

	static RecordsResponse of(GetRecordsResponse response) {
		return new RecordsResponse(response.hasRecords() ? StoredRecords.of(response.records()) : null,
				response.millisBehindLatest(), response.nextShardIterator(), response.childShards());
	}

}
