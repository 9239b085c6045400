package io.kinesisspring.boot.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.kinesisspring.KinesisRecord;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.aggregation.AggregatedRecords;
import io.kinesisspring.aggregation.UserRecord;
import io.kinesisspring.embedded.EmbeddedKinesisServer;
import io.kinesisspring.embedded.EmbeddedRecord;
import io.kinesisspring.envelope.HeaderEnvelope;

/**
 * Makes the records that listeners know of those that a server stores.
 */
final class StoredRecords {

	private StoredRecords() {
	}

	static List<KinesisRecord<byte[]>> of(EmbeddedKinesisServer server, String stream) {
		List<KinesisRecord<byte[]>> records = new ArrayList<>();
		for (EmbeddedRecord stored : server.records(stream)) {
			KinesisRecord<byte[]> record = of(stream, stored);
			Optional<List<UserRecord>> parts = AggregatedRecords.open(stored.data());
			if (parts.isPresent()) {
				addParts(record, parts.get(), records);
			}
			else {
				records.add(HeaderEnvelope.open(record));
			}
		}
		return List.copyOf(records);
	}

	private static void addParts(KinesisRecord<byte[]> record, List<UserRecord> parts,
			List<KinesisRecord<byte[]>> records) {
		for (int i = 0; i < parts.size(); i++) {
			records.add(HeaderEnvelope
				.open(new KinesisRecord<>(record.stream(), record.shardId(), parts.get(i).partitionKey(),
						record.sequenceNumber(), i, record.approximateArrival(), parts.get(i).data())));
		}
	}

	static KinesisRecord<byte[]> of(String stream, EmbeddedRecord stored) {
		return new KinesisRecord<>(stream, stored.shardId(), stored.partitionKey(),
				SequenceNumber.of(stored.sequenceNumber()), 0, stored.arrivedAt(), stored.data());
	}

}
