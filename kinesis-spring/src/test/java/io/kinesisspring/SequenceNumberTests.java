package io.kinesisspring;

import java.math.BigInteger;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SequenceNumber}.
 */
class SequenceNumberTests {

	@Test
	void comparesAsANumberAndNotAsText() {
		assertThat(SequenceNumber.of("9")).isLessThan(SequenceNumber.of("10"));
		assertThat(SequenceNumber.of("49590338271490256608559692538361571095921575989136588898"))
			.isGreaterThan(SequenceNumber.of("9590338271490256608559692538361571095921575989136588898"));
	}

	@Test
	void ignoresLeadingZeros() {
		assertThat(SequenceNumber.of("0007")).isEqualTo(SequenceNumber.of("7"))
			.hasSameHashCodeAs(SequenceNumber.of("7"));
		assertThat(SequenceNumber.of("000")).hasToString("0");
	}

	@Test
	void ordersRandomNumbersLikeBigIntegers() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int i = 0; i < 10_000; i++) {
			BigInteger left = new BigInteger(random.nextInt(190), random);
			BigInteger right = new BigInteger(random.nextInt(190), random);
			assertThat(
					Integer.signum(SequenceNumber.of(left.toString()).compareTo(SequenceNumber.of(right.toString()))))
				.as("%s and %s (seed %s)", left, right, seed)
				.isEqualTo(left.compareTo(right));
		}
	}

	@Test
	void rejectsTextThatIsNoNumber() {
		assertThatIllegalArgumentException().isThrownBy(() -> SequenceNumber.of("LATEST"))
			.withMessageContaining("'LATEST'");
		assertThatIllegalArgumentException().isThrownBy(() -> SequenceNumber.of(""));
		assertThatIllegalArgumentException().isThrownBy(() -> SequenceNumber.of("-1"));
	}

}
