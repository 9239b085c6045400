package io.kinesisspring.embedded.action;

import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.HashRange;
import io.kinesisspring.embedded.store.SequenceNumber;
import io.kinesisspring.embedded.store.Shard;

/**
 * How answers show shards.
 */
final class ShardShape {

	private ShardShape() {
	}

	static void write(Output output, Shard shard) {
		write(output, shard, Long.MAX_VALUE);
	}

	/**
	 * Write a shard as it was at a moment.
	 */
	static void write(Output output, Shard shard, long asOf) {
		output.startObject().member("ShardId", shard.id());
		if (!shard.parents().isEmpty()) {
			output.member("ParentShardId", shard.parents().get(0).id());
		}
		if (shard.parents().size() > 1) {
			output.member("AdjacentParentShardId", shard.parents().get(1).id());
		}
		writeRange(output, shard.range());
		output.startObject("SequenceNumberRange");
		output.member("StartingSequenceNumber", shard.startingSequenceNumber().toString());
		SequenceNumber end = shard.endingSequenceNumber();
		if (end != null && shard.closedAt() <= asOf) {
			output.member("EndingSequenceNumber", end.toString());
		}
		output.endObject().endObject();
	}

	static void writeChildren(Output output, DataStream stream, Shard parent) {
		output.startList("ChildShards");
		for (Shard child : stream.childrenOf(parent)) {
			output.startObject().member("ShardId", child.id());
			output.startList("ParentShards");
			child.parents().forEach((shard) -> output.element(shard.id()));
			output.endList();
			writeRange(output, child.range());
			output.endObject();
		}
		output.endList();
	}

	private static void writeRange(Output output, HashRange range) {
		output.startObject("HashKeyRange")
			.member("StartingHashKey", range.start().toString())
			.member("EndingHashKey", range.end().toString())
			.endObject();
	}

}
