package io.kinesisspring.producer;

import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * What came of a request.
 *
 * @param batch the request
 * @param results one for each record, if the service took the request
 * @param failure what went wrong, if it did not
 */
record Answer(Batch batch, List<PutRecordsResultEntry> results, @Nullable Failure failure) {

	static Answer to(Batch batch, @Nullable PutRecordsResponse response, @Nullable Throwable thrown) {
		if (response == null) {
			return new Answer(batch, List.of(), Failures.ofRequest(thrown));
		}
		List<PutRecordsResultEntry> results = response.records();
		int missing = batch.records().size() - results.size();
		return new Answer(batch, results, (missing != 0) ? Failures.ofIncompleteAnswer(missing) : null);
	}

}
