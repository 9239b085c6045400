package io.kinesisspring.producer;

import java.util.List;

import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * Records that go as one.
 *
 * @param records two or more, the first of which stands for all
 * @param entry what goes on the wire
 */
record Aggregate(List<OutgoingRecord> records, PutRecordsRequestEntry entry) {

	List<OutgoingRecord> companions() {
		return this.records.subList(1, this.records.size());
	}

}
