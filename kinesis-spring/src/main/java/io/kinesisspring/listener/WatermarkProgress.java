package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.shard.ShardSession;

/**
 * The progress of records that finish in any order, because keys are delivered in
 * parallel or the listener acknowledges. Thread-safe.
 */
final class WatermarkProgress implements Progress {

	private static final Log logger = LogFactory.getLog(WatermarkProgress.class);

	private final Watermark watermark = new Watermark();

	private final ShardSession session;

	private final AtomicReference<@Nullable KinesisRecord<byte[]>> lastStarted = new AtomicReference<>();

	private final boolean manual;

	private final boolean inOrder;

	private final Runnable onAcknowledged;

	private final AtomicBoolean foreignRecordLogged = new AtomicBoolean();

	private final AtomicBoolean lateNackLogged = new AtomicBoolean();

	/**
	 * Create a progress.
	 * @param manual whether the listener acknowledges
	 * @param inOrder whether the records are delivered in the order of the shard
	 * @param onAcknowledged called after an acknowledgment, on its thread
	 */
	WatermarkProgress(ShardSession session, boolean manual, boolean inOrder, Runnable onAcknowledged) {
		this.session = session;
		this.manual = manual;
		this.inOrder = inOrder;
		this.onAcknowledged = onAcknowledged;
	}

	/**
	 * The number of unacknowledged records, including those that have not been delivered
	 * yet.
	 */
	int unacknowledged() {
		return this.manual ? this.watermark.size() : 0;
	}

	@Override
	public void add(List<KinesisRecord<byte[]>> records) {
		this.watermark.add(records);
	}

	@Override
	public void delivered(List<KinesisRecord<byte[]>> records) {
		if (!this.manual) {
			records.forEach(this::finished);
		}
	}

	@Override
	public void finished(KinesisRecord<byte[]> record) {
		advanceTo(this.watermark.finish(record));
	}

	@Override
	public void flush() {
	}

	@Override
	public boolean isOvertaken(KinesisRecord<byte[]> record) {
		KinesisRecord<byte[]> last = this.lastStarted.get();
		return last != null && CoveringAcknowledgment.compare(record, last) <= 0;
	}

	@Override
	public boolean isAcknowledged(KinesisRecord<byte[]> record) {
		return this.manual && !this.watermark.isUnfinished(record);
	}

	@Override
	public RecordsListener.Delivery delivery(List<KinesisRecord<byte[]>> records, int attempt) {
		if (!this.inOrder) {
			this.lastStarted.accumulateAndGet(records.get(records.size() - 1), (last,
					record) -> (last == null || CoveringAcknowledgment.compare(record, last) > 0) ? record : last);
		}
		return this.manual
				? new RecordsListener.Delivery(attempt,
						new ManualAcknowledgment(List.copyOf(records), records.get(0), true, new NackRequest()))
				: RecordsListener.Delivery.of(attempt);
	}

	@Override
	public @Nullable Duration nackOf(RecordsListener.Delivery delivery) {
		return (delivery.acknowledgment() instanceof ManualAcknowledgment acknowledgment)
				? acknowledgment.nackRequest.end() : null;
	}

	private void advanceTo(Checkpoint.@Nullable After position) {
		if (position != null) {
			this.session.processed(position);
		}
	}

	/**
	 * Acknowledges the records of one delivery and, if they are delivered in the order of
	 * the shard, the records before the delivery.
	 */
	private final class ManualAcknowledgment extends CoveringAcknowledgment {

		private final List<KinesisRecord<byte[]>> records;

		private final KinesisRecord<byte[]> begin;

		/**
		 * Whether it covers all records from the start of the delivery to its last
		 * record.
		 */
		private final boolean gapless;

		private final NackRequest nackRequest;

		private ManualAcknowledgment(List<KinesisRecord<byte[]>> records, KinesisRecord<byte[]> begin, boolean gapless,
				NackRequest nackRequest) {
			this.records = records;
			this.begin = begin;
			this.gapless = gapless;
			this.nackRequest = nackRequest;
		}

		@Override
		Acknowledgment covering(List<KinesisRecord<byte[]>> part) {
			boolean head = part.size() <= this.records.size()
					&& compare(part.get(part.size() - 1), this.records.get(part.size() - 1)) == 0;
			return new ManualAcknowledgment(List.copyOf(part), this.begin, this.gapless && head, this.nackRequest);
		}

		private KinesisRecord<byte[]> last() {
			return this.records.get(this.records.size() - 1);
		}

		@Override
		public void acknowledge() {
			finishUpTo(last());
			WatermarkProgress.this.onAcknowledged.run();
		}

		@Override
		public void acknowledgeUpTo(KinesisRecord<?> record) {
			finishUpTo((CoveringAcknowledgment.compare(record, last()) > 0) ? last() : record);
			WatermarkProgress.this.onAcknowledged.run();
		}

		private void finishUpTo(KinesisRecord<?> record) {
			WatermarkProgress progress = WatermarkProgress.this;
			if (progress.inOrder && (this.gapless || compare(record, this.begin) < 0)) {
				advanceTo(progress.watermark.finishUpTo(record));
				return;
			}
			if (progress.inOrder) {
				advanceTo(progress.watermark.finishBefore(this.begin));
			}
			for (KinesisRecord<byte[]> delivered : this.records) {
				if (compare(delivered, record) <= 0) {
					advanceTo(progress.watermark.finish(delivered));
				}
			}
		}

		@Override
		public void acknowledgeOnly(KinesisRecord<?> record) {
			if (isForeign(record)) {
				return;
			}
			advanceTo(WatermarkProgress.this.watermark.finish(record));
			WatermarkProgress.this.onAcknowledged.run();
		}

		/**
		 * Whether the acknowledgment does not cover a record. It covers only the records
		 * of its delivery and those before them.
		 */
		private boolean isForeign(KinesisRecord<?> record) {
			WatermarkProgress progress = WatermarkProgress.this;
			boolean before = progress.inOrder
					&& ((this.gapless && compare(record, last()) <= 0) || compare(record, this.begin) < 0);
			if (before || isOneOf(this.records, record)) {
				return false;
			}
			if (progress.watermark.isUnfinished(record) && progress.foreignRecordLogged.compareAndSet(false, true)) {
				logger
					.warn("A listener with the ack mode 'manual' acknowledges a record with an Acknowledgment that was not "
							+ "delivered with it: " + record.position()
							+ ". The record stays unacknowledged. Acknowledge each record with the Acknowledgment of its delivery");
			}
			return true;
		}

		@Override
		public void nack(Duration pause) {
			nack(0, pause);
		}

		@Override
		public void nack(int index, Duration pause) {
			checkIndex(index, this.records);
			Assert.isTrue(!pause.isNegative(), () -> "The pause of a nack must not be negative: " + pause);
			if (!this.nackRequest.request(pause)) {
				warnOfLateNack();
			}
			else if (index > 0) {
				acknowledgeUpTo(this.records.get(index - 1));
			}
		}

		private void warnOfLateNack() {
			if (WatermarkProgress.this.lateNackLogged.compareAndSet(false, true)) {
				logger.warn("A nack has no effect, because the delivery is over: " + this.records.get(0).position()
						+ ". Call nack before the listener returns, or before the future completes that it returned");
			}
		}

	}

}
