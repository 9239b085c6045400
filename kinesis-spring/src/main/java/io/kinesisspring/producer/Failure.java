package io.kinesisspring.producer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * What went wrong with a request or with one of its records.
 *
 * @param reason what it is
 * @param message what it is and what can be done about it, without the stream
 * @param cause what the client threw, if it threw
 */
record Failure(Reason reason, String message, @Nullable Throwable cause) {

	SendFailedException toException(String stream) {
		return new SendFailedException(this.reason, stream, describe(stream), this.cause);
	}

	String describe(String stream) {
		return "kinesis:PutRecords on stream '" + stream + "' failed: " + this.message;
	}

}
