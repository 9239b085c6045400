package io.kinesisspring.producer;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * The failure of a request or of one of its records.
 *
 * @param reason the reason
 * @param message what failed and what can be done about it, without the stream
 * @param cause the exception of the client, if there is one
 * @param retryable whether a retry may succeed
 * @param requested whether the service received the request
 */
record SendFailure(Reason reason, String message, @Nullable Throwable cause, boolean retryable, boolean requested) {

	SendFailure(Reason reason, String message, @Nullable Throwable cause) {
		this(reason, message, cause, reason.retryable(), true);
	}

	/**
	 * Return what the failure means for one record of the request. Only records over the
	 * default limit are sent without knowing whether their stream accepts them.
	 * @param record the record
	 * @return {@code TOO_LARGE} if the record is over that limit, otherwise this failure
	 */
	SendFailure forRecord(OutgoingRecord record) {
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
		return (this.requested ? "kinesis:PutRecords on" : "No request could be made to") + " stream '" + stream + "'"
				+ (this.requested ? " failed: " : ": ") + this.message;
	}

}
