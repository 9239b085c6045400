package io.kinesisspring.embedded.testing;

/**
 * How the AWS SDK encodes its requests. It decides by a system property at each call, so
 * tests of different protocols must not run at the same time.
 */
public enum WireProtocol {

	CBOR, JSON;

	private static final String PROPERTY = "aws.cborEnabled";

	/**
	 * Let the SDK use this protocol from now on, in the whole JVM.
	 */
	public void activate() {
		System.setProperty(PROPERTY, Boolean.toString(this == CBOR));
	}

	/**
	 * Let the SDK use its default again.
	 */
	public static void reset() {
		System.clearProperty(PROPERTY);
	}

}
