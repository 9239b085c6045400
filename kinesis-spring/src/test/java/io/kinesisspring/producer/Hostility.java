package io.kinesisspring.producer;

import java.util.Random;
import java.util.concurrent.RejectedExecutionException;

/**
 * Decides by chance when something throws, and what, until it is calm.
 */
final class Hostility {

	static final String TOLD = "as told";

	private final Random chance;

	private volatile boolean calm;

	Hostility(Random chance) {
		this.chance = chance;
	}

	void calm() {
		this.calm = true;
	}

	boolean isCalm() {
		return this.calm;
	}

	/** Whether something happens that does once in so many times. */
	boolean happens(int oneIn) {
		return !this.calm && this.chance.nextInt(oneIn) == 0;
	}

	void mayThrow(int oneIn) {
		if (happens(oneIn)) {
			throwAnything();
		}
	}

	void throwAnything() {
		Hostility.<RuntimeException>sneak(anything());
	}

	Throwable anything() {
		return switch (this.chance.nextInt(6)) {
			case 0 -> new OutOfMemoryError(TOLD);
			case 1 -> new StackOverflowError(TOLD);
			case 2 -> new NoClassDefFoundError(TOLD);
			case 3 -> new AssertionError(TOLD);
			case 4 -> new RejectedExecutionException(TOLD);
			default -> new IllegalStateException(TOLD);
		};
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> void sneak(Throwable thrown) throws E {
		throw (E) thrown;
	}

}
