package io.kinesisspring.aggregation;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Builds aggregated records in the format of the Kinesis Producer Library. The size of
 * the result is known before a record is added. Payloads are copied once, into the
 * result. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class AggregatedRecordBuilder {

	private static final int NO_KEY = -1;

	private final KeyTable partitionKeys = new KeyTable(AggregateFormat.PARTITION_KEY_TABLE);

	private final KeyTable explicitHashKeys = new KeyTable(AggregateFormat.EXPLICIT_HASH_KEY_TABLE);

	private final List<Entry> entries = new ArrayList<>();

	private int size = AggregateFormat.FRAME_BYTES;

	/**
	 * Return the number of records that were added.
	 * @return the number of records
	 */
	public int count() {
		return this.entries.size();
	}

	/**
	 * Return the size of the aggregated record with one more record.
	 * @param partitionKey the record's partition key
	 * @param explicitHashKey its explicit hash key, or {@code null}
	 * @param data its payload
	 * @return the size in bytes, without the partition key of the aggregated record
	 */
	public long sizeWith(String partitionKey, @Nullable String explicitHashKey, byte[] data) {
		long tables = this.partitionKeys.growth(partitionKey)
				+ ((explicitHashKey != null) ? this.explicitHashKeys.growth(explicitHashKey) : 0);
		return this.size + tables + entry(partitionKey, explicitHashKey, data).sizeInMessage();
	}

	/**
	 * Add a record at the end.
	 * @param partitionKey its partition key
	 * @param explicitHashKey a decimal number that decides the shard instead of the hash
	 * of the partition key, or {@code null}
	 * @param data its payload, which must not change before {@link #build()}
	 * @throws IllegalArgumentException if the aggregated record would be larger than an
	 * array can be
	 */
	public void add(String partitionKey, @Nullable String explicitHashKey, byte[] data) {
		long grown = sizeWith(partitionKey, explicitHashKey, data);
		if (grown > Integer.MAX_VALUE) {
			throw new IllegalArgumentException("'data' would make the aggregated record too large: " + grown);
		}
		this.entries.add(entry(partitionKey, explicitHashKey, data));
		this.partitionKeys.add(partitionKey);
		if (explicitHashKey != null) {
			this.explicitHashKeys.add(explicitHashKey);
		}
		this.size = (int) grown;
	}

	/**
	 * Add a record at the end, unless the aggregated record would become too large.
	 * @param partitionKey its partition key
	 * @param explicitHashKey a decimal number that decides the shard instead of the hash
	 * of the partition key, or {@code null}
	 * @param data its payload, which must not change before {@link #build()}
	 * @param limit the maximum size of the aggregated record in bytes, without its
	 * partition key
	 * @return whether the record was added
	 */
	public boolean addIfFits(String partitionKey, @Nullable String explicitHashKey, byte[] data, int limit) {
		if (sizeWith(partitionKey, explicitHashKey, data) > limit) {
			return false;
		}
		add(partitionKey, explicitHashKey, data);
		return true;
	}

	/**
	 * Return the size of the aggregated record, as it is now.
	 * @return the size in bytes, without the partition key of the aggregated record
	 */
	public int size() {
		return this.size;
	}

	/**
	 * Build the aggregated record.
	 * @return the data of the aggregated record. A single record is not framed: its
	 * payload is returned
	 * @throws IllegalStateException if no record was added
	 */
	public byte[] build() {
		if (this.entries.isEmpty()) {
			throw new IllegalStateException("There is no record to build from");
		}
		if (this.entries.size() == 1) {
			return this.entries.get(0).data();
		}
		byte[] aggregate = new byte[this.size];
		MessageWriter message = new MessageWriter(aggregate, AggregateFormat.MAGIC_BYTES);
		this.partitionKeys.write(message);
		this.explicitHashKeys.write(message);
		for (Entry entry : this.entries) {
			entry.write(message);
		}
		AggregateFormat.frame(aggregate);
		return aggregate;
	}

	private Entry entry(String partitionKey, @Nullable String explicitHashKey, byte[] data) {
		return new Entry(this.partitionKeys.index(partitionKey),
				(explicitHashKey != null) ? this.explicitHashKeys.index(explicitHashKey) : NO_KEY, data);
	}

	/**
	 * A record and the positions of its keys.
	 *
	 * @param partitionKey the position of the partition key
	 * @param explicitHashKey the position of the explicit hash key, or {@link #NO_KEY}
	 * @param data the payload
	 */
	private record Entry(int partitionKey, int explicitHashKey, byte[] data) {

		int size() {
			return MessageWriter.sizeOfNumber(this.partitionKey)
					+ ((this.explicitHashKey != NO_KEY) ? MessageWriter.sizeOfNumber(this.explicitHashKey) : 0)
					+ MessageWriter.sizeOfBytes(this.data.length);
		}

		int sizeInMessage() {
			return MessageWriter.sizeOfBytes(size());
		}

		void write(MessageWriter message) {
			message.length(AggregateFormat.RECORDS, size());
			message.number(AggregateFormat.RECORD_PARTITION_KEY_INDEX, this.partitionKey);
			if (this.explicitHashKey != NO_KEY) {
				message.number(AggregateFormat.RECORD_EXPLICIT_HASH_KEY_INDEX, this.explicitHashKey);
			}
			message.bytes(AggregateFormat.RECORD_DATA, this.data);
		}

	}

}
