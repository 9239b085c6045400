package io.kinesisspring.producer;

import java.util.List;

import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * Records that are sent as one.
 *
 * @param records two or more records; the first one represents all of them
 * @param entry the entry of the request
 * @param bytes the size of the entry, key included
 */
record Aggregate(List<OutgoingRecord> records, PutRecordsRequestEntry entry, int bytes) {

	List<OutgoingRecord> companions() {
		return this.records.subList(1, this.records.size());
	}

}
