package io.kinesisspring.producer;

import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * The outcome of a request. Whoever receives the response counts its results, while they
 * are in the processor's cache.
 *
 * @param batch the request
 * @param results one result for each record, if the service accepted the request
 * @param rejected the number of records that are not stored
 * @param throttled the number of these that were throttled
 * @param failure why the whole request failed, or {@code null} if it did not
 */
record Response(Batch batch, List<PutRecordsResultEntry> results, int rejected, int throttled,
		@Nullable SendFailure failure) {

	/**
	 * Return why the whole request failed.
	 * @return the reason, or {@code null} if it did not fail
	 */
	@Nullable Reason reason() {
		return (this.failure != null) ? this.failure.reason() : null;
	}

	/**
	 * Return whether the stream takes what it is sent. Where the service distributes the
	 * records, one shard throttles a part of any request.
	 * @param byService whether the service distributes the records
	 */
	boolean isAccepted(boolean byService) {
		return this.rejected <= (byService ? this.results.size() / 2 : 0);
	}

	static Response of(Batch batch, @Nullable PutRecordsResponse response, @Nullable Throwable thrown) {
		if (response == null) {
			return failed(batch, (thrown != null) ? FailureClassifier.ofRequest(thrown)
					: FailureClassifier.ofIncompleteResponse(batch.records().size(), 0));
		}
		List<PutRecordsResultEntry> results = response.records();
		int rejected = 0;
		int throttled = 0;
		for (PutRecordsResultEntry result : results) {
			if (!isStored(result)) {
				rejected++;
				throttled += FailureClassifier.isThrottling(result.errorCode()) ? 1 : 0;
			}
		}
		int sent = batch.records().size();
		return new Response(batch, results, rejected, throttled,
				(sent != results.size()) ? FailureClassifier.ofIncompleteResponse(sent, results.size()) : null);
	}

	static Response failed(Batch batch, SendFailure failure) {
		return new Response(batch, List.of(), 0, 0, failure);
	}

	/**
	 * Return whether a record is stored: there is no error, and there is a position.
	 * @param result the result of the record
	 * @return whether the service reports the record as stored
	 */
	static boolean isStored(PutRecordsResultEntry result) {
		String code = result.errorCode();
		return (code == null || code.isEmpty()) && result.shardId() != null && result.sequenceNumber() != null;
	}

}
