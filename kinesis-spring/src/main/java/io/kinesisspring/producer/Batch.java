package io.kinesisspring.producer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/**
 * The records of one request.
 *
 * @param queue where they were taken from
 * @param records the records, of which each may stand for an aggregate
 * @param suspect whether they are sent by themselves to find out which is not valid
 * @param sentAt when, by the engine's clock
 * @param answer completes with what the service says, or when the engine gives it up
 */
record Batch(StreamQueue queue, List<OutgoingRecord> records, boolean suspect, long sentAt,
		CompletableFuture<PutRecordsResponse> answer) {

	Batch(StreamQueue queue, List<OutgoingRecord> records, boolean suspect, long sentAt) {
		this(queue, records, suspect, sentAt, new CompletableFuture<>());
	}

	PutRecordsRequest request() {
		List<PutRecordsRequestEntry> entries = new ArrayList<>(this.records.size());
		for (OutgoingRecord record : this.records) {
			Aggregate aggregate = record.aggregate;
			entries.add((aggregate != null) ? aggregate.entry() : record.toEntry());
		}
		PutRecordsRequest.Builder request = PutRecordsRequest.builder().records(entries);
		String stream = this.queue.stream();
		return (stream.startsWith("arn:") ? request.streamARN(stream) : request.streamName(stream)).build();
	}

	/**
	 * How much data it carries, keys included.
	 */
	long bytes() {
		long bytes = 0;
		for (OutgoingRecord record : this.records) {
			bytes += record.bytesOnTheWire();
		}
		return bytes;
	}

	/**
	 * Two requests are never the same, whatever they carry.
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
