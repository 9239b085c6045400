package io.kinesisspring.listener;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.shard.ShardSession;

/**
 * The progress of records that finish one after the other, so that no unfinished record
 * is before a finished one. Used by one thread at a time.
 */
final class InOrderProgress implements Progress {

	private final ShardSession session;

	private final boolean eachRecord;

	private @Nullable KinesisRecord<byte[]> unreported;

	InOrderProgress(ShardSession session, AckMode ackMode) {
		this.session = session;
		this.eachRecord = ackMode == AckMode.RECORD;
	}

	@Override
	public void add(List<KinesisRecord<byte[]>> records) {
	}

	@Override
	public void delivered(List<KinesisRecord<byte[]>> records) {
		finished(records.get(records.size() - 1));
	}

	@Override
	public void finished(KinesisRecord<byte[]> record) {
		if (this.eachRecord) {
			this.session.processed(record);
		}
		else {
			this.unreported = record;
		}
	}

	@Override
	public void flush() {
		if (this.unreported != null) {
			this.session.processed(this.unreported);
			this.unreported = null;
		}
	}

	@Override
	public boolean isOvertaken(KinesisRecord<byte[]> record) {
		return false;
	}

	@Override
	public boolean isAcknowledged(KinesisRecord<byte[]> record) {
		return false;
	}

	@Override
	public RecordsListener.Delivery delivery(List<KinesisRecord<byte[]>> records, int attempt) {
		return (attempt == 1) ? RecordsListener.Delivery.FIRST : RecordsListener.Delivery.of(attempt);
	}

	@Override
	public @Nullable Duration nackOf(RecordsListener.Delivery delivery) {
		return null;
	}

}
