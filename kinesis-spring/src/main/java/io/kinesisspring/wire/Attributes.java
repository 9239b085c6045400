package io.kinesisspring.wire;

/**
 * Names the execution attributes. The SDK accepts each name once. Two applications that
 * share its classes have two copies of this package.
 */
final class Attributes {

	private Attributes() {
	}

	static String nameOf(Class<?> type) {
		return type.getName() + "@" + Integer.toHexString(System.identityHashCode(type));
	}

}
