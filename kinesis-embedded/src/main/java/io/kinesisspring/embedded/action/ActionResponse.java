package io.kinesisspring.embedded.action;

import io.kinesisspring.embedded.protocol.Output;

/**
 * The response of an action.
 *
 * @since 0.1.0
 */
public sealed interface ActionResponse {

	/**
	 * A response without a body.
	 */
	record Empty() implements ActionResponse {
	}

	/**
	 * A response with members.
	 *
	 * @param members writes the members
	 */
	record Body(Members members) implements ActionResponse {
	}

	/**
	 * A response that continues as a stream of events.
	 *
	 * @param subscription the source of the events
	 */
	record Events(Subscription subscription) implements ActionResponse {
	}

	/**
	 * Writes the members of a response.
	 */
	@FunctionalInterface
	interface Members {

		/**
		 * Write the members.
		 * @param output the output inside the structure of the response
		 */
		void writeTo(Output output);

	}

}
