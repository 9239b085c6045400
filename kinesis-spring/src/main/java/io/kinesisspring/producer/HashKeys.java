package io.kinesisspring.producer;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import org.jspecify.annotations.Nullable;

/**
 * Knows the number by which the service chooses a record's shard: the explicit hash key,
 * or else the MD5 of the partition key. Not thread-safe.
 */
final class HashKeys {

	private final MessageDigest md5 = md5();

	BigInteger of(@Nullable String explicitHashKey, String partitionKey) {
		if (explicitHashKey != null) {
			return new BigInteger(explicitHashKey);
		}
		return new BigInteger(1, this.md5.digest(partitionKey.getBytes(StandardCharsets.UTF_8)));
	}

	private static MessageDigest md5() {
		try {
			return MessageDigest.getInstance("MD5");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform must have MD5", ex);
		}
	}

}
