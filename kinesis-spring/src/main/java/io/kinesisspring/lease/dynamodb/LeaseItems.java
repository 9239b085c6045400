package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.WorkerGroup;

/**
 * Converts leases, worker groups and import markers to rows of the table, and back.
 */
final class LeaseItems {

	/** No stream name has a colon, so that no lease has such a key. */
	private static final String GROUP_KEY_PREFIX = "workers:";

	/** No lease has such a key either. */
	private static final String IMPORT_KEY_PREFIX = "imported:";

	/**
	 * All other keys with a colon are reserved for later versions. This version ignores
	 * them.
	 */
	private static final char RESERVED = ':';

	private static final String REMEDY = "Restore the row, or delete it to start its shard at the initial position";

	private static final Pattern DIGITS = Pattern.compile("[0-9]+");

	private static final Pattern NAME = Pattern.compile("#(\\w+)");

	private final TableSettings table;

	private final String application;

	LeaseItems(TableSettings table, String application) {
		this.table = table;
		this.application = application;
	}

	Map<String, AttributeValue> key(Lease lease) {
		return key(lease.key());
	}

	Map<String, AttributeValue> key(String leaseKey) {
		return this.table.key(this.application, leaseKey);
	}

	Map<String, AttributeValue> key(int group) {
		return key(GROUP_KEY_PREFIX + group);
	}

	Map<String, AttributeValue> key(LeaseImport source) {
		return key(IMPORT_KEY_PREFIX + source.id());
	}

	Map<String, AttributeValue> write(Lease lease) {
		Map<String, AttributeValue> item = new HashMap<>(key(lease));
		item.put(TableSettings.APPLICATION_ATTRIBUTE, string(this.application));
		item.put("stream", string(lease.stream()));
		item.put("shardId", string(lease.shardId()));
		item.put("epoch", number(lease.epoch()));
		item.put("checkpoint", string(CheckpointText.write(lease.checkpoint())));
		item.put("subSequence", number(CheckpointText.subSequence(lease.checkpoint())));
		item.put("revision", number(lease.revision()));
		if (lease.owner() != null) {
			item.put("owner", string(lease.owner()));
		}
		if (!lease.parents().isEmpty()) {
			item.put("parents", strings(lease.parents()));
		}
		if (lease.start() != null) {
			item.put("start", string(lease.start().toString()));
		}
		return item;
	}

	/**
	 * The values of a conditional write: owner and epoch as they were seen, and the
	 * written values.
	 */
	Map<String, AttributeValue> fencedValues(Lease seen, Consumer<Map<String, AttributeValue>> written) {
		Map<String, AttributeValue> values = new HashMap<>();
		values.put(":epoch", number(seen.epoch()));
		if (seen.owner() != null) {
			values.put(":owner", string(seen.owner()));
		}
		written.accept(values);
		return values;
	}

	/**
	 * A group with its first member, as a row.
	 */
	Map<String, AttributeValue> write(int group, String worker, Collection<String> streams, Duration timeout) {
		Map<String, AttributeValue> item = new HashMap<>(key(group));
		item.put(TableSettings.APPLICATION_ATTRIBUTE, string(this.application));
		item.put("streams", strings(streams));
		item.put("patience", number(timeout.toMillis()));
		item.put("beats", AttributeValue.fromM(Map.of(worker, number(1))));
		item.put("bell", number(0));
		return item;
	}

	/**
	 * The marker of an import, as a row.
	 */
	Map<String, AttributeValue> write(LeaseImport source) {
		Map<String, AttributeValue> item = new HashMap<>(key(source));
		item.put(TableSettings.APPLICATION_ATTRIBUTE, string(this.application));
		return item;
	}

	AttributeValue application() {
		return string(this.application);
	}

	/**
	 * Read a row of the table.
	 * @param unreadable gets the key of a row that should be there and cannot be read,
	 * and why
	 */
	void read(Map<String, AttributeValue> item, Consumer<Lease> leases, Consumer<WorkerGroup> groups,
			BiConsumer<String, KinesisConfigurationException> unreadable) {
		try {
			read(item, leases, groups);
		}
		catch (KinesisConfigurationException ex) {
			unreadable.accept(String.valueOf(text(item, this.table.keyAttribute())), ex);
		}
		catch (RuntimeException ex) {
			String key = String.valueOf(text(item, this.table.keyAttribute()));
			unreadable.accept(key, new KinesisConfigurationException(
					"The row '" + key + "' of the lease table '" + this.table.name() + "' cannot be read", REMEDY, ex));
		}
	}

