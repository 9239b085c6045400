package io.kinesisspring.wire;

import java.util.List;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * The content of a response to PutRecords.
 *
 * @param results the results, in the order of the request
 * @param failedRecordCount the number of records that are not stored
 * @param encryptionType how the records are encrypted
 */
record DecodedResults(List<PutRecordsResultEntry> results, @Nullable Integer failedRecordCount,
		@Nullable String encryptionType) {

	/**
	 * Add the content to the SDK's response, which has the headers.
	 * @param response the SDK's response
	 * @return the whole response
	 */
	PutRecordsResponse addTo(PutRecordsResponse response) {
		return response.toBuilder()
			.records(this.results)
			.failedRecordCount(this.failedRecordCount)
			.encryptionType(this.encryptionType)
			.build();
	}

}
