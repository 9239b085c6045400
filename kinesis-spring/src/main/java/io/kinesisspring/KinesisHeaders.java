package io.kinesisspring;

/**
 * The names of the message headers that this library sets for listeners and reads when
 * sending.
 *
 * @since 0.1.0
 */
public final class KinesisHeaders {

	/** Prefix of all the headers below. */
	public static final String PREFIX = "kinesis_";

	/** Name of the stream, a {@code String}. */
	public static final String STREAM = PREFIX + "stream";

	/** Id of the shard, a {@code String}. */
	public static final String SHARD_ID = PREFIX + "shardId";

	/**
	 * Partition key, a {@code String}. A record has none if the service distributes the
	 * records of its stream and the sender has left it out.
	 */
	public static final String PARTITION_KEY = PREFIX + "partitionKey";

	/**
	 * Explicit hash key, a {@code String} holding a decimal number from 0 to 2^128-1;
	 * only read when sending.
	 */
	public static final String EXPLICIT_HASH_KEY = PREFIX + "explicitHashKey";

	/** Sequence number, a {@link SequenceNumber}. */
	public static final String SEQUENCE_NUMBER = PREFIX + "sequenceNumber";

	/** Place inside an aggregated record, a {@code Long}. */
	public static final String SUB_SEQUENCE_NUMBER = PREFIX + "subSequenceNumber";

	/** When the service accepted the record, a {@link java.time.Instant}. */
	public static final String APPROXIMATE_ARRIVAL = PREFIX + "approximateArrival";

	/**
	 * The number of the delivery attempt, starting at 1, an {@code Integer}. The calls of
	 * a search for the failing record of a batch do not count.
	 */
	public static final String DELIVERY_ATTEMPT = PREFIX + "deliveryAttempt";

	private KinesisHeaders() {
	}

}
