package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.scheduling.Futures;
import io.kinesisspring.scheduling.Scheduler;

/**
 * Imports checkpoints from another table before any worker starts. A living worker that
 * uses it changes its rows, so that they are observed first. Existing leases are not
 * changed. A row in the lease table marks the import as done. Until then every instance
 * that starts runs the import, possibly at the same time.
 */
final class LeaseImporter {

	private static final Log logger = LogFactory.getLog(LeaseImporter.class);

	/**
	 * A KCL worker without leases looks for expired leases every 20 seconds.
	 */
	static final Duration OBSERVATION_TIME = Duration.ofSeconds(30);

	/** How many leases are written at once. */
	private static final int MAX_CONCURRENT_WRITES = 100;

	private final TableAccess access;

	private final TableRows leaseRows;

	private final LeaseStore leases;

	private final LeaseImport source;

	private final List<ForeignTable> known;

	private final Scheduler scheduler;

	LeaseImporter(TableAccess access, LeaseStore leases, LeaseImport source, Scheduler scheduler) {
		this.access = access;
		this.leaseRows = new TableRows(access);
		this.leases = leases;
		this.source = source;
		String application = access.items().application().s();
		this.known = List.of(new KclTable(source), new MetadataStoreTable(source, application),
				new OwnTable(source, application));
		this.scheduler = scheduler;
	}

