package io.kinesisspring.aggregation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Splits aggregated records into the records that they contain. Reads those of the
 * Kinesis Producer Library, of this library's template with {@code
 * kinesis.producer.aggregation=key}, and of other producers.
 *
 * @since 0.1.0
 */
public final class AggregatedRecords {

	/** The data of all aggregated records, and of few others, begins with this byte. */
	public static final byte FIRST_BYTE = AggregateFormat.MAGIC[0];

	private final List<String> partitionKeys = new ArrayList<>();

	private final List<String> explicitHashKeys = new ArrayList<>();

	private final List<Entry> entries = new ArrayList<>();

	private AggregatedRecords() {
	}

	/**
	 * Return whether data starts like an aggregated record. If {@link #open} cannot read
	 * such data, it is damaged or means something else.
	 * @param data the data of a record in the stream
	 * @return whether it starts with the magic number and has room for a frame
	 */
	public static boolean isMarked(byte[] data) {
		return AggregateFormat.hasMagic(data);
	}

	/**
	 * Split an aggregated record, completely or not at all. A plain record is recognized
	 * by its first bytes, at no cost.
	 * @param data the data of a record in the stream; neither changed nor kept
	 * @return one or more records in their order: the index of each is its sub-sequence
	 * number. Empty if the data is not a valid aggregated record; treat it as a plain
	 * record then
	 */
	public static Optional<List<UserRecord>> open(byte[] data) {
		if (!AggregateFormat.hasMagic(data) || !AggregateFormat.hasDigest(data)) {
			return Optional.empty();
		}
		try {
			AggregatedRecords aggregate = new AggregatedRecords();
			aggregate
				.read(new MessageReader(data, AggregateFormat.MAGIC_BYTES, data.length - AggregateFormat.DIGEST_BYTES));
			List<UserRecord> records = aggregate.userRecords();
			return records.isEmpty() ? Optional.empty() : Optional.of(records);
		}
		catch (MalformedMessageException ex) {
			return Optional.empty();
		}
	}

	private void read(MessageReader message) {
		while (message.nextField()) {
			if (message.isBytes(AggregateFormat.PARTITION_KEY_TABLE)) {
				this.partitionKeys.add(message.string());
			}
			else if (message.isBytes(AggregateFormat.EXPLICIT_HASH_KEY_TABLE)) {
				this.explicitHashKeys.add(message.string());
			}
			else if (message.isBytes(AggregateFormat.RECORDS)) {
				this.entries.add(Entry.read(message.message()));
			}
			else {
				message.skip();
			}
		}
	}

	/**
	 * Look up the keys. The tables may come after the records.
	 * @return the records
	 */
	private List<UserRecord> userRecords() {
		List<UserRecord> records = new ArrayList<>(this.entries.size());
		for (Entry entry : this.entries) {
			String partitionKey = key(this.partitionKeys, entry.partitionKey());
			Long explicitHashKey = entry.explicitHashKey();
			records.add(new UserRecord(partitionKey,
					(explicitHashKey != null) ? key(this.explicitHashKeys, explicitHashKey) : null, entry.data()));
		}
		return records;
	}

	private static String key(List<String> table, long index) {
		if (index < 0 || index >= table.size()) {
			throw new MalformedMessageException();
		}
		return table.get((int) index);
	}

	/**
	 * A record with positions in the tables instead of keys.
	 *
	 * @param partitionKey the position of the partition key
	 * @param explicitHashKey the position of the explicit hash key, or {@code null}
	 * @param data the payload
	 */
	private record Entry(long partitionKey, @Nullable Long explicitHashKey, byte[] data) {

		static Entry read(MessageReader message) {
			Long partition = null;
			Long explicit = null;
			byte[] payload = null;
			while (message.nextField()) {
				if (message.isNumber(AggregateFormat.RECORD_PARTITION_KEY_INDEX)) {
					partition = message.number();
				}
				else if (message.isNumber(AggregateFormat.RECORD_EXPLICIT_HASH_KEY_INDEX)) {
					explicit = message.number();
				}
				else if (message.isBytes(AggregateFormat.RECORD_DATA)) {
					payload = message.bytes();
				}
				else {
					message.skip();
				}
			}
			if (partition == null || payload == null) {
				throw new MalformedMessageException();
			}
			return new Entry(partition, explicit, payload);
		}

	}

}
