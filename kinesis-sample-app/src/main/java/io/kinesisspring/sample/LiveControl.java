package io.kinesisspring.sample;

import org.jspecify.annotations.Nullable;

/**
 * A button of the page. The application has the buttons for which it has beans. Ordered
 * beans are shown in their order.
 */
interface LiveControl {

	/**
	 * The name in the URL.
	 */
	String name();

	/**
	 * The text on the button.
	 */
	String label();

	/**
	 * What the button does, in a sentence.
	 */
	String description();

	/**
	 * Why it cannot be used at the moment, {@code null} if it can.
	 */
	default @Nullable String obstacle() {
		return null;
	}

	/**
	 * Do it.
	 * @return what was done, in a sentence
	 * @throws IllegalStateException if it cannot be done at the moment
	 */
	String apply();

}
