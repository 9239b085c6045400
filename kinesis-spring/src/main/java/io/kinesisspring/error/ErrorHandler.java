package io.kinesisspring.error;

/**
 * Decides about each failed delivery. Called on the thread of the delivery, for several
 * shards at once: implementations must be thread-safe and should not block. One that
 * throws has decided nothing: the delivery is tried again after a pause.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ErrorHandler {

	/**
	 * Decide about a failed delivery.
	 * @param failure what failed
	 * @return what to do about it
	 */
	ErrorDecision handle(DeliveryFailure failure);

}
