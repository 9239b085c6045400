package io.kinesisspring.producer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * What went wrong with a request or with one of its records.
 *
 * @param reason what it is
 * @param message what it is and what can be done about it, without the stream
 * @param cause what the client threw, if it threw
 * @param retryable whether another attempt may succeed
 * @param asked whether it was the service that was asked for it
 */
record SendFailure(Reason reason, String message, @Nullable Throwable cause, boolean retryable, boolean asked) {

	SendFailure(Reason reason, String message, @Nullable Throwable cause) {
		this(reason, message, cause, reason.retryable(), true);
	}

	/**
	 * What it means for one of the request's records. Only records over the default limit
	 * are sent without knowing whether their stream takes them.
	 * @param record the record
	 * @return that it is too large, if that is what it must be, or else this
	 */
	SendFailure of(OutgoingRecord record) {
		if (this.reason != Reason.INVALID || record.bytes() <= ServiceLimits.DEFAULT_RECORD_BYTES) {
			return this;
		}
		return new SendFailure(Reason.TOO_LARGE, "a record of " + record.bytes()
				+ " bytes with its partition key is larger than the stream takes, which is 1 MiB unless raised with "
				+ "UpdateMaxRecordSize (" + this.message + ")", this.cause);
	}

	SendFailedException toException(String stream) {
		return new SendFailedException(this.reason, stream, describe(stream), this.cause);
	}

	String describe(String stream) {
		return (this.asked ? "kinesis:PutRecords on" : "No request could be made to") + " stream '" + stream + "'"
				+ (this.asked ? " failed: " : ": ") + this.message;
	}

}