	/**
	 * Import the checkpoints.
	 * @return completes when the import is complete, now or earlier; exceptionally if a
	 * worker of the other library still lives, or if there are no checkpoints
	 */
	CompletableFuture<Void> run() {
		if (this.source.tableName().equals(this.access.tableName())) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"{imports} names the lease table '" + this.access.tableName() + "' itself",
					"Set {tableName} to another name, for a table that is still to be created");
		}
		return isDone().thenCompose((done) -> done ? CompletableFuture.completedFuture(null)
				: observe().thenCompose(this::write).thenCompose((written) -> writeMarker()));
	}

	private CompletableFuture<Boolean> isDone() {
		return this.leaseRows.get(this.access.items().key(this.source), true).thenApply(Optional::isPresent);
	}

	private CompletableFuture<Map<String, ImportedRow>> observe() {
		return find().thenCompose((rows) -> {
			logger.info("Found " + ((rows.size() == 1) ? "1 checkpoint" : rows.size() + " checkpoints")
					+ " in the table '" + this.source.tableName() + "'. The import starts if none of them changes for "
					+ OBSERVATION_TIME.toSeconds() + "s");
			return this.scheduler.delay("kinesis-import-", OBSERVATION_TIME)
				.thenCompose((passed) -> find())
				.thenApply((again) -> {
					again.forEach((key, row) -> assertUnchanged(row, rows.get(key)));
					rows.forEach((key, row) -> assertUnchanged(row, again.get(key)));
					return again;
				});
		});
	}

	private void assertUnchanged(ImportedRow row, @Nullable ImportedRow other) {
		if (other == null || !row.version().equals(other.version())) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The row '" + row.key() + "' of the table '" + this.source.tableName() + "' has changed: "
							+ row.worker() + " uses it",
					"Stop all workers that use this table and start again, or remove it from {imports}");
		}
	}

	private CompletableFuture<Map<String, ImportedRow>> find() {
		List<Map<String, AttributeValue>> found = new ArrayList<>();
		CompletableFuture<Void> scanned = this.access.client()
			.scanPaginator((scan) -> scan.tableName(this.source.tableName()).consistentRead(true))
			.subscribe((page) -> {
				if (!GenuineResponses.isPage(page)) {
					throw DynamoDbFailures.notGenuine("Scan", this.source.tableName());
				}
				found.addAll(page.items());
			});
		return this.access.requests(this.source.tableName()).observed("Scan", scanned).handle((done, ex) -> {
			if (ex == null) {
				return read(found);
			}
			if (Futures.cause(ex) instanceof ResourceNotFoundException) {
				throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
						"{imports} names the table '" + this.source.tableName() + "', which does not exist",
						"Correct the name, the region or the account, or remove the entry if there is nothing to import");
			}
			throw new CompletionException(DynamoDbFailures.explain(ex, "Scan", this.source.tableName()));
		});
	}

	private Map<String, ImportedRow> read(List<Map<String, AttributeValue>> found) {
		Map<String, ImportedRow> rows = new HashMap<>();
		for (ForeignTable old : this.known) {
			old.read(found.stream().filter(old::matches).toList()).forEach((row) -> rows.put(row.key(), row));
		}
		if (rows.isEmpty()) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The table '" + this.source.tableName() + "' has no checkpoint that {imports} asks for (" + wanted()
							+ ")",
					"It can be a lease table of the KCL or of this library, or a metadata store of Spring Integration: correct the stream or the consumer-group, or remove the entry if there is nothing to import");
		}
		return rows;
	}

	private String wanted() {
		String stream = (this.source.stream() != null) ? "the stream '" + this.source.stream() + "'" : "any stream";
		return (this.source.consumerGroup() != null) ? stream + " of the group '" + this.source.consumerGroup() + "'"
				: stream;
	}

	private CompletableFuture<Void> write(Map<String, ImportedRow> rows) {
		List<Lease> leases = leases(rows);
		CompletableFuture<Integer> behind = CompletableFuture.completedFuture(0);
		for (int from = 0; from < leases.size(); from += MAX_CONCURRENT_WRITES) {
			List<Lease> batch = leases.subList(from, Math.min(leases.size(), from + MAX_CONCURRENT_WRITES));
			behind = behind.thenCompose((before) -> write(batch).thenApply((now) -> before + now));
		}
		return behind.thenAccept((count) -> {
			logger.info("Imported " + ((leases.size() == 1) ? "1 checkpoint" : leases.size() + " checkpoints")
					+ " from the table '" + this.source.tableName() + "'");
			if (count > 0) {
				logger.warn(((count == 1) ? "1 of these shards has" : count + " of these shards have")
						+ " an earlier checkpoint here than in '" + this.source.tableName() + "'. The leases in '"
						+ this.access.tableName()
						+ "' were not changed. To import all checkpoints, stop all instances, delete '"
						+ this.access.tableName() + "' and start again");
			}
		});
	}

	/**
	 * A parent that has no row itself, but a child with a row, has been finished or is
	 * never read by the other library.
	 */
	private static List<Lease> leases(Map<String, ImportedRow> rows) {
		Map<String, Lease> leases = new HashMap<>();
		Map<String, Lease> parents = new HashMap<>();
		for (ImportedRow row : rows.values()) {
			if (row.checkpoint() != null) {
				Lease lease = Lease.initial(row.stream(), row.shardId(), row.checkpoint(), row.parents());
				leases.put(lease.key(), lease);
				for (String parent : row.parents()) {
					Lease finished = Lease.initial(row.stream(), parent, Checkpoint.SHARD_END, Set.of());
					parents.put(finished.key(), finished);
				}
			}
		}
		for (ImportedRow row : rows.values()) {
			if (row.checkpoint() == null) {
				Lease unread = Lease.initial(row.stream(), row.shardId(), Checkpoint.TRIM_HORIZON, row.parents());
				parents.computeIfPresent(unread.key(), (key, finished) -> unread);
			}
		}
		parents.forEach(leases::putIfAbsent);
		return List.copyOf(leases.values());
	}

	/**
	 * Create the leases of a batch. Another instance may have created them before, and
	 * may even have advanced them.
	 * @return how many existing leases have an earlier checkpoint
	 */
	private CompletableFuture<Integer> write(List<Lease> batch) {
		List<CompletableFuture<Boolean>> behind = batch.stream().map(this::write).toList();
		return CompletableFuture.allOf(behind.toArray(CompletableFuture[]::new))
			.thenApply((all) -> (int) behind.stream().filter(CompletableFuture::join).count());
	}

	private CompletableFuture<Boolean> write(Lease lease) {
		return this.leases.create(lease)
			.thenCompose((created) -> created ? CompletableFuture.completedFuture(false) : this.leases.find(lease.key())
				.thenApply((there) -> there.isPresent() && isBehind(there.get().checkpoint(), lease)));
	}

	private static boolean isBehind(Checkpoint there, Lease lease) {
		if (there instanceof Checkpoint.ShardEnd || lease.checkpoint() instanceof Checkpoint.TrimHorizon) {
			return false;
		}
		return !(there instanceof Checkpoint.After after && lease.checkpoint() instanceof Checkpoint.After taken
				&& after.compareTo(taken) >= 0);
	}

	private CompletableFuture<Void> writeMarker() {
		return this.leaseRows.putIfAbsent(this.access.items().write(this.source)).thenAccept((written) -> {
		});
	}

}
