package io.kinesisspring.producer;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
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

}
