package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;

/**
 * Reads a table of this library, for an application that moves to another table or gets
 * another name. Living workers change the heartbeats in the rows of worker groups, so
 * that these are part of the version of each lease.
 */
final class OwnTable implements ForeignTable {

	private static final String HEARTBEATS = "beats";

	private static final Set<String> LEASE = Set.of("stream", "shardId", "epoch", "checkpoint");

	private final LeaseImport source;

	private final String application;

	OwnTable(LeaseImport source, String application) {
		this.source = source;
		this.application = (source.consumerGroup() != null) ? source.consumerGroup() : application;
	}

	@Override
	public boolean matches(Map<String, AttributeValue> item) {
		return this.application.equals(ForeignTable.text(item, TableSettings.APPLICATION_ATTRIBUTE))
				&& (isLease(item) || item.containsKey(HEARTBEATS));
	}

	private static boolean isLease(Map<String, AttributeValue> item) {
		return item.keySet().containsAll(LEASE);
	}

	@Override
	public List<ImportedRow> read(List<Map<String, AttributeValue>> items) {
		String heartbeats = items.stream()
			.filter((item) -> item.containsKey(HEARTBEATS))
			.map(this::heartbeats)
			.sorted()
			.collect(Collectors.joining());
		return items.stream()
			.filter(OwnTable::isLease)
			.filter((item) -> this.source.wants(required(item, "stream")))
			.map((item) -> row(item, heartbeats))
			.toList();
	}

	/**
	 * Three heartbeats fit into the timeout of a group.
	 */
	private String heartbeats(Map<String, AttributeValue> group) {
		Map<String, AttributeValue> members = new TreeMap<>(Objects.requireNonNull(group.get(HEARTBEATS)).m());
		Duration timeout = LeaseItems.timeout(group);
		if (!members.isEmpty() && timeout.compareTo(LeaseImporter.OBSERVATION_TIME) > 0) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The table '" + this.source.tableName() + "' names workers of the application '" + this.application
							+ "' with a timeout of " + timeout.toSeconds()
							+ "s, so that it would take too long to find out whether they live",
					"Stop these workers with SIGTERM so that they leave the table, or remove it from {imports}");
		}
		return members.toString();
	}

	private ImportedRow row(Map<String, AttributeValue> item, String heartbeats) {
		String owner = ForeignTable.text(item, "owner");
		AttributeValue parents = item.get("parents");
		Lease lease = Lease.initial(required(item, "stream"), required(item, "shardId"), checkpoint(item),
				(parents != null) ? parents.ss() : Set.of());
		String version = number(item, "epoch") + " " + owner + " " + number(item, "revision") + " " + heartbeats;
		return new ImportedRow(lease.key(), version,
				"an instance of the application '" + this.application + "'"
						+ ((owner != null) ? " ('" + owner + "')" : ""),
				lease.stream(), lease.shardId(), lease.checkpoint(), Set.copyOf(lease.parents()));
	}

	private Checkpoint checkpoint(Map<String, AttributeValue> item) {
		try {
			return CheckpointText.read(required(item, "checkpoint"), number(item, "subSequence"));
		}
		catch (RuntimeException ex) {
			throw unreadable(item, ex);
		}
	}

	private String required(Map<String, AttributeValue> item, String attribute) {
		String text = ForeignTable.text(item, attribute);
		if (text == null) {
			throw unreadable(item, null);
		}
		return text;
	}

	private static long number(Map<String, AttributeValue> item, String attribute) {
		AttributeValue value = item.get(attribute);
		return (value != null && value.n() != null) ? Long.parseLong(value.n()) : 0;
	}

	private KinesisConfigurationException unreadable(Map<String, AttributeValue> item, @Nullable Throwable cause) {
		return new KinesisConfigurationException(
				"The lease of the shard '" + ForeignTable.text(item, "shardId") + "' of the stream '"
						+ ForeignTable.text(item, "stream") + "' in the table '" + this.source.tableName()
						+ "' cannot be read",
				"Repair the row, or delete it to start its shard at the initial position", cause);
	}

}
