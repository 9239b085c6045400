package io.kinesisspring.producer;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import org.jspecify.annotations.Nullable;

/**
 * Knows the number by which the service chooses a record's shard: the explicit hash key,
 * or else the MD5 of the partition key. Not every Java platform must have that. Not
 * thread-safe.
 */
final class HashKeys {

	private final MessageDigest md5;

	private HashKeys(MessageDigest md5) {
		this.md5 = md5;
	}

	/**
	 * Look for an MD5.
	 * @return hash keys, or {@code null} if there is none
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
