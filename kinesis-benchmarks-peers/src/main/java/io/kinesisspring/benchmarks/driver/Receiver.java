package io.kinesisspring.benchmarks.driver;

import java.nio.ByteBuffer;

/**
 * What records are delivered to. Thread-safe.
 */
public interface Receiver {

	/**
	 * Take a record.
	 * @param index which one it is
	 * @param dueMicros when it was due
	 */
	void received(long index, long dueMicros);

	/**
	 * Take a record.
	 * @param data its payload
	 */
	default void received(byte[] data) {
		received(Payload.index(data), Payload.dueMicros(data));
	}

	/**
	 * Take a record.
	 * @param data its payload
	 */
	default void received(ByteBuffer data) {
		received(data.getLong(data.position()), data.getLong(data.position() + Long.BYTES));
	}

}
