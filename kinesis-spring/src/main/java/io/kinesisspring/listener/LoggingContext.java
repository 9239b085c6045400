package io.kinesisspring.listener;

import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import io.kinesisspring.KinesisRecord;

/**
 * Lets what a listener logs say where its record stands: the MDC has
 * {@code kinesis.stream}, {@code kinesis.shardId} and {@code kinesis.sequenceNumber}
 * while it is called, and what it had before afterwards. For a batch the sequence number
 * is that of its first record.
 */
final class LoggingContext implements RecordsListener {

	private static final String STREAM = "kinesis.stream";

	private static final String SHARD_ID = "kinesis.shardId";

	private static final String SEQUENCE_NUMBER = "kinesis.sequenceNumber";

	private final RecordsListener listener;

	LoggingContext(RecordsListener listener) {
		this.listener = listener;
	}

	@Override
	public boolean isBatch() {
		return this.listener.isBatch();
	}

	@Override
	public @Nullable CompletionStage<?> onRecords(List<KinesisRecord<byte[]>> records, Delivery delivery)
			throws Exception {
		String stream = MDC.get(STREAM);
		String shardId = MDC.get(SHARD_ID);
		String sequenceNumber = MDC.get(SEQUENCE_NUMBER);
		KinesisRecord<byte[]> first = records.get(0);
		try {
			MDC.put(STREAM, first.stream());
			MDC.put(SHARD_ID, first.shardId());
			MDC.put(SEQUENCE_NUMBER, first.sequenceNumber().toString());
			return this.listener.onRecords(records, delivery);
		}
		finally {
			restore(STREAM, stream);
			restore(SHARD_ID, shardId);
			restore(SEQUENCE_NUMBER, sequenceNumber);
		}
	}

	private static void restore(String key, @Nullable String value) {
		if (value != null) {
			MDC.put(key, value);
		}
		else {
			MDC.remove(key);
		}
	}

}
