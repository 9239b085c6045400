package io.kinesisspring.listener;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FailureLog}.
 */
class FailureLogTests {

	private final FailureLog failures = new FailureLog();

	@Test
	void hasTheFirstFailuresAndTheNumberOfTheOthers() {
		assertThat(admitted(5)).isEqualTo(5);
		assertThat(admitted(95)).isZero();
		assertThat(this.failures.renew()).isEqualTo(95);
	}

	@Test
	void hasOneAfterTheOtherWhileTheStormLasts() {
		admitted(100);
		this.failures.renew();
		assertThat(admitted(100)).isOne();
		assertThat(this.failures.renew()).isEqualTo(99);
	}

	@Test
	void hasThemAllAgainWhenItIsOver() {
		admitted(100);
		this.failures.renew();
		assertThat(this.failures.renew()).isZero();
		assertThat(admitted(100)).isEqualTo(5);
	}

	private long admitted(int attempts) {
		return IntStream.range(0, attempts).filter((attempt) -> this.failures.admits()).count();
	}

}
