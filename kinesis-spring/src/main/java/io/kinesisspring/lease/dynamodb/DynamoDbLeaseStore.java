package io.kinesisspring.lease.dynamodb;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.springframework.util.Assert;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseTable;
import io.kinesisspring.lease.WorkerGroupStore;
import io.kinesisspring.scheduling.Scheduler;

/**
 * A {@link LeaseStore} in a DynamoDB table with a string HASH key. The table has a row
 * for each lease and for each worker group. It serves one application, unless its
 * {@linkplain TableSettings settings} say that it is shared. Thread-safe; the caller
 * closes the client. A response that DynamoDB cannot have sent fails the call. Rows of
 * kinds that a later version may add are ignored, see {@link LeaseTable}.
 * <p>
 * Needs {@code dynamodb:DescribeTable}, {@code Scan} ({@code Query} on a shared table),
 * {@code GetItem}, {@code PutItem}, {@code UpdateItem} and {@code DeleteItem} on the
 * table, {@code CreateTable} if the store creates the table, {@code TagResource} for
 * tags, {@code DescribeContinuousBackups} and {@code UpdateContinuousBackups} for
 * point-in-time recovery, and {@code Scan} on each table from which checkpoints are
 * imported.
 *
 * @since 0.1.0
 */
public final class DynamoDbLeaseStore implements LeaseStore {

	private static final String HELD = "#owner = :owner AND #epoch = :epoch";

	private static final String NOT_YET_WRITTEN = " AND (attribute_not_exists(#revision) OR #revision <= :revision)";

	private static final String UNOWNED = "attribute_not_exists(#owner) AND #epoch = :epoch";

	private final TableAccess access;

	private final LeaseItems items;

	private final TableRows rows;

	private final TablePages pages;

	private final TablePreparation preparation;

	private final DynamoDbWorkerGroupStore workerGroups;

	private final List<LeaseImport> imports;

	private final Scheduler scheduler;

	/**
	 * Create a store.
	 * @param client the client, which is not used before {@link #prepare()}
	 * @param application the application of the leases
	 * @param table the table
	 */
	public DynamoDbLeaseStore(DynamoDbAsyncClient client, String application, TableSettings table) {
		this(client, application, table, TableObserver.NONE);
	}

	/**
	 * Create a store.
	 * @param client the client, which is not used before {@link #prepare()}
	 * @param application the application of the leases
	 * @param table the table
	 * @param observer is notified about requests
	 */
	public DynamoDbLeaseStore(DynamoDbAsyncClient client, String application, TableSettings table,
			TableObserver observer) {
		this(client, application, table, observer, List.of());
	}

	/**
	 * Create a store that imports the checkpoints of other libraries.
	 * @param client the client, which is not used before {@link #prepare()}
	 * @param application the application of the leases
	 * @param table the table
	 * @param observer is notified about requests
	 * @param imports the tables from which {@link #prepare()} imports checkpoints once
	 */
	public DynamoDbLeaseStore(DynamoDbAsyncClient client, String application, TableSettings table,
			TableObserver observer, List<LeaseImport> imports) {
		this(client, application, table, observer, imports, Scheduler.system());
	}

	DynamoDbLeaseStore(DynamoDbAsyncClient client, String application, TableSettings table, TableObserver observer,
			List<LeaseImport> imports, Scheduler scheduler) {
		Assert.notNull(client, "'client' must not be null");
		Assert.hasText(application, "'application' must not be empty");
		Assert.notNull(table, "'table' must not be null");
		Assert.notNull(observer, "'observer' must not be null");
		Assert.notNull(imports, "'imports' must not be null");
		this.access = TableAccess.of(client, application, table, observer);
		this.items = this.access.items();
		this.rows = new TableRows(this.access);
		this.pages = new TablePages(this.access);
		this.preparation = new TablePreparation(this.access, scheduler);
		this.workerGroups = new DynamoDbWorkerGroupStore(table, this.items, this.rows);
		this.imports = List.copyOf(imports);
		this.scheduler = scheduler;
	}

	@Override
	public CompletableFuture<Void> prepare() {
		return this.preparation.run()
			.thenCompose((prepared) -> this.access.table().shared() ? CompletableFuture.completedFuture(null)
					: new KinesisPythonMigration(this.access, this.scheduler).migrate())
			.thenCompose((takenOver) -> CompletableFuture
				.allOf(this.imports.stream().map(this::importFrom).toArray(CompletableFuture[]::new)));
	}

	private CompletableFuture<Void> importFrom(LeaseImport source) {
		return new LeaseImporter(this.access, this, source, this.scheduler).run();
	}

	@Override
	public WorkerGroupStore workerGroups() {
		return this.workerGroups;
	}

