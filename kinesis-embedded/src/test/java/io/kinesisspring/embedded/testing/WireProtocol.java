package io.kinesisspring.embedded.testing;

import java.util.function.Supplier;

/**
 * How the AWS SDK encodes its requests. It decides by a system property when a client is
 * built.
 */
public enum WireProtocol {

	CBOR, JSON;

	private static final String PROPERTY = "aws.cborEnabled";

	/**
	 * Build a client that encodes its requests so.
	 * @param client builds the client
	 * @param <T> the type of the client
	 * @return the client
	 */
	public <T> T use(Supplier<T> client) {
		System.setProperty(PROPERTY, Boolean.toString(this == CBOR));
		try {
			return client.get();
		}
		finally {
			System.clearProperty(PROPERTY);
		}
	}

}
