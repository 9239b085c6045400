package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.SequenceNumber;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.scheduling.Futures;
import io.kinesisspring.scheduling.Scheduler;

/**
 * Migrates a table of kinesis-python in place. Its rows have the same keys, the host that
 * holds the lock ({@code fqdn}), the second at which the lock expires ({@code expires})
 * and the last sequence number ({@code seq}). A living worker changes {@code expires}
 * shortly before that moment. The rows are therefore observed for that time before they
 * are changed. Afterwards kinesis-python cannot lock them any more.
 */
final class KinesisPythonMigration {

	private static final Log logger = LogFactory.getLog(KinesisPythonMigration.class);

	/** The duration of its locks is 30 seconds by default. */
	static final Duration OBSERVATION_TIME = Duration.ofSeconds(35);

	/** The migration does not wait for locks that expire later. */
	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final String SHARD_PREFIX = "_shardId-";

	private static final String UNTOUCHED = "#fqdn = :fqdn AND #expires = :expires AND attribute_not_exists(#application)";

	private final TableAccess access;

	private final LeaseItems items;

	private final TableRequests requests;

	private final Scheduler scheduler;

	KinesisPythonMigration(TableAccess access, Scheduler scheduler) {
		this.access = access;
		this.items = access.items();
		this.requests = access.requests();
		this.scheduler = scheduler;
	}

	/**
	 * Convert all rows into leases.
	 * @return completes when none are left, exceptionally if a worker of kinesis-python
	 * still holds one
	 */
	CompletableFuture<Void> migrate() {
		return find().thenCompose((rows) -> rows.isEmpty() ? CompletableFuture.completedFuture(null)
				: observe(rows).thenCompose((still) -> convertAll(rows)));
	}

	private CompletableFuture<Map<String, Row>> find() {
		Map<String, Row> rows = new HashMap<>();
		CompletableFuture<Void> scanned = this.access.client()
			.scanPaginator((scan) -> scan.tableName(this.access.tableName())
				.consistentRead(true)
				.filterExpression("attribute_exists(#fqdn) AND attribute_not_exists(#application)")
				.expressionAttributeNames(LeaseItems.namesIn("#fqdn #application")))
			.subscribe((page) -> {
				if (!GenuineResponses.isPage(page)) {
					throw DynamoDbFailures.notGenuine("Scan", this.access.tableName());
				}
				page.items().stream().map(this::read).forEach((row) -> rows.put(row.key, row));
			});
		return this.requests.explained("Scan", scanned).thenApply((done) -> rows);
	}

