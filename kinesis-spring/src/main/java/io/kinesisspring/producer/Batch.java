package io.kinesisspring.producer;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

import io.kinesisspring.wire.RecordsRequest;

/**
 * The records of one request.
 *
 * @param queue the queue of the records
 * @param records the records, each of which may represent an aggregate
 * @param bisecting whether the request searches for an invalid record
 * @param leavesOutKeys whether records without a key of their own are sent without one
 * @param sentAt the time of sending, by the engine's clock
 * @param response completes with the service's response, or when the engine gives up
 */
record Batch(StreamQueue queue, List<OutgoingRecord> records, boolean bisecting, boolean leavesOutKeys, long sentAt,
		CompletableFuture<PutRecordsResponse> response) {

	Batch(StreamQueue queue, List<OutgoingRecord> records, boolean bisecting, boolean leavesOutKeys, long sentAt) {
		this(queue, records, bisecting, leavesOutKeys, sentAt, new CompletableFuture<>());
	}

	RecordsRequest request() {
		RecordsRequest request = new RecordsRequest(this.queue.stream(), this.records.size());
		for (OutgoingRecord record : this.records) {
			Aggregate aggregate = record.aggregate();
			if (aggregate != null) {
				aggregate.addTo(request);
			}
			else {
				request.add(leavesOutKeyOf(record) ? null : record.partitionKey(), record.explicitHashKey(),
						record.data());
			}
		}
		return request;
	}

	/**
	 * Return whether a record is sent without a key.
	 * @param record a record of the request
	 * @return whether its key is left out
	 */
	boolean leavesOutKeyOf(OutgoingRecord record) {
		return this.leavesOutKeys && record.isKeyChosen();
	}

	/**
	 * Return whether any record is sent without a key.
	 */
	boolean hasRecordsWithoutKey() {
		return this.leavesOutKeys && this.records.stream().anyMatch(OutgoingRecord::isKeyChosen);
	}

	/**
	 * Return the number of records, including those in aggregates.
	 */
	int userRecords() {
		int number = 0;
		for (OutgoingRecord record : this.records) {
			Aggregate aggregate = record.aggregate();
			number += (aggregate != null) ? aggregate.records().size() : 1;
		}
		return number;
	}

	/**
	 * Return the size of the request's data, keys included.
	 */
	long bytes() {
		long bytes = 0;
		for (OutgoingRecord record : this.records) {
			bytes += record.bytesOnTheWire();
		}
		return bytes;
	}

	/**
	 * Compare by identity: two requests with the same records are different.
	 */
	@Override
	public boolean equals(Object obj) {
		return this == obj;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

}
