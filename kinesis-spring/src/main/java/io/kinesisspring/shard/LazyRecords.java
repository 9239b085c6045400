package io.kinesisspring.shard;

import java.time.Instant;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.wire.EncodedRecords;

/**
 * Records that are decoded when they are read from this list: each time, except for the
 * last one. Thread-safe.
 */
final class LazyRecords extends AbstractList<KinesisRecord<byte[]>> implements RandomAccess {

	private final String stream;

	private final String shardId;

	private final EncodedRecords encoded;

	private final KinesisRecord<byte[]> last;

	/**
	 * Create a list.
	 * @param encoded the records, at least one, with decimal sequence numbers
	 */
	LazyRecords(String stream, String shardId, EncodedRecords encoded) {
		this.stream = stream;
		this.shardId = shardId;
		this.encoded = encoded;
		this.last = decode(encoded.size() - 1);
	}

	KinesisRecord<byte[]> last() {
		return this.last;
	}

	@Override
	public KinesisRecord<byte[]> get(int index) {
		Objects.checkIndex(index, size());
		return (index == size() - 1) ? this.last : decode(index);
	}

	private KinesisRecord<byte[]> decode(int index) {
		Instant arrival = this.encoded.approximateArrival(index);
		return new KinesisRecord<>(this.stream, this.shardId, this.encoded.partitionKey(index),
				SequenceNumber.of(this.encoded.sequenceNumber(index)), 0,
				(arrival != null) ? arrival : KinesisRecord.UNKNOWN_ARRIVAL, this.encoded.data(index));
	}

	@Override
	public int size() {
		return this.encoded.size();
	}

}
