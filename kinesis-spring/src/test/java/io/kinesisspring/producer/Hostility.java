package io.kinesisspring.producer;

import java.util.Random;
import java.util.concurrent.RejectedExecutionException;

/**
 * Decides by chance when something throws, and what, until it is calm.
 */
final class Hostility {

	static final String INJECTED = "injected";

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
		Hostility.<RuntimeException>throwUnchecked(anything());
	}

	Throwable anything() {
		return switch (this.chance.nextInt(6)) {
			case 0 -> new OutOfMemoryError(INJECTED);
			case 1 -> new StackOverflowError(INJECTED);
			case 2 -> new NoClassDefFoundError(INJECTED);
			case 3 -> new AssertionError(INJECTED);
			case 4 -> new RejectedExecutionException(INJECTED);
			default -> new IllegalStateException(INJECTED);
		};
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> void throwUnchecked(Throwable thrown) throws E {
		throw (E) thrown;
	}

}
