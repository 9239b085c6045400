package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;

import org.springframework.util.Assert;

import io.kinesisspring.KinesisRecord;

/**
 * An acknowledgment that can be narrowed. A listener that passes on a part of the records
 * passes on an acknowledgment of that part only.
 */
abstract class CoveringAcknowledgment implements Acknowledgment {

	/**
	 * Create an acknowledgment of a part.
	 * @param part some of the records that this one covers, in their order; not empty
	 * @return an acknowledgment that covers only them, and the records before the
	 * delivery
	 */
	abstract Acknowledgment covering(List<KinesisRecord<byte[]>> part);

	/**
	 * Narrow any acknowledgment, including wrapped ones.
	 */
	static Acknowledgment of(Acknowledgment delegate, List<KinesisRecord<byte[]>> part) {
		if (delegate == NoAcknowledgment.INSTANCE) {
			return delegate;
		}
		return (delegate instanceof CoveringAcknowledgment covering) ? covering.covering(part)
				: new Narrowed(delegate, List.copyOf(part));
	}

	/**
	 * Whether records, which are in the order of their shard, contain a record.
	 */
	static boolean isOneOf(List<KinesisRecord<byte[]>> records, KinesisRecord<?> record) {
		int low = 0;
		int high = records.size();
		while (low < high) {
			int middle = (low + high) >>> 1;
			int compared = compare(records.get(middle), record);
			if (compared == 0) {
				return true;
			}
			low = (compared < 0) ? middle + 1 : low;
			high = (compared < 0) ? high : middle;
		}
		return false;
	}

	static void checkIndex(int index, List<KinesisRecord<byte[]>> records) {
		Assert.isTrue(index >= 0 && index < records.size(), () -> "The index " + index
				+ " of a nack is out of range: the listener got " + records.size() + " records");
	}

	static int compare(KinesisRecord<?> one, KinesisRecord<?> other) {
		int bySequence = one.sequenceNumber().compareTo(other.sequenceNumber());
		return (bySequence != 0) ? bySequence : Long.compare(one.subSequenceNumber(), other.subSequenceNumber());
	}

	/**
	 * Narrows an acknowledgment of another class.
	 */
	private static final class Narrowed extends CoveringAcknowledgment {

		private final Acknowledgment delegate;

		private final List<KinesisRecord<byte[]>> records;

		private Narrowed(Acknowledgment delegate, List<KinesisRecord<byte[]>> records) {
			this.delegate = delegate;
			this.records = records;
		}

		@Override
		Acknowledgment covering(List<KinesisRecord<byte[]>> part) {
			return new Narrowed(this.delegate, List.copyOf(part));
		}

		@Override
		public void acknowledge() {
			this.records.forEach(this.delegate::acknowledgeOnly);
		}

		@Override
		public void acknowledgeUpTo(KinesisRecord<?> record) {
			for (KinesisRecord<byte[]> covered : this.records) {
				if (compare(covered, record) <= 0) {
					this.delegate.acknowledgeOnly(covered);
				}
			}
		}

		@Override
		public void acknowledgeOnly(KinesisRecord<?> record) {
			if (isOneOf(this.records, record)) {
				this.delegate.acknowledgeOnly(record);
			}
		}

		@Override
		public void nack(Duration pause) {
			this.delegate.nack(pause);
		}

		@Override
		public void nack(int index, Duration pause) {
			checkIndex(index, this.records);
			this.delegate.nack(pause);
			this.records.subList(0, index).forEach(this.delegate::acknowledgeOnly);
		}

	}

}
