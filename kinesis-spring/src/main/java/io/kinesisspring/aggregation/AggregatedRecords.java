package io.kinesisspring.aggregation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Takes apart what the Kinesis Producer Library, this library's template with
 * {@code kinesis.producer.aggregation=key} and others have put together.
 *
 * @since 0.1.0
 */
public final class AggregatedRecords {

	private final List<String> partitionKeys = new ArrayList<>();

	private final List<String> explicitHashKeys = new ArrayList<>();

	private final List<Entry> entries = new ArrayList<>();

	private AggregatedRecords() {
	}

	/**
	 * Whether data begins like an aggregated record: where it cannot be opened all the
	 * same, somebody has broken it, or means something else by these bytes.
	 * @param data the data of a record as it is in the stream
	 * @return whether it has a frame and begins with the magic
	 */
	public static boolean isMarked(byte[] data) {
		return AggregateFormat.hasMagic(data);
	}

	/**
	 * Take an aggregated record apart: all of it, or not at all. A plain record is told
	 * by its first bytes and costs nothing.
	 * @param data the data of a record as it is in the stream; not changed, not kept
	 * @return its records, at least one, in their order: the index of each is its
	 * sub-sequence number; empty if the data is not an aggregated record, be it that the
	 * magic or the checksum is wrong or what is between them, and then must be taken as a
	 * plain record
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
	 * Look the keys up: the tables may stand after the records.
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
	 * A record whose keys are still places in the tables.
	 *
	 * @param partitionKey the partition key's place
	 * @param explicitHashKey the explicit hash key's place, if there is one
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
