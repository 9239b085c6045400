package io.kinesisspring.benchmarks.driver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What the records hold: which one it is, when it was due, and filling that no
 * compression would help.
 */
public final class Payload {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	private static final int FILLING = 2 * Long.BYTES;

	private Payload() {
	}

	/**
	 * Make a payload.
	 * @param index which record it is
	 * @param bytes how long it is, 16 at least
	 * @param micros when it is due, by {@link #micros()}
	 * @return the payload
	 */
	public static byte[] of(long index, int bytes, long micros) {
		byte[] data = new byte[bytes];
		LONGS.set(data, 0, index);
		LONGS.set(data, Long.BYTES, micros);
		long random = index;
		for (int i = FILLING; i + Long.BYTES <= bytes; i += Long.BYTES) {
			random = random * 6364136223846793005L + 1442695040888963407L;
			LONGS.set(data, i, random);
		}
		return data;
	}

	/**
	 * Return the time that all processes of this machine share.
	 * @return microseconds
	 */
	public static long micros() {
		return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
	}

	/**
	 * Read which record it is.
	 * @param data a payload
	 * @return its index
	 */
	public static long index(byte[] data) {
		return (long) LONGS.get(data, 0);
	}

	static long dueMicros(byte[] data) {
		return (long) LONGS.get(data, Long.BYTES);
	}

}
