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
	void logsTheFirstFailuresAndTheNumberOfTheOthers() {
		assertThat(permitted(5)).isEqualTo(5);
		assertThat(permitted(95)).isZero();
		assertThat(this.failures.reset()).isEqualTo(95);
	}

	@Test
	void logsOneFailurePerIntervalDuringTheStorm() {
		permitted(100);
		this.failures.reset();
		assertThat(permitted(100)).isOne();
		assertThat(this.failures.reset()).isEqualTo(99);
	}

	@Test
	void logsAllFailuresAfterTheStorm() {
		permitted(100);
		this.failures.reset();
		assertThat(this.failures.reset()).isZero();
		assertThat(permitted(100)).isEqualTo(5);
	}

	private long permitted(int attempts) {
		return IntStream.range(0, attempts).filter((attempt) -> this.failures.permits()).count();
	}

}
