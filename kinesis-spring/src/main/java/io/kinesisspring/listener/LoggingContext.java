package io.kinesisspring.listener;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import io.kinesisspring.KinesisRecord;

/**
 * Adds the position of the record to the log messages of a listener. While the listener
 * is called, the MDC has {@code kinesis.stream}, {@code kinesis.shardId} and
 * {@code kinesis.sequenceNumber}. Closing restores the former values. For a batch the
 * sequence number is that of its first record. Belongs to one thread.
 */
final class LoggingContext implements AutoCloseable {

	private static final String STREAM = "kinesis.stream";

	private static final String SHARD_ID = "kinesis.shardId";

	private static final String SEQUENCE_NUMBER = "kinesis.sequenceNumber";

	private final @Nullable String streamBefore = MDC.get(STREAM);

	private final @Nullable String shardIdBefore = MDC.get(SHARD_ID);

	private final @Nullable String sequenceNumberBefore = MDC.get(SEQUENCE_NUMBER);

	/**
	 * A record is about to be delivered. Stream and shard are put once, and again only if
	 * somebody has removed them.
	 */
	void at(KinesisRecord<?> record) {
		if (!record.shardId().equals(MDC.get(SHARD_ID)) || this.shardIdBefore != null) {
			MDC.put(STREAM, record.stream());
			MDC.put(SHARD_ID, record.shardId());
		}
		MDC.put(SEQUENCE_NUMBER, record.sequenceNumber().toString());
	}

	@Override
	public void close() {
		restore(STREAM, this.streamBefore);
		restore(SHARD_ID, this.shardIdBefore);
		restore(SEQUENCE_NUMBER, this.sequenceNumberBefore);
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
