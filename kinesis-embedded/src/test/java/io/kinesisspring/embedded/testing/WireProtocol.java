package io.kinesisspring.embedded.testing;

import java.util.function.Supplier;

/**
 * How the AWS SDK encodes its requests. It decides by a system property when a client is
 * built.
 */
public enum WireProtocol {

	CBOR, JSON;

	private static final String PROPERTY = "aws.cborEnabled";

	<T> T use(Supplier<T> client) {
		System.setProperty(PROPERTY, Boolean.toString(this == CBOR));
		try {
			return client.get();
		}
		finally {
			System.clearProperty(PROPERTY);
		}
	}

}
