package io.kinesisspring.embedded.store;

import java.time.Duration;

/**
 * How long streams and consumers stay in a transitional status.
 *
 * @param create how long they are {@code CREATING}
 * @param update how long streams are {@code UPDATING}
 * @param delete how long they are {@code DELETING}
 * @since 0.1.0
 */
public record Delays(Duration create, Duration update, Duration delete) {

	/**
	 * No delays, the default: each change is done when its call returns.
	 * @return delays of zero
	 */
	public static Delays none() {
		return all(Duration.ZERO);
	}

	/**
	 * The same delay for each change.
	 * @param delay the delay
	 * @return the delays
	 */
	public static Delays all(Duration delay) {
		return new Delays(delay, delay, delay);
	}

}
