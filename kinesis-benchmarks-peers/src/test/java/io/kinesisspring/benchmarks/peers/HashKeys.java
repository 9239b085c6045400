package io.kinesisspring.benchmarks.peers;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

import org.springframework.util.DigestUtils;

/**
 * The hash keys of partition keys.
 */
final class HashKeys {

	private HashKeys() {
	}

	static BigInteger of(String partitionKey) {
		return new BigInteger(1, DigestUtils.md5Digest(partitionKey.getBytes(StandardCharsets.UTF_8)));
	}

}
