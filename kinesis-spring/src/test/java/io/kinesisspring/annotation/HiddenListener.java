package io.kinesisspring.annotation;

/**
 * Creates a listener. Classes that use it do not mention the class of the listener.
 */
final class HiddenListener {

	static final String CLASS_NAME = HiddenListener.class.getName() + "$Listener";

	private HiddenListener() {
	}

	static Object create() {
		return new Listener();
	}

	static class Listener {

		@KinesisListener("orders")
		void handle(String order) {
		}

	}

}
