package io.kinesisspring.wire;

import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Ascii}: each byte at each place, with all lengths around eight.
 */
class AsciiTests {

	@Test
	void findsEachByteAtEachPlace() {
		for (int length = 0; length <= 18; length++) {
			byte[] source = new byte[length + 3];
			Arrays.fill(source, (byte) 0xFF);
			Arrays.fill(source, 2, 2 + length, (byte) '7');
			assertThat(Ascii.isAscii(source, 2, length)).isTrue();
			assertThat(Ascii.isDecimal(source, 2, length)).isTrue();
			for (int place = 2; place < 2 + length; place++) {
				for (int value = Byte.MIN_VALUE; value <= Byte.MAX_VALUE; value++) {
					source[place] = (byte) value;
					assertThat(Ascii.isAscii(source, 2, length)).as("%d at %d", value, place).isEqualTo(value >= 0);
					assertThat(Ascii.isDecimal(source, 2, length)).as("%d at %d", value, place)
						.isEqualTo(value >= '0' && value <= '9');
				}
				source[place] = '7';
			}
		}
	}

}
