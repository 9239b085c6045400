package io.kinesisspring.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks texts, eight bytes at a time.
 */
final class Ascii {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

	private static final long HIGH_BITS = 0x8080808080808080L;

	private static final long HIGH_HALVES = 0xF0F0F0F0F0F0F0F0L;

	private static final long ZEROS = 0x3030303030303030L;

	private static final long SIXES = 0x0606060606060606L;

	private Ascii() {
	}

	/**
	 * Whether all bytes are ASCII characters.
	 */
	static boolean isAscii(byte[] source, int offset, int count) {
		int i = offset;
		for (; i <= offset + count - Long.BYTES; i += Long.BYTES) {
			if (((long) LONGS.get(source, i) & HIGH_BITS) != 0) {
				return false;
			}
		}
		for (; i < offset + count; i++) {
			if (source[i] < 0) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether all bytes are ASCII digits: their upper halves are those of a zero, and
	 * still are when six is added.
	 */
	static boolean isDecimal(byte[] source, int offset, int count) {
		int i = offset;
		for (; i <= offset + count - Long.BYTES; i += Long.BYTES) {
			long eight = (long) LONGS.get(source, i);
			if ((eight & HIGH_HALVES) != ZEROS || ((eight + SIXES) & HIGH_HALVES) != ZEROS) {
				return false;
			}
		}
		for (; i < offset + count; i++) {
			if (source[i] < '0' || source[i] > '9') {
				return false;
			}
		}
		return true;
	}

}
