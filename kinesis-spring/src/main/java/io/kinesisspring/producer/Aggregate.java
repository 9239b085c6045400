package io.kinesisspring.producer;

import java.util.List;

import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * Records that go as one.
 *
 * @param records two or more, the first of which stands for all
 * @param entry what goes on the wire
 * @param bytes how much data that is, its key included
 */
record Aggregate(List<OutgoingRecord> records, PutRecordsRequestEntry entry, int bytes) {

	List<OutgoingRecord> companions() {
		return this.records.subList(1, this.records.size());
	}

}
