package io.kinesisspring.producer;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import org.jspecify.annotations.Nullable;

/**
 * Computes the number by which the service chooses a record's shard: the explicit hash
 * key, or else the MD5 of the partition key. Not every Java platform has MD5. Not
 * thread-safe.
 */
final class HashKeys {

	private final MessageDigest md5;

	private final byte[] digest = new byte[2 * Long.BYTES];

	private final ByteBuffer halves = ByteBuffer.wrap(this.digest);

	private HashKeys(MessageDigest md5) {
		this.md5 = md5;
	}

	/**
	 * Create an instance if the platform has MD5.
	 * @return the instance, or {@code null} without MD5
	 */
	static @Nullable HashKeys find() {
		return find("MD5");
	}

	static @Nullable HashKeys find(String algorithm) {
		try {
			return new HashKeys(MessageDigest.getInstance(algorithm));
		}
		catch (NoSuchAlgorithmException ex) {
			return null;
		}
	}

	BigInteger of(@Nullable String explicitHashKey, String partitionKey) {
		if (explicitHashKey != null) {
			return new BigInteger(explicitHashKey);
		}
		return new BigInteger(1, this.md5.digest(partitionKey.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Find the shard of a record, without an object for its hash key.
	 * @param table the shards
	 * @param record the record
	 * @return the index of the shard in the table
	 */
	int locate(ShardTable table, OutgoingRecord record) {
		String explicitHashKey = record.explicitHashKey();
		if (explicitHashKey != null) {
			return table.indexOf(new BigInteger(explicitHashKey));
		}
		this.md5.update(record.partitionKey().getBytes(StandardCharsets.UTF_8));
		try {
			this.md5.digest(this.digest, 0, this.digest.length);
		}
		catch (DigestException ex) {
			throw new IllegalStateException("MD5 has 16 bytes", ex);
		}
		return table.indexOf(this.halves.getLong(0), this.halves.getLong(Long.BYTES));
	}

}
