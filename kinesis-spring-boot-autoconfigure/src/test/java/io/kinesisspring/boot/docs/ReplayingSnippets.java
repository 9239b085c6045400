package io.kinesisspring.boot.docs;

import java.time.Instant;
import java.util.List;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.InitialPosition;
import io.kinesisspring.producer.KinesisTemplate;
import io.kinesisspring.reader.KinesisRecords;

/**
 * What {@code docs/replaying.md} shows, so that it compiles.
 */
class ReplayingSnippets {

	private final KinesisTemplate kinesis;

	ReplayingSnippets(KinesisTemplate kinesis) {
		this.kinesis = kinesis;
	}

	void replay(Instant from, Instant to) {
		try (KinesisRecords<Order> orders = this.kinesis.read("orders", new InitialPosition.At(from), to,
				Order.class)) {
			for (KinesisRecord<Order> order : orders) {
				process(order.payload());
			}
		}
	}

	List<KinesisRecord<byte[]>> find(String shardId, String sequenceNumber) {
		return this.kinesis.receive("orders", shardId, SequenceNumber.of(sequenceNumber));
	}

	private static void process(Order order) {
	}

	record Order(String id) {
	}

}
