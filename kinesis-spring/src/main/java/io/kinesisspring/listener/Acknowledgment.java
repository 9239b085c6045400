package io.kinesisspring.listener;

/**
 * Handed to a listener that wants to say by itself when records are processed, under
 * {@link AckMode#MANUAL}. Thread-safe; may be kept and used after the listener has
 * returned. After the shard has gone to another instance it has no effect.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Acknowledgment {

	/**
	 * All that was delivered with this acknowledgment is processed, and all before it in
	 * the same shard.
	 */
	void acknowledge();

}
