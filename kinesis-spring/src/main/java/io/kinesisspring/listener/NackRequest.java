package io.kinesisspring.listener;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Whether a listener has negatively acknowledged a delivery. It can until the delivery is
 * over. Thread-safe.
 */
final class NackRequest {

	private static final State NONE = new State(false, null);

	private static final State OVER = new State(true, null);

	private final AtomicReference<State> state = new AtomicReference<>(NONE);

	/**
	 * Ask for the records that are not acknowledged. The last request counts.
	 * @param pause the time before they are delivered again
	 * @return {@code false} if the delivery is over, so that nothing happens
	 */
	boolean request(Duration pause) {
		State next = new State(false, pause);
		return !this.state.getAndUpdate((before) -> before.over ? before : next).over;
	}

	/**
	 * The delivery is over.
	 * @return the time before its records are delivered again; {@code null} if the
	 * listener has not asked for them
	 */
	@Nullable Duration end() {
		return this.state.getAndSet(OVER).pause;
	}

	private record State(boolean over, @Nullable Duration pause) {

	}

}
