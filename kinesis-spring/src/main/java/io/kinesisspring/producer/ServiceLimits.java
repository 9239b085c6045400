package io.kinesisspring.producer;

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
	private static final String EXPLICIT_HASH_KEY = "340282366920938463463374607431768211455";

	/** Records that a shard takes in a second. */
	private static final int SHARD_RECORDS = 1000;

	/** Bytes that a shard takes in a second: 1 MiB. */
	private static final int SHARD_BYTES = 1024 * 1024;

	private ServiceLimits() {
	}

	/**
	 * Whether the service takes an explicit hash key: {@code 0|([1-9]\\d{0,38})}, and not
	 * more than 2^128-1.
	 * @param key what may be one
	 * @return whether it is one
	 */
	static boolean isExplicitHashKey(String key) {
		int length = key.length();
		for (int i = 0; i < length; i++) {
			char c = key.charAt(i);
			if (c < '0' || c > '9') {
				return false;
			}
		}
		if (length == 0 || (length > 1 && key.charAt(0) == '0')) {
			return false;
		}
		int most = EXPLICIT_HASH_KEY.length();
		return length < most || (length == most && key.compareTo(EXPLICIT_HASH_KEY) <= 0);
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
