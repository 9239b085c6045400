package io.kinesisspring.embedded;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.embedded.store.Appended;
import io.kinesisspring.embedded.store.DataStream;
import io.kinesisspring.embedded.store.HashKey;
import io.kinesisspring.embedded.store.ReadBatch;
import io.kinesisspring.embedded.store.Shard;
import io.kinesisspring.embedded.store.StoredRecord;

/**
 * Reads and writes the records of a stream, past the protocol: no fault, no limit and no
 * iterator plays a part.
 */
final class StreamContents {

	private static final int PAGE = 10_000;

	private static final int MAX_KEY = 256;

	private static final int KIB = 1024;

	private final DataStream stream;

	StreamContents(DataStream stream) {
		this.stream = stream;
	}

	/**
	 * Read all records: those of a shard in their order, and those of several shards by
	 * arrival.
	 */
	List<EmbeddedRecord> read() {
		List<EmbeddedRecord> records = new ArrayList<>();
		this.stream.shards().forEach((shard) -> read(shard, records));
		records.sort(Comparator.comparing(EmbeddedRecord::arrivedAt));
		return List.copyOf(records);
	}

	private void read(Shard shard, List<EmbeddedRecord> records) {
		long position = 0;
		ReadBatch batch;
		do {
			batch = shard.read(position, PAGE, Long.MAX_VALUE, this.stream.horizon(), this.stream.account().now());
			batch.records().forEach((record) -> records.add(record(shard, record)));
			position = batch.nextPosition();
		}
		while (!batch.records().isEmpty());
	}

	private static EmbeddedRecord record(Shard shard, StoredRecord record) {
		return new EmbeddedRecord(shard.id(), shard.sequenceNumber(record).toString(), record.partitionKey(),
				Instant.ofEpochMilli(record.arrivedAt()), record.data().clone());
	}

	/**
	 * Store a record.
	 * @throws IllegalArgumentException if the service would refuse the record
	 */
	EmbeddedRecord put(@Nullable String partitionKey, byte[] data) {
		int max = this.stream.settings().maxRecordSizeKiB() * KIB;
		if (StoredRecord.size(partitionKey, data) > max) {
			throw new IllegalArgumentException("The record has " + StoredRecord.size(partitionKey, data)
					+ " bytes, and the stream '" + this.stream.name() + "' accepts " + max);
		}
		Appended appended = this.stream.append(route(partitionKey), partitionKey, data.clone());
		appended.shard().notifyListeners();
		EmbeddedRecord stored = stored(appended);
		this.stream.account().keepWithinMemory();
		return stored;
	}

	private EmbeddedRecord stored(Appended appended) {
		Shard shard = appended.shard();
		ReadBatch batch = shard.read(shard.positionAt(appended.sequenceNumber()), 1, Long.MAX_VALUE,
				this.stream.horizon(), this.stream.account().now());
		return record(shard, batch.records().get(0));
	}

	private HashKey route(@Nullable String partitionKey) {
		if (this.stream.settings().isAuto()) {
			List<Shard> open = this.stream.openShards();
			return open.get(Math.floorMod(this.stream.intake().nextTurn(), open.size())).range().start();
		}
		if (partitionKey == null || partitionKey.isEmpty() || partitionKey.length() > MAX_KEY) {
			throw new IllegalArgumentException("'partitionKey' must have 1 to " + MAX_KEY + " characters");
		}
		return HashKey.ofPartitionKey(partitionKey);
	}

}
