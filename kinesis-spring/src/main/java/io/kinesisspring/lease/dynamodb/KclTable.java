package io.kinesisspring.lease.dynamodb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;

/**
 * Reads the lease table of the KCL. The key of a row is the shard, or {@code
 * account:stream:created:shard} if the application reads several streams. The owner
 * increments a counter with each renewal and each checkpoint. Since version 3.5 the table
 * has rows of other kinds as well.
 */
final class KclTable implements ForeignTable {

	private static final String KEY = "leaseKey";

	private static final Pattern OF_SEVERAL_STREAMS = Pattern.compile("(\\d+):([^:]+):(\\d{1,18}):[^:]+");

	private final LeaseImport source;

	KclTable(LeaseImport source) {
		this.source = source;
	}

	@Override
	public boolean matches(Map<String, AttributeValue> item) {
		return item.containsKey(KEY);
	}

	@Override
	public List<ImportedRow> read(List<Map<String, AttributeValue>> items) {
		Map<Incarnation, List<ImportedRow>> rows = new HashMap<>();
		items.stream().filter(KclTable::isLease).forEach((item) -> {
			Incarnation incarnation = incarnation(item);
			if (this.source.wants(incarnation.stream)) {
				rows.computeIfAbsent(incarnation, (key) -> new ArrayList<>()).add(row(item, incarnation.stream));
			}
		});
		Map<String, Incarnation> newest = new HashMap<>();
		rows.keySet().forEach((incarnation) -> newest.merge(incarnation.stream, incarnation, this::newer));
		return newest.values().stream().map(rows::get).flatMap(List::stream).toList();
	}

	/**
	 * Rows of workers, streams and migrations have neither attribute, or name another
	 * type.
	 */
	private static boolean isLease(Map<String, AttributeValue> item) {
		String type = ForeignTable.text(item, "entityType");
		return (type == null || type.equals("LEASE")) && item.containsKey("leaseCounter")
				&& item.containsKey("checkpoint");
	}

	private Incarnation incarnation(Map<String, AttributeValue> item) {
		String key = keyOf(item);
		Matcher ofSeveral = OF_SEVERAL_STREAMS.matcher(key);
		if (ofSeveral.matches()) {
			return new Incarnation(ofSeveral.group(2), ofSeveral.group(1), Long.parseLong(ofSeveral.group(3)));
		}
		String stream = this.source.stream();
		if (stream == null) {
			throw new InvalidOptionException(
					InvalidOptionException.Group.LEASE, "The rows of the KCL's table '" + this.source.tableName()
							+ "', such as '" + key + "', do not name the stream of their shards",
					"Set the stream of this table in {imports}");
		}
		return new Incarnation(stream, "", 0);
	}

	/**
	 * A stream that was deleted and created again has rows of both streams.
	 */
	private Incarnation newer(Incarnation one, Incarnation other) {
		if (!one.account.equals(other.account)) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The KCL's table '" + this.source.tableName() + "' has rows of streams named '" + one.stream
							+ "' in the accounts " + one.account + " and " + other.account
							+ ", which cannot be told apart here",
					"Set another stream of this table in {imports}, and let the KCL finish this one");
		}
		return (other.created > one.created) ? other : one;
	}

	private ImportedRow row(Map<String, AttributeValue> item, String stream) {
		String key = keyOf(item);
		String owner = ForeignTable.text(item, "leaseOwner");
		AttributeValue parents = item.get("parentShardId");
		return new ImportedRow(key, Objects.requireNonNull(item.get("leaseCounter")).n(),
				"a KCL worker" + ((owner != null) ? " '" + owner + "'" : ""), stream,
				key.substring(key.lastIndexOf(':') + 1), checkpoint(item, key),
				(parents != null) ? Set.copyOf(parents.ss()) : Set.of());
	}

	/**
	 * Both libraries store the last processed record and its position in an aggregate.
	 * What {@code LATEST} and {@code AT_TIMESTAMP} mean depends on when the shard is read
	 * and on the configuration of the KCL.
	 */
	private @Nullable Checkpoint checkpoint(Map<String, AttributeValue> item, String key) {
		String text = String.valueOf(ForeignTable.text(item, "checkpoint"));
		return switch (text) {
			case "LATEST", "AT_TIMESTAMP" -> null;
			case "TRIM_HORIZON" -> Checkpoint.TRIM_HORIZON;
			case "SHARD_END" -> Checkpoint.SHARD_END;
			default -> after(text, item.get("checkpointSubSequenceNumber"), key);
		};
	}

	private Checkpoint after(String text, @Nullable AttributeValue subSequence, String key) {
		try {
			return Checkpoint.after(SequenceNumber.of(text),
					(subSequence != null) ? Long.parseLong(subSequence.n()) : 0);
		}
		catch (IllegalArgumentException ex) {
			throw new KinesisConfigurationException(
					"The row '" + key + "' of the KCL's table '" + this.source.tableName() + "' has the checkpoint '"
							+ text + "', which is no sequence number",
					"Repair the row, or delete it to start its shard at the initial position", ex);
		}
	}

	private static String keyOf(Map<String, AttributeValue> item) {
		return String.valueOf(ForeignTable.text(item, KEY));
	}

	/**
	 * A stream as the KCL identifies it.
	 */
	private record Incarnation(String stream, String account, long created) {

	}

}
