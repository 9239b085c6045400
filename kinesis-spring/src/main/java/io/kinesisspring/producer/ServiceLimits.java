package io.kinesisspring.producer;

import java.math.BigInteger;
import java.util.concurrent.TimeUnit;

/**
 * What the service takes, from the API reference of PutRecords and
 * PutRecordsRequestEntry.
 */
final class ServiceLimits {

	/** Records in one request. */
	static final int REQUEST_RECORDS = 500;

	/** Bytes in one request, partition keys included: 10 MiB. */
	static final int REQUEST_BYTES = 10 * 1024 * 1024;

	/** Bytes of data and partition key that any stream can be made to take: 10 MiB. */
	static final int RECORD_BYTES = 10 * 1024 * 1024;

	/** Bytes of data and partition key that a stream takes unless raised: 1 MiB. */
	static final int DEFAULT_RECORD_BYTES = 1024 * 1024;

	/** Characters of a partition key. */
	static final int PARTITION_KEY_LENGTH = 256;

	/** The largest explicit hash key: 2^128-1. */
	static final BigInteger EXPLICIT_HASH_KEY = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

	/** Records that a shard takes in a second. */
	private static final int SHARD_RECORDS = 1000;

	/** Bytes that a shard takes in a second: 1 MiB. */
	private static final int SHARD_BYTES = 1024 * 1024;

	private ServiceLimits() {
	}

	/**
	 * How much of a shard's time a record takes up: a second holds 1,000 records and 1
	 * MiB.
	 * @param bytes the size of the record
	 * @return nanoseconds
	 */
	static long shardTime(long bytes) {
		long second = TimeUnit.SECONDS.toNanos(1);
		return Math.max(second / SHARD_RECORDS, bytes * second / SHARD_BYTES);
	}

}
