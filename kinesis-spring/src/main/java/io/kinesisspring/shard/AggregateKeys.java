package io.kinesisspring.shard;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.Shard;

import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.lease.HashKeyRange;

/**
 * Compares the hash keys of aggregated records with those of a shard: the explicit hash
 * key of a record, or else the MD5 of its partition key. Each key of an aggregate is
 * hashed once. Not thread-safe.
 */
final class AggregateKeys {

	private final @Nullable HashKeyRange range;

	private final Map<String, Boolean> byPartitionKey = new HashMap<>();

	private final Map<String, Boolean> byExplicitHashKey = new HashMap<>();

	private @Nullable MessageDigest md5;

	/**
	 * Create an instance.
	 * @param range the hash keys of the shard; {@code null} if they are unknown, so that
	 * no record is out of range
	 */
	AggregateKeys(@Nullable HashKeyRange range) {
		this.range = range;
	}

	/**
	 * The hash keys of a shard as the service lists it.
	 * @return the range, {@code null} if the service does not report it
	 */
	static @Nullable HashKeyRange rangeOf(Shard shard) {
		if (shard.hashKeyRange() == null) {
			return null;
		}
		BigInteger first = number(shard.hashKeyRange().startingHashKey());
		BigInteger last = number(shard.hashKeyRange().endingHashKey());
		return (first != null && last != null) ? new HashKeyRange(first, last) : null;
	}

	/**
	 * Whether the keys of an aggregate must be compared with the shard's. The service has
	 * chosen the shard by the key of the aggregate, so an aggregate with only this key is
	 * in its shard.
	 * @param partitionKey the partition key of the aggregate itself
	 */
	static boolean mustBeCompared(List<UserRecord> records, @Nullable String partitionKey) {
		for (UserRecord record : records) {
			if (record.explicitHashKey() != null || !record.partitionKey().equals(partitionKey)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a record belongs to another shard. A hash key that is no number belongs to
	 * no other shard.
	 */
	boolean isOutOfRange(UserRecord record) {
		HashKeyRange shard = this.range;
		if (shard == null) {
			return false;
		}
		String explicitHashKey = record.explicitHashKey();
		return (explicitHashKey != null)
				? this.byExplicitHashKey.computeIfAbsent(explicitHashKey, (key) -> isOutside(shard, number(key)))
				: this.byPartitionKey.computeIfAbsent(record.partitionKey(), (key) -> isOutside(shard, hash(key)));
	}

	private static boolean isOutside(HashKeyRange shard, @Nullable BigInteger hashKey) {
		return hashKey != null && !shard.contains(hashKey);
	}

	private BigInteger hash(String partitionKey) {
		MessageDigest digest = this.md5;
		if (digest == null) {
			digest = md5();
			this.md5 = digest;
		}
		return new BigInteger(1, digest.digest(partitionKey.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * An aggregate can be opened only if there is MD5.
	 */
	private static MessageDigest md5() {
		try {
			return MessageDigest.getInstance("MD5");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform must have MD5", ex);
		}
	}

	private static @Nullable BigInteger number(@Nullable String digits) {
		try {
			return (digits != null) ? new BigInteger(digits) : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
