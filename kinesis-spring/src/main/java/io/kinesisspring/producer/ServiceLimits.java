package io.kinesisspring.producer;

import java.util.concurrent.TimeUnit;

/**
 * The limits of the service, from the API reference of PutRecords and
 * PutRecordsRequestEntry.
 */
final class ServiceLimits {

	/** Records in one request. */
	static final int REQUEST_RECORDS = 500;

	/** Bytes in one request, partition keys included: 10 MiB. */
	static final int REQUEST_BYTES = 10 * 1024 * 1024;

	/** Bytes of data and partition key that a stream accepts at most: 10 MiB. */
	static final int RECORD_BYTES = 10 * 1024 * 1024;

	/** Bytes of data and partition key that a stream accepts by default: 1 MiB. */
	static final int DEFAULT_RECORD_BYTES = 1024 * 1024;

	/** Characters of a partition key. */
	static final int PARTITION_KEY_LENGTH = 256;

	/** The largest explicit hash key: 2^128-1. */
	private static final String EXPLICIT_HASH_KEY = "340282366920938463463374607431768211455";

	/** Records that a shard accepts in a second. */
	private static final int SHARD_RECORDS = 1000;

	/** Bytes that a shard accepts in a second: 1 MiB. */
	private static final int SHARD_BYTES = 1024 * 1024;

	private ServiceLimits() {
	}

	/**
	 * Return whether the service accepts an explicit hash key:
	 * {@code 0|([1-9]\\d{0,38})}, and at most 2^128-1.
	 * @param key the text to check
	 * @return whether it is an explicit hash key
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
	 * Return the share of a shard's second that a record uses: a second has room for
	 * 1,000 records and 1 MiB.
	 * @param bytes the size of the record
	 * @return nanoseconds
	 */
	static long shardTime(long bytes) {
		long second = TimeUnit.SECONDS.toNanos(1);
		return Math.max(second / SHARD_RECORDS, bytes * second / SHARD_BYTES);
	}

}
