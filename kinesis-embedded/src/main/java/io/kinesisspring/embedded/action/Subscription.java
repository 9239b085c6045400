package io.kinesisspring.embedded.action;

import io.kinesisspring.embedded.protocol.Output;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.FanOutConsumer;
import io.kinesisspring.embedded.store.ReadBatch;
import io.kinesisspring.embedded.store.Shard;

/**
 * What the events of a subscription come from.
 *
 * @param consumer who subscribed
 * @param stream the stream
 * @param shard the shard
 * @param position the place of the first record to send
 * @since 0.1.0
 */
public record Subscription(FanOutConsumer consumer, DataStream stream, Shard shard, long position) {

	private static final int MAX_RECORDS = 1000;

	private static final long MAX_BYTES = 1 << 20;

	/**
	 * Read what the next event holds.
	 * @param from the place of the first record
	 * @return the records
	 */
	public ReadBatch read(long from) {
		this.stream.scaleIfDue();
		return this.shard.read(from, MAX_RECORDS, MAX_BYTES, this.stream.horizon(), this.stream.account().now());
	}

	/**
	 * Write an event.
	 * @param output where it goes
	 * @param batch the records that it holds
	 */
	public void writeEvent(Output output, ReadBatch batch) {
		output.startObject();
		GetActions.writeRecords(output, this.stream, this.shard, batch);
		output.member("MillisBehindLatest", batch.millisBehindLatest());
		if (batch.endOfShard()) {
			ShardShape.writeChildren(output, this.stream, this.shard);
		}
		else {
			long now = this.stream.account().now();
			output.member("ContinuationSequenceNumber", this.shard.continuation(batch.nextPosition(), now).toString());
		}
		output.endObject();
	}

}
