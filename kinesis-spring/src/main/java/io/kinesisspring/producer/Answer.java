package io.kinesisspring.producer;

import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

import io.kinesisspring.producer.SendFailedException.Reason;

/**
 * What came of a request.
 *
 * @param batch the request
 * @param results one for each record, if the service took the request
 * @param failure what went wrong, if it did not
 */
record Answer(Batch batch, List<PutRecordsResultEntry> results, @Nullable Failure failure) {

	/**
	 * Why the request failed as a whole.
	 * @return the reason, {@code null} if it did not
	 */
	@Nullable Reason reason() {
		return (this.failure != null) ? this.failure.reason() : null;
	}

	/**
	 * How many records the service refused.
	 */
	int refused() {
		int refused = 0;
		for (PutRecordsResultEntry result : this.results) {
			refused += (result.errorCode() != null) ? 1 : 0;
		}
		return refused;
	}

	static Answer to(Batch batch, @Nullable PutRecordsResponse response, @Nullable Throwable thrown) {
		if (response == null) {
			return new Answer(batch, List.of(), Failures.ofRequest(thrown));
		}
		List<PutRecordsResultEntry> results = response.records();
		int missing = batch.records().size() - results.size();
		return new Answer(batch, results, (missing != 0) ? Failures.ofIncompleteAnswer(missing) : null);
	}

}
