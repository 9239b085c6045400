package io.kinesisspring.embedded.protocol;

import java.util.Base64;

/**
 * Blobs as AWS JSON has them.
 */
final class Blobs {

	private Blobs() {
	}

	static byte[] decode(String encoded) {
		try {
			return Base64.getDecoder().decode(encoded);
		}
		catch (IllegalArgumentException ex) {
			throw Errors.serialization("A blob is not valid Base64.");
		}
	}

}
