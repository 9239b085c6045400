package io.kinesisspring.error;

/**
 * Decides about each failed delivery. It is called on the thread of the delivery, for
 * several shards at once. Implementations must be thread-safe and should not block. If
 * the handler throws, the delivery is retried after a back-off.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ErrorHandler {

	/**
	 * Decide about a failed delivery.
	 * @param failure the failure
	 * @return the decision
	 */
	ErrorDecision handle(DeliveryFailure failure);

}
