package io.kinesisspring.admin;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.StreamIdentifier;
import io.kinesisspring.shard.OnMissingStream;

/**
 * What is to become of a stream.
 *
 * @param stream what it is created with
 * @param missing what to do if it does not exist
 * @param declared whether the application declares it, so that an existing stream is
 * compared
 * @param modify whether differences are removed
 */
record StreamPlan(NewStream stream, OnMissingStream missing, boolean declared, boolean modify) {

	static StreamPlan declared(NewStream stream, boolean modify) {
		return new StreamPlan(stream, OnMissingStream.CREATE, true, modify);
	}

	static StreamPlan deadLetters(NewStream stream, OnMissingStream missing) {
		return new StreamPlan(stream, missing, false, false);
	}

	String description(StreamIdentifier name) {
		return (this.declared ? "The stream '" : "The dead-letter stream '") + name + "'";
	}

	KinesisConfigurationException notFound(StreamIdentifier name, Throwable ex) {
		return new InvalidOptionException(InvalidOptionException.Group.ERROR, description(name) + " does not exist",
				"Create it, name another one with {deadLetterStream}, or set {onMissingStream} to 'wait' or 'create'",
				ex);
	}

	KinesisConfigurationException notCreatable(StreamIdentifier name) {
		return new InvalidOptionException(InvalidOptionException.Group.ERROR,
				description(name) + " does not exist, and a stream that is given by its ARN cannot be created",
				"Create it yourself, or set {deadLetterStream} to a name");
	}

}
