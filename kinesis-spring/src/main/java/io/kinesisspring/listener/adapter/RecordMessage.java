package io.kinesisspring.listener.adapter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
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
		return MessageBuilder.createMessage(payload, new RecordHeaders(headers, null));
	}

	/**
	 * Create the message of one record in a batch. It has no acknowledgment of its own.
	 */
	static Message<Object> inBatch(Object payload, KinesisRecord<?> record, RecordsListener.Delivery delivery) {
		return MessageBuilder.createMessage(payload, new RecordHeaders(headers(record, delivery), null));
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

	static Message<Object> ofBatch(Object payload, List<KinesisRecord<byte[]>> records,
			RecordsListener.Delivery delivery) {
		KinesisRecord<byte[]> first = records.get(0);
		Map<String, Object> headers = new HashMap<>(8);
		headers.put(KinesisHeaders.STREAM, first.stream());
		headers.put(KinesisHeaders.SHARD_ID, first.shardId());
		headers.put(KinesisHeaders.DELIVERY_ATTEMPT, delivery.attempt());
		headers.put(ACKNOWLEDGMENT, delivery.acknowledgment());
		return MessageBuilder.createMessage(payload, new RecordHeaders(headers, records));
	}

	/**
	 * The records of the message of a batch, {@code null} for other messages.
	 */
	static @Nullable List<KinesisRecord<byte[]>> batchOf(Message<?> message) {
		return (message.getHeaders() instanceof RecordHeaders headers) ? headers.batch : null;
	}

	/**
	 * The header of one record of a batch.
	 * @return its value as the message of the record would have it, {@code null} if there
	 * is none
	 */
	static @Nullable Object header(String name, KinesisRecord<?> record, Message<?> batch) {
		return switch (name) {
			case KinesisHeaders.STREAM -> record.stream();
			case KinesisHeaders.SHARD_ID -> record.shardId();
			case KinesisHeaders.PARTITION_KEY -> record.partitionKey();
			case KinesisHeaders.SEQUENCE_NUMBER -> record.sequenceNumber();
			case KinesisHeaders.SUB_SEQUENCE_NUMBER -> record.subSequenceNumber();
			case KinesisHeaders.APPROXIMATE_ARRIVAL -> record.approximateArrival();
			case KinesisHeaders.DELIVERY_ATTEMPT -> batch.getHeaders().get(name);
			default -> name.startsWith(KinesisHeaders.PREFIX) ? null : record.headers().get(name);
		};
	}

	private static final class RecordHeaders extends MessageHeaders {

		private static final long serialVersionUID = 1L;

		private final transient @Nullable List<KinesisRecord<byte[]>> batch;

		private RecordHeaders(Map<String, Object> headers, @Nullable List<KinesisRecord<byte[]>> batch) {
			super(headers, ID_VALUE_NONE, -1L);
			this.batch = batch;
		}

	}

}
