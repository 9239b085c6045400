package io.kinesisspring.embedded.action;

import io.kinesisspring.embedded.protocol.Output;

/**
 * What an action answers.
 *
 * @since 0.1.0
 */
public sealed interface Answer {

	/**
	 * An answer without members, which has no body at all.
	 */
	record Empty() implements Answer {
	}

	/**
	 * An answer with members.
	 *
	 * @param members writes the members
	 */
	record Body(Members members) implements Answer {
	}

	/**
	 * An answer that goes on as a stream of events.
	 *
	 * @param subscription what the events come from
	 */
	record Events(Subscription subscription) implements Answer {
	}

	/**
	 * Writes the members of an answer.
	 */
	@FunctionalInterface
	interface Members {

		/**
		 * Write the members.
		 * @param output an output within the answer's structure
		 */
		void writeTo(Output output);

	}

}
