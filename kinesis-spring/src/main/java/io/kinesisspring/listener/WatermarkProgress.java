package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.shard.ShardSession;

/**
 * Progress of records that are finished in any order, because keys go in parallel or
 * because the listener acknowledges by hand. Thread-safe.
 */
final class WatermarkProgress implements Progress {

	private final Watermark watermark = new Watermark();

	private final ShardSession session;

	private final AtomicReference<@Nullable KinesisRecord<byte[]>> begun = new AtomicReference<>();

	private final boolean manual;

	private final boolean inOrder;

	WatermarkProgress(ShardSession session, boolean manual, boolean inOrder) {
		this.session = session;
		this.manual = manual;
		this.inOrder = inOrder;
	}

	@Override
	public void begin(List<KinesisRecord<byte[]>> records) {
		this.watermark.add(records);
	}

	@Override
	public void delivered(List<KinesisRecord<byte[]>> records) {
		if (!this.manual) {
			records.forEach(this::settled);
		}
	}

	@Override
	public void settled(KinesisRecord<byte[]> record) {
		moved(this.watermark.finish(record));
	}

	@Override
	public void resting() {
	}

	@Override
	public boolean isOvertaken(KinesisRecord<byte[]> record) {
		KinesisRecord<byte[]> last = this.begun.get();
		return last != null && compare(record, last) <= 0;
	}

	@Override
	public RecordsListener.Delivery delivery(List<KinesisRecord<byte[]>> records, int attempt) {
		if (!this.inOrder) {
			this.begun.accumulateAndGet(records.get(records.size() - 1),
					(last, record) -> (last == null || compare(record, last) > 0) ? record : last);
		}
		return this.manual ? new RecordsListener.Delivery(attempt, new ByHand(List.copyOf(records)))
				: RecordsListener.Delivery.of(attempt);
	}

	private void moved(Checkpoint.@Nullable After position) {
		if (position != null) {
			this.session.processed(position);
		}
	}

	private static int compare(KinesisRecord<?> one, KinesisRecord<?> other) {
		int bySequence = one.sequenceNumber().compareTo(other.sequenceNumber());
		return (bySequence != 0) ? bySequence : Long.compare(one.subSequenceNumber(), other.subSequenceNumber());
	}

	/**
	 * Acknowledges the records of one delivery.
	 */
	private final class ByHand implements Acknowledgment {

		private final List<KinesisRecord<byte[]>> records;

		private ByHand(List<KinesisRecord<byte[]>> records) {
			this.records = records;
		}

		@Override
		public void acknowledge() {
			acknowledgeUpTo(this.records.get(this.records.size() - 1));
		}

		@Override
		public void acknowledgeUpTo(KinesisRecord<?> record) {
			if (WatermarkProgress.this.inOrder) {
				moved(WatermarkProgress.this.watermark.finishUpTo(record));
			}
			else {
				this.records.stream()
					.filter((delivered) -> compare(delivered, record) <= 0)
					.forEach(this::acknowledgeOnly);
			}
		}

		@Override
		public void acknowledgeOnly(KinesisRecord<?> record) {
			moved(WatermarkProgress.this.watermark.finish(record));
		}

	}

}
