package io.kinesisspring.shard;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;

/**
 * Makes records of what the service returns for a shard, and leaves out what the
 * checkpoint that reading began with covers. Works on the thread that brings the answer,
 * one answer at a time.
 */
final class RecordUnpacker {

	/** What a record costs on the heap beside its data and its key. */
	private static final long RECORD_OVERHEAD = 200;

	private final String stream;

	private final String shardId;

	private final Checkpoint.@Nullable After covered;

	RecordUnpacker(String stream, String shardId, Checkpoint from) {
		this.stream = stream;
		this.shardId = shardId;
		this.covered = (from instanceof Checkpoint.After after) ? after : null;
	}

	Unpacked unpack(GetRecordsResponse response) {
		List<KinesisRecord<byte[]>> records = new ArrayList<>(response.records().size());
		SequenceNumber first = null;
		SequenceNumber last = null;
		long bytes = 0;
		for (Record stored : response.records()) {
			last = SequenceNumber.of(stored.sequenceNumber());
			first = (first != null) ? first : last;
			byte[] data = stored.data().asByteArrayUnsafe();
			bytes += data.length + RECORD_OVERHEAD;
			add(stored, last, records);
		}
		return new Unpacked(response, records, bytes, first, last);
	}

	private void add(Record stored, SequenceNumber sequenceNumber, List<KinesisRecord<byte[]>> records) {
		if (!isCovered(sequenceNumber, 0)) {
			records.add(new KinesisRecord<>(this.stream, this.shardId, stored.partitionKey(), sequenceNumber, 0,
					stored.approximateArrivalTimestamp(), stored.data().asByteArrayUnsafe()));
		}
	}

	private boolean isCovered(SequenceNumber sequenceNumber, long subSequenceNumber) {
		return this.covered != null && subSequenceNumber <= this.covered.subSequenceNumber()
				&& sequenceNumber.equals(this.covered.sequenceNumber());
	}

	/**
	 * An answer and what was in it.
	 *
	 * @param response the answer
	 * @param records the records to deliver
	 * @param bytes what they count against the budget
	 * @param first the number of the first record of the answer
	 * @param last the number of the last record of the answer
	 */
	record Unpacked(GetRecordsResponse response, List<KinesisRecord<byte[]>> records, long bytes,
			@Nullable SequenceNumber first, @Nullable SequenceNumber last) {

		/**
		 * How many records the service returned, each of which may hold many.
		 */
		int count() {
			return this.response.records().size();
		}

		boolean isBehind() {
			Long behind = this.response.millisBehindLatest();
			return behind != null && behind > 0;
		}

		ShardBatch toBatch() {
			Long behind = this.response.millisBehindLatest();
			return new ShardBatch(this.records, this.bytes, (behind != null) ? behind : 0,
					this.response.nextShardIterator() == null);
		}

	}

}
