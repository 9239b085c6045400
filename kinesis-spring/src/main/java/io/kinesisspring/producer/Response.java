package io.kinesisspring.producer;

import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * What came of a request. What can be counted is counted by whoever brings the answer,
 * where its parts have just been in hand.
 *
 * @param batch the request
 * @param results one for each record, if the service took the request
 * @param refused how many of the records the service refused
 * @param throttled how many of these because it had too many of them
 * @param failure what went wrong, if it did not take the request
 */
record Response(Batch batch, List<PutRecordsResultEntry> results, int refused, int throttled,
		@Nullable SendFailure failure) {

	/**
	 * Why the request failed as a whole.
	 * @return the reason, {@code null} if it did not
	 */
	@Nullable Reason reason() {
		return (this.failure != null) ? this.failure.reason() : null;
	}

	static Response to(Batch batch, @Nullable PutRecordsResponse response, @Nullable Throwable thrown) {
		if (response == null) {
			return failed(batch, (thrown != null) ? FailureClassifier.ofRequest(thrown)
					: FailureClassifier.ofIncompleteAnswer(batch.records().size(), 0));
		}
		List<PutRecordsResultEntry> results = response.records();
		int refused = 0;
		int throttled = 0;
		for (PutRecordsResultEntry result : results) {
			if (!isStored(result)) {
				refused++;
				throttled += FailureClassifier.isThrottling(result.errorCode()) ? 1 : 0;
			}
		}
		int sent = batch.records().size();
		return new Response(batch, results, refused, throttled,
				(sent != results.size()) ? FailureClassifier.ofIncompleteAnswer(sent, results.size()) : null);
	}

	static Response failed(Batch batch, SendFailure failure) {
		return new Response(batch, List.of(), 0, 0, failure);
	}

	/**
	 * Whether a record is stored: no error is said, and a place is.
	 * @param result what the service says of the record
	 * @return whether it says that the record is stored
	 */
	static boolean isStored(PutRecordsResultEntry result) {
		String code = result.errorCode();
		return (code == null || code.isEmpty()) && result.shardId() != null && result.sequenceNumber() != null;
	}

}
