package io.kinesisspring.lease.dynamodb;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;

/**
 * Reads the table of Spring Integration's {@code DynamoDbMetadataStore}. Its Kinesis
 * adapters and the Spring Cloud Stream binder store the last sequence number under {@code
 * group:stream:shard}. Other components may store other values.
 */
final class MetadataStoreTable implements ForeignTable {

	/** The names of key and value, today and up to version 2. */
	private static final Map<String, String> ATTRIBUTES = Map.of("metadataKey", "metadataValue", "KEY", "VALUE");

	private static final String SHARD = ":shardId-";

	private final LeaseImport source;

	private final String group;

	MetadataStoreTable(LeaseImport source, String application) {
		this.source = source;
		this.group = (source.consumerGroup() != null) ? source.consumerGroup() : application;
	}

	@Override
	public boolean matches(Map<String, AttributeValue> item) {
		return ATTRIBUTES.keySet().stream().anyMatch(item::containsKey);
	}

	@Override
	public List<ImportedRow> read(List<Map<String, AttributeValue>> items) {
		List<ImportedRow> rows = new ArrayList<>();
		items.forEach((item) -> ATTRIBUTES.forEach((key, value) -> {
			String name = ForeignTable.text(item, key);
			String text = ForeignTable.text(item, value);
			if (name != null && text != null && name.startsWith(this.group + ":")) {
				read(name, text, rows);
			}
		}));
		return rows;
	}

	private void read(String key, String sequenceNumber, List<ImportedRow> rows) {
		int end = key.lastIndexOf(SHARD);
		String stream = (end > this.group.length()) ? key.substring(this.group.length() + 1, end) : "";
		// A colon would be part of the name of a longer group
		if (!stream.isEmpty() && stream.indexOf(':') < 0 && this.source.wants(stream)) {
			rows.add(new ImportedRow(key, sequenceNumber, "an instance of the group '" + this.group + "'", stream,
					key.substring(end + 1), after(sequenceNumber, key), Set.of()));
		}
	}

	/**
	 * It knows no sub-sequence numbers: a stored record is processed as a whole.
	 */
	private Checkpoint after(String sequenceNumber, String key) {
		try {
			return Checkpoint.afterAll(SequenceNumber.of(sequenceNumber));
		}
		catch (IllegalArgumentException ex) {
			throw new KinesisConfigurationException(
					"The row '" + key + "' of the metadata store '" + this.source.tableName() + "' has the value '"
							+ sequenceNumber + "', which is no sequence number",
					"Repair the row, or delete it to start its shard at the initial position", ex);
		}
	}

}
