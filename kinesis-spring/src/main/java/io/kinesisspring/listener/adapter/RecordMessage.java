package io.kinesisspring.listener.adapter;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.MessageBuilder;

import io.kinesisspring.KinesisHeaders;
import io.kinesisspring.KinesisRecord;
import io.kinesisspring.listener.RecordsListener;

/**
 * Converts records to messages. A sent header never replaces a header of the record
 * itself. Messages have no id and no timestamp of their own: a random id would cost more
 * than the rest, and the sequence number identifies the record better.
 */
final class RecordMessage {

	/** The header in which the argument resolvers find the acknowledgment. */
	static final String ACKNOWLEDGMENT = KinesisHeaders.PREFIX + "acknowledgment";

	/** The headers that a batch has as a whole. */
	static final Set<String> OF_BATCH = Set.of(KinesisHeaders.STREAM, KinesisHeaders.SHARD_ID,
			KinesisHeaders.DELIVERY_ATTEMPT);

	private RecordMessage() {
	}

	static Message<Object> of(Object payload, KinesisRecord<?> record, RecordsListener.Delivery delivery) {
		Map<String, Object> headers = headers(record, delivery);
		headers.put(ACKNOWLEDGMENT, delivery.acknowledgment());
		return MessageBuilder.createMessage(payload, new RecordHeaders(headers));
	}

	/**
	 * Create the message of one record in a batch. It has no acknowledgment of its own.
	 */
	static Message<Object> inBatch(Object payload, KinesisRecord<?> record, RecordsListener.Delivery delivery) {
		return MessageBuilder.createMessage(payload, new RecordHeaders(headers(record, delivery)));
	}

	private static Map<String, Object> headers(KinesisRecord<?> record, RecordsListener.Delivery delivery) {
		Map<String, Object> headers = new HashMap<>(16 + 2 * record.headers().size());
		record.headers().forEach((name, value) -> {
			if (!name.startsWith(KinesisHeaders.PREFIX)) {
				headers.put(name, value);
			}
		});
		headers.put(KinesisHeaders.STREAM, record.stream());
		headers.put(KinesisHeaders.SHARD_ID, record.shardId());
		if (record.partitionKey() != null) {
			headers.put(KinesisHeaders.PARTITION_KEY, record.partitionKey());
		}
		headers.put(KinesisHeaders.SEQUENCE_NUMBER, record.sequenceNumber());
		headers.put(KinesisHeaders.SUB_SEQUENCE_NUMBER, record.subSequenceNumber());
		headers.put(KinesisHeaders.APPROXIMATE_ARRIVAL, record.approximateArrival());
		headers.put(KinesisHeaders.DELIVERY_ATTEMPT, delivery.attempt());
		return headers;
	}

	static Message<Object> ofBatch(Object payload, KinesisRecord<?> first, RecordsListener.Delivery delivery) {
		Map<String, Object> headers = new HashMap<>(8);
		headers.put(KinesisHeaders.STREAM, first.stream());
		headers.put(KinesisHeaders.SHARD_ID, first.shardId());
		headers.put(KinesisHeaders.DELIVERY_ATTEMPT, delivery.attempt());
		headers.put(ACKNOWLEDGMENT, delivery.acknowledgment());
		return MessageBuilder.createMessage(payload, new RecordHeaders(headers));
	}

	private static final class RecordHeaders extends MessageHeaders {

		private static final long serialVersionUID = 1L;

		private RecordHeaders(Map<String, Object> headers) {
			super(headers, ID_VALUE_NONE, -1L);
		}

	}

}
