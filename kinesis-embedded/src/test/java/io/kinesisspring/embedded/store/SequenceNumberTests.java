package io.kinesisspring.embedded.store;

import java.math.BigInteger;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.kinesisspring.embedded.protocol.ServiceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * {@link SequenceNumber}.
 */
class SequenceNumberTests {

	private static final long NOW = 1_795_000_000L;

	private final Random random = new Random(42);

	@Test
	void hasTheFormatOfTheService() {
		assertThat(new SequenceNumber(NOW, 1, NOW, 0).toString()).hasSize(56).startsWith("49").containsOnlyDigits();
	}

	@Test
	void parsesWhatItFormats() {
		for (int i = 0; i < 1000; i++) {
			SequenceNumber number = random();
			assertThat(SequenceNumber.parse("n", number.toString())).isEqualTo(number);
		}
	}

	@Test
	void formatsLikeBigInteger() {
		for (int i = 0; i < 1000; i++) {
			SequenceNumber number = random();
			String hex = String.format("2%09x0%016x00%09x%08x2", number.shardCreated(), number.index(), number.time(),
					number.shard());
			assertThat(number).hasToString(new BigInteger(hex, 16).toString());
		}
	}

	@Test
	void comparesAsANumber() {
		for (int i = 0; i < 1000; i++) {
			SequenceNumber one = random();
			SequenceNumber other = random();
			assertThat(Integer.signum(one.compareTo(other)))
				.isEqualTo(new BigInteger(one.toString()).compareTo(new BigInteger(other.toString())));
		}
	}

	@Test
	void rejectsTextThatIsNoSequenceNumber() {
		assertRejected("", "ValidationException");
		assertRejected("not a number", "ValidationException");
		assertRejected("0123", "ValidationException");
		assertRejected("0", "InvalidArgumentException");
		assertRejected("9".repeat(56), "InvalidArgumentException");
		assertRejected("9".repeat(129), "InvalidArgumentException");
	}

	private SequenceNumber random() {
		return new SequenceNumber(NOW + this.random.nextInt(3), this.random.nextLong() >>> 1,
				NOW + this.random.nextInt(3), this.random.nextInt(3));
	}

	private static void assertRejected(String text, String type) {
		assertThatExceptionOfType(ServiceException.class).isThrownBy(() -> SequenceNumber.parse("n", text))
			.satisfies((ex) -> assertThat(ex.type()).isEqualTo(type));
	}

}