	private Row read(Map<String, AttributeValue> item) {
		String key = Objects.requireNonNull(item.get(this.access.table().keyAttribute())).s();
		AttributeValue expires = item.get("expires");
		AttributeValue seq = item.get("seq");
		if (key.lastIndexOf(SHARD_PREFIX) <= 0 || expires == null || expires.n() == null) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The lease table '" + this.access.tableName() + "' has a row '" + key
							+ "' that neither this library nor kinesis-python has written",
					"Set {tableName} to another table, or delete the row");
		}
		return new Row(key, item.getOrDefault("fqdn", LeaseItems.string("")).s(), expires.n(),
				(seq != null) ? seq.s() : null);
	}

	private CompletableFuture<Void> observe(Map<String, Row> rows) {
		Instant now = this.scheduler.clock().instant();
		Duration wait = OBSERVATION_TIME;
		for (Row row : rows.values()) {
			Duration remaining = Duration.between(now, row.expiry());
			if (remaining.compareTo(TIMEOUT) > 0) {
				throw stillHeld(row, "is locked until " + row.expiry());
			}
			wait = (remaining.compareTo(wait) > 0) ? remaining : wait;
		}
		logger.info("The lease table '" + this.access.tableName() + "' has "
				+ ((rows.size() == 1) ? "1 row" : rows.size() + " rows")
				+ " of kinesis-python. The migration starts if none of them changes for " + wait.toSeconds() + "s");
		return this.scheduler.delay("kinesis-import-", wait)
			.thenCompose((passed) -> find())
			.thenAccept((again) -> again.forEach((key, row) -> {
				if (!row.equals(rows.get(key))) {
					throw stillHeld(row, "has changed");
				}
			}));
	}

	private KinesisConfigurationException stillHeld(Row row, String how) {
		return new InvalidOptionException(InvalidOptionException.Group.LEASE,
				"The row '" + row.key + "' of the lease table '" + this.access.tableName() + "' " + how
						+ ": a worker of kinesis-python on '" + row.fqdn + "' holds it",
				"Stop all kinesis-python workers of this table and start again, or set {tableName} to another table");
	}

	private CompletableFuture<Void> convertAll(Map<String, Row> rows) {
		List<CompletableFuture<Void>> conversions = new ArrayList<>();
		rows.values().forEach((row) -> conversions.add(convert(row)));
		return CompletableFuture.allOf(conversions.toArray(CompletableFuture[]::new))
			.thenRun(() -> logger.info("Migrated " + ((rows.size() == 1) ? "1 row" : rows.size() + " rows")
					+ " of kinesis-python in the lease table '" + this.access.tableName() + "'"));
	}

	/**
	 * Convert a row. A row without a sequence number is removed, and its shard starts at
	 * the initial position.
	 */
	private CompletableFuture<Void> convert(Row row) {
		CompletableFuture<?> write = (row.seq != null) ? update(row, row.seq) : remove(row);
		return write.<Void>thenApply((written) -> null)
			.exceptionallyCompose((ex) -> (Futures.cause(ex) instanceof ConditionalCheckFailedException)
					? assertConverted(row) : CompletableFuture
						.failedFuture(DynamoDbFailures.explain(ex, "UpdateItem", this.access.tableName())));
	}

	private CompletableFuture<?> update(Row row, String seq) {
		int end = row.key.lastIndexOf(SHARD_PREFIX);
		Lease lease = Lease.initial(row.key.substring(0, end), row.key.substring(end + 1),
				Checkpoint.afterAll(SequenceNumber.of(seq)), List.of());
		Map<String, AttributeValue> values = new HashMap<>(condition(row));
		StringBuilder change = new StringBuilder("REMOVE #fqdn, #expires, #seq SET ");
		this.items.write(lease).forEach((name, value) -> {
			if (!name.equals(this.access.table().keyAttribute())) {
				change.append('#').append(name).append(" = :new").append(name).append(", ");
				values.put(":new" + name, value);
			}
		});
		change.setLength(change.length() - 2);
		String condition = UNTOUCHED + " AND #seq = :seq";
		values.put(":seq", LeaseItems.string(seq));
		return this.requests.observed("UpdateItem",
				this.access.client()
					.updateItem((update) -> update.tableName(this.access.tableName())
						.key(this.items.key(row.key))
						.conditionExpression(condition)
						.updateExpression(change.toString())
						.expressionAttributeNames(LeaseItems.namesIn(condition + change))
						.expressionAttributeValues(values)
						.returnValues(ReturnValue.ALL_NEW)),
				GenuineResponses.updated(this.items.key(row.key)));
	}

	private CompletableFuture<?> remove(Row row) {
		String condition = UNTOUCHED + " AND attribute_not_exists(#seq)";
		return this.requests.observed("DeleteItem",
				this.access.client()
					.deleteItem((delete) -> delete.tableName(this.access.tableName())
						.key(this.items.key(row.key))
						.conditionExpression(condition)
						.expressionAttributeNames(LeaseItems.namesIn(condition))
						.expressionAttributeValues(condition(row))
						.returnValues(ReturnValue.ALL_OLD)),
				GenuineResponses.deleted(this.items.key(row.key)));
	}

	private static Map<String, AttributeValue> condition(Row row) {
		return Map.of(":fqdn", LeaseItems.string(row.fqdn), ":expires", AttributeValue.fromN(row.expires));
	}

	/**
	 * Another instance that started at the same time may have converted the row.
	 */
	private CompletableFuture<Void> assertConverted(Row row) {
		return find().thenAccept((rows) -> {
			Row now = rows.get(row.key);
			if (now != null) {
				throw stillHeld(now, "has changed");
			}
		});
	}

	/**
	 * A row as kinesis-python writes it.
	 */
	private record Row(String key, String fqdn, String expires, @Nullable String seq) {

		private Instant expiry() {
			return Instant.ofEpochSecond((long) Double.parseDouble(this.expires));
		}

	}

}