	private void read(Map<String, AttributeValue> item, Consumer<Lease> leases, Consumer<WorkerGroup> groups) {
		String key = text(item, this.table.keyAttribute());
		String owning = text(item, TableSettings.APPLICATION_ATTRIBUTE);
		if (key == null || !this.application.equals(owning)) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The lease table '" + this.table.name() + "' has a row '" + key + "' "
							+ ((owning != null) ? "of the application '" + owning + "'"
									: "that was not written by this library")
							+ ", while this application is '" + this.application + "'",
					"Each application needs a table of its own: set {tableNames} for each, or leave {tableName} out to use the application's name");
		}
		if (key.startsWith(GROUP_KEY_PREFIX)) {
			groups.accept(group(item));
		}
		else if (key.indexOf(RESERVED) < 0) {
			leases.accept(lease(item));
		}
	}

	WorkerGroup group(Map<String, AttributeValue> item) {
		String key = required(item, null, this.table.keyAttribute());
		AttributeValue members = item.get("beats");
		long timeout = number(item, "patience");
		if (members == null || !members.hasM() || timeout <= 0) {
			throw new KinesisConfigurationException(
					"The row '" + key + "' of the lease table '" + this.table.name()
							+ "' has no heartbeats or no timeout",
					"Delete the row: its workers join a group again by themselves");
		}
		Map<String, Long> heartbeats = new TreeMap<>();
		members.m().forEach((worker, heartbeat) -> heartbeats.put(worker, Long.parseLong(heartbeat.n())));
		return WorkerGroup.of(Integer.parseInt(key.substring(GROUP_KEY_PREFIX.length())), set(item, "streams"),
				Duration.ofMillis(timeout), heartbeats, number(item, "bell"), set(item, "asks"));
	}

	/**
	 * The timeout of a worker group.
	 */
	static Duration timeout(Map<String, AttributeValue> group) {
		return Duration.ofMillis(number(group, "patience"));
	}

	Lease lease(Map<String, AttributeValue> item) {
		String key = text(item, this.table.keyAttribute());
		Lease lease = new Lease(required(item, key, "stream"), required(item, key, "shardId"), text(item, "owner"),
				number(item, "epoch"),
				CheckpointText.read(required(item, key, "checkpoint"), number(item, "subSequence")),
				number(item, "revision"), set(item, "parents"), sequenceNumber(item, "start"));
		if (!lease.key().equals(key)) {
			throw new KinesisConfigurationException(
					"The row '" + key + "' of the lease table '" + this.table.name() + "' has the stream '"
							+ lease.stream() + "' and the shard '" + lease.shardId() + "', which do not match its key",
					REMEDY);
		}
		return lease;
	}

	/**
	 * A text that is no sequence number counts as unknown. The next listing sets it
	 * again.
	 */
	private static @Nullable SequenceNumber sequenceNumber(Map<String, AttributeValue> item, String attribute) {
		String text = text(item, attribute);
		return (text != null && DIGITS.matcher(text).matches()) ? SequenceNumber.of(text) : null;
	}

	private String required(Map<String, AttributeValue> item, @Nullable String key, String attribute) {
		String text = text(item, attribute);
		if (text == null) {
			throw new KinesisConfigurationException("The row '" + key + "' of the lease table '" + this.table.name()
					+ "' has no attribute '" + attribute + "'", REMEDY);
		}
		return text;
	}

	private static @Nullable String text(Map<String, AttributeValue> item, String attribute) {
		AttributeValue value = item.get(attribute);
		return (value != null) ? value.s() : null;
	}

	private static long number(Map<String, AttributeValue> item, String attribute) {
		AttributeValue value = item.get(attribute);
		return (value != null && value.n() != null) ? Long.parseLong(value.n()) : 0;
	}

	private static SortedSet<String> set(Map<String, AttributeValue> item, String attribute) {
		AttributeValue value = item.get(attribute);
		return (value != null) ? new TreeSet<>(value.ss()) : new TreeSet<>();
	}

	/**
	 * The attribute names that an expression uses as placeholders, so that none can clash
	 * with a reserved word.
	 */
	static Map<String, String> namesIn(String expression) {
		Map<String, String> names = new HashMap<>();
		Matcher matcher = NAME.matcher(expression);
		while (matcher.find()) {
			names.put(matcher.group(), matcher.group(1));
		}
		return names;
	}

	static AttributeValue string(String value) {
		return AttributeValue.fromS(value);
	}

	static AttributeValue number(long value) {
		return AttributeValue.fromN(Long.toString(value));
	}

	static AttributeValue strings(Collection<String> values) {
		return AttributeValue.builder().ss(values).build();
	}

}