	@Override
	public CompletableFuture<LeaseTable> load() {
		return this.pages.readAll();
	}

	@Override
	public CompletableFuture<Optional<Lease>> find(String key) {
		return this.rows.get(this.items.key(key), true)
			.thenApply((found) -> found.map((item) -> this.rows.readRow("GetItem", () -> this.items.lease(item))));
	}

	@Override
	public CompletableFuture<Boolean> create(Lease lease) {
		return this.rows.putIfAbsent(this.items.write(lease));
	}

	@Override
	public CompletableFuture<Optional<Lease>> claim(Lease seen, String worker) {
		UpdateItemRequest request = update(seen, (seen.owner() != null) ? HELD : UNOWNED,
				"SET #owner = :worker, #epoch = :next", (values) -> {
					values.put(":worker", LeaseItems.string(worker));
					values.put(":next", LeaseItems.number(seen.epoch() + 1));
				})
			.build();
		return this.rows.update(request)
			.thenApply((claimed) -> claimed
				.map((response) -> this.rows.readRow("UpdateItem", () -> this.items.lease(response.attributes()))));
	}

	@Override
	public CompletableFuture<Boolean> checkpoint(Lease next) {
		return write(update(next, HELD + NOT_YET_WRITTEN,
				"SET #checkpoint = :checkpoint, #subSequence = :subSequence, #revision = :revision", (values) -> {
					values.put(":checkpoint", LeaseItems.string(CheckpointText.write(next.checkpoint())));
					values.put(":subSequence", LeaseItems.number(CheckpointText.subSequence(next.checkpoint())));
					values.put(":revision", LeaseItems.number(next.revision()));
				}));
	}

	@Override
	public CompletableFuture<Boolean> release(Lease held) {
		return write(update(held, HELD, "REMOVE #owner", (values) -> {
		}));
	}

	@Override
	public CompletableFuture<Boolean> identify(Lease seen, Lease shard) {
		return updateShard(seen, shard, "", "", (values) -> {
		});
	}

	@Override
	public CompletableFuture<Boolean> recreate(Lease seen, Lease replacement) {
		String set = ", #epoch = :next, #checkpoint = :checkpoint, #subSequence = :subSequence";
		return updateShard(seen, replacement, set, ", #owner", (values) -> {
			values.put(":next", LeaseItems.number(seen.epoch() + 1));
			values.put(":checkpoint", LeaseItems.string(CheckpointText.write(replacement.checkpoint())));
			values.put(":subSequence", LeaseItems.number(CheckpointText.subSequence(replacement.checkpoint())));
		});
	}

	/**
	 * Set or remove parents and start, and change further attributes.
	 */
	private CompletableFuture<Boolean> updateShard(Lease seen, Lease shard, String set, String remove,
			Consumer<Map<String, AttributeValue>> more) {
		boolean parents = !shard.parents().isEmpty();
		boolean start = shard.start() != null;
		String sets = (parents ? ", #parents = :parents" : "") + (start ? ", #start = :start" : "") + set;
		String removes = (parents ? "" : ", #parents") + (start ? "" : ", #start") + remove;
		String change = (sets.isEmpty() ? "" : "SET " + sets.substring(2))
				+ (removes.isEmpty() ? "" : " REMOVE " + removes.substring(2));
		return write(update(seen, (seen.owner() != null) ? HELD : UNOWNED, change, (values) -> {
			if (parents) {
				values.put(":parents", LeaseItems.strings(shard.parents()));
			}
			if (shard.start() != null) {
				values.put(":start", LeaseItems.string(shard.start().toString()));
			}
			more.accept(values);
		}));
	}

	private CompletableFuture<Boolean> write(UpdateItemRequest.Builder request) {
		return this.rows.update(request.build()).thenApply(Optional::isPresent);
	}

	private UpdateItemRequest.Builder update(Lease lease, String condition, String change,
			Consumer<Map<String, AttributeValue>> values) {
		return UpdateItemRequest.builder()
			.tableName(this.access.tableName())
			.key(this.items.key(lease))
			.conditionExpression(condition)
			.updateExpression(change)
			.expressionAttributeNames(LeaseItems.namesIn(condition + change))
			.expressionAttributeValues(this.items.fencedValues(lease, values))
			.returnValues(ReturnValue.ALL_NEW);
	}

	@Override
	public CompletableFuture<Boolean> delete(Lease seen) {
		String condition = ((seen.owner() != null) ? HELD : UNOWNED) + " AND #checkpoint = :checkpoint";
		return this.rows.delete(this.items.key(seen), condition, this.items.fencedValues(seen,
				(values) -> values.put(":checkpoint", LeaseItems.string(CheckpointText.write(Checkpoint.SHARD_END)))));
	}

}
