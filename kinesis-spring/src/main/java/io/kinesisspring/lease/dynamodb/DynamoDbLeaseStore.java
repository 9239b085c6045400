package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.KinesisException;
import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseTable;
import io.kinesisspring.lease.WorkerGroup;

/**
 * A {@link LeaseStore} in a DynamoDB table with a string HASH key: a row a lease, a row a
 * group of workers. The table serves one application. Thread-safe; the client is the
 * caller's to close. An answer that does not prove itself to be DynamoDB's is a failed
 * call. Rows of kinds that a later version may add are ignored, see {@link LeaseTable}.
 * <p>
 * Needs {@code dynamodb:DescribeTable}, {@code Scan}, {@code GetItem}, {@code PutItem},
 * {@code UpdateItem} and {@code DeleteItem} on the table, and {@code CreateTable} where
 * it is to be created; {@code Scan} on each table from which checkpoints are taken over.
 *
 * @since 0.1.0
 */
public final class DynamoDbLeaseStore implements LeaseStore {

	private static final String HELD = "#owner = :owner AND #epoch = :epoch";

	private static final String NOT_YET_WRITTEN = " AND (attribute_not_exists(#revision) OR #revision <= :revision)";

	private static final String UNOWNED = "attribute_not_exists(#owner) AND #epoch = :epoch";

	private final DynamoDbAsyncClient client;

	private final TableSettings table;

	private final LeaseItems items;

	private final TableRequests requests;

	private final TableObserver observer;

	private final List<LeaseImport> imports;

	/**
	 * Create a store.
	 * @param client the client; nothing is asked of it before {@link #prepare()}
	 * @param application whose leases the table holds
	 * @param table the table
	 */
	public DynamoDbLeaseStore(DynamoDbAsyncClient client, String application, TableSettings table) {
		this(client, application, table, TableObserver.NONE);
	}

	/**
	 * Create a store.
	 * @param client the client; nothing is asked of it before {@link #prepare()}
	 * @param application whose leases the table holds
	 * @param table the table
	 * @param observer sees the requests
	 */
	public DynamoDbLeaseStore(DynamoDbAsyncClient client, String application, TableSettings table,
			TableObserver observer) {
		this(client, application, table, observer, List.of());
	}

	/**
	 * Create a store that begins with the checkpoints of other libraries.
	 * @param client the client; nothing is asked of it before {@link #prepare()}
	 * @param application whose leases the table holds
	 * @param table the table
	 * @param observer sees the requests
	 * @param imports the tables from which checkpoints are taken over in
	 * {@link #prepare()}, once
	 */
	public DynamoDbLeaseStore(DynamoDbAsyncClient client, String application, TableSettings table,
			TableObserver observer, List<LeaseImport> imports) {
		Assert.notNull(client, "'client' must not be null");
		Assert.hasText(application, "'application' must not be empty");
		Assert.notNull(table, "'table' must not be null");
		Assert.notNull(observer, "'observer' must not be null");
		Assert.notNull(imports, "'imports' must not be null");
		this.client = client;
		this.table = table;
		this.items = new LeaseItems(table, application);
		this.requests = new TableRequests(table.name(), observer);
		this.observer = observer;
		this.imports = List.copyOf(imports);
	}

	@Override
	public CompletableFuture<Void> prepare() {
		return new TablePreparation(this.client, this.table, this.requests).run()
			.thenCompose((prepared) -> new KinesisPythonMigration(this.client, this.table, this.items, this.requests)
				.migrate())
			.thenCompose((takenOver) -> CompletableFuture
				.allOf(this.imports.stream().map(this::importFrom).toArray(CompletableFuture[]::new)));
	}

	private CompletableFuture<Void> importFrom(LeaseImport source) {
		return new LeaseImporter(this.client, this, this.table, this.items, this.observer, source).run();
	}

	@Override
	public CompletableFuture<LeaseTable> load() {
		return scan(null, new ArrayList<>(), new ArrayList<>(), new HashMap<>());
	}

	private CompletableFuture<LeaseTable> scan(@Nullable Map<String, AttributeValue> from, List<Lease> leases,
			List<WorkerGroup> groups, Map<String, KinesisConfigurationException> unreadable) {
		return this.requests
			.explained("Scan",
					this.client
						.scan((scan) -> scan.tableName(this.table.name()).consistentRead(true).exclusiveStartKey(from)),
					GenuineResponses::isPage)
			.thenCompose((page) -> {
				page.items().forEach((item) -> this.items.read(item, leases::add, groups::add, unreadable::put));
				return page.hasLastEvaluatedKey() ? scan(page.lastEvaluatedKey(), leases, groups, unreadable)
						: CompletableFuture.completedFuture(new LeaseTable(leases, groups, unreadable));
			});
	}

	@Override
	public CompletableFuture<Optional<Lease>> find(String key) {
		return get(this.items.key(key), true)
			.thenApply((found) -> found.map((item) -> readRow("GetItem", () -> this.items.lease(item))));
	}

	private CompletableFuture<Optional<Map<String, AttributeValue>>> get(Map<String, AttributeValue> key,
			boolean consistent) {
		return this.requests
			.explained("GetItem",
					this.client.getItem((get) -> get.tableName(this.table.name())
						.key(key)
						.consistentRead(consistent)
						.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)),
					GenuineResponses.got(key))
			.thenApply((response) -> response.hasItem() ? Optional.of(response.item()) : Optional.empty());
	}

	@Override
	public CompletableFuture<Boolean> create(Lease lease) {
		return putIfAbsent(this.items.write(lease));
	}

	private CompletableFuture<Boolean> putIfAbsent(Map<String, AttributeValue> item) {
		return conditional("PutItem",
				this.client.putItem((put) -> put.tableName(this.table.name())
					.item(item)
					.conditionExpression("attribute_not_exists(#key)")
					.expressionAttributeNames(Map.of("#key", this.table.keyAttribute()))
					.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)),
				GenuineResponses::isPutResponse)
			.thenApply(Optional::isPresent);
	}

	@Override
	public CompletableFuture<Optional<Lease>> claim(Lease seen, String worker) {
		UpdateItemRequest request = update(seen, (seen.owner() != null) ? HELD : UNOWNED,
				"SET #owner = :worker, #epoch = :next", (values) -> {
					values.put(":worker", LeaseItems.string(worker));
					values.put(":next", LeaseItems.number(seen.epoch() + 1));
				})
			.build();
		return update(request).thenApply((claimed) -> claimed
			.map((response) -> readRow("UpdateItem", () -> this.items.lease(response.attributes()))));
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
	 * Set parents and beginning, or remove what there is of them, and more besides.
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
		return update(request.build()).thenApply(Optional::isPresent);
	}

	private CompletableFuture<Optional<UpdateItemResponse>> update(UpdateItemRequest request) {
		return conditional("UpdateItem", this.client.updateItem(request), GenuineResponses.updated(request.key()));
	}

	private UpdateItemRequest.Builder update(Lease lease, String condition, String change,
			Consumer<Map<String, AttributeValue>> values) {
		return UpdateItemRequest.builder()
			.tableName(this.table.name())
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
		return delete(this.items.key(seen), condition, this.items.fencedValues(seen,
				(values) -> values.put(":checkpoint", LeaseItems.string(CheckpointText.write(Checkpoint.SHARD_END)))));
	}

	private CompletableFuture<Boolean> delete(Map<String, AttributeValue> key, String condition,
			Map<String, AttributeValue> values) {
		return conditional("DeleteItem",
				this.client.deleteItem((delete) -> delete.tableName(this.table.name())
					.key(key)
					.conditionExpression(condition)
					.expressionAttributeNames(LeaseItems.namesIn(condition))
					.expressionAttributeValues(values)
					.returnValues(ReturnValue.ALL_OLD)),
				GenuineResponses.deleted(key))
			.thenApply(Optional::isPresent);
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> join(int group, String worker, Collection<String> streams,
			Duration timeout) {
		return enter(group, worker, streams, timeout)
			.thenCompose((entered) -> entered.isPresent() ? CompletableFuture.completedFuture(entered)
					: found(group, worker, streams, timeout))
			.thenCompose((founded) -> founded.isPresent() ? CompletableFuture.completedFuture(founded)
					: enter(group, worker, streams, timeout));
	}

	private CompletableFuture<Optional<WorkerGroup>> enter(int group, String worker, Collection<String> streams,
			Duration timeout) {
		String condition = "#application = :application AND #streams = :streams AND #patience = :patience"
				+ " AND (size(#beats) < :most OR attribute_exists(#beats.#worker))";
		return updateAndReadGroup(group, worker, condition,
				"SET #beats.#worker = if_not_exists(#beats.#worker, :none) + :one",
				Map.of(":none", LeaseItems.number(0), ":application", this.items.application(), ":streams",
						LeaseItems.strings(streams), ":patience", LeaseItems.number(timeout.toMillis()), ":most",
						LeaseItems.number(WorkerGroup.MAX_MEMBERS), ":one", LeaseItems.number(1)));
	}

	/**
	 * Others may do this at the same moment, and then there is a group that can be
	 * entered.
	 */
	private CompletableFuture<Optional<WorkerGroup>> found(int group, String worker, Collection<String> streams,
			Duration timeout) {
		Map<String, AttributeValue> item = this.items.write(group, worker, streams, timeout);
		return putIfAbsent(item)
			.thenApply((founded) -> founded ? Optional.of(this.items.group(item)) : Optional.empty());
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> heartbeat(int group, String worker, Collection<String> answered) {
		Map<String, AttributeValue> values = new HashMap<>();
		values.put(":one", LeaseItems.number(1));
		String change = "SET #beats.#worker = #beats.#worker + :one";
		if (!answered.isEmpty()) {
			values.put(":answered", LeaseItems.strings(answered));
			change += " DELETE #asks :answered";
		}
		return updateAndReadGroup(group, worker, "attribute_exists(#beats.#worker)", change, values);
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> readGroup(int group, boolean consistent) {
		return get(this.items.key(group), consistent)
			.thenApply((found) -> found.map((item) -> readRow("GetItem", () -> this.items.group(item))));
	}

	@Override
	public CompletableFuture<Boolean> requestHandover(int group, Collection<String> requests) {
		int room = WorkerGroup.maxRequestsBeside(requests);
		if (room < 0) {
			return CompletableFuture.completedFuture(false);
		}
		return updateGroup(group, "",
				"attribute_exists(#beats) AND (attribute_not_exists(#asks) OR size(#asks) <= :room)", "ADD #asks :asks",
				Map.of(":asks", LeaseItems.strings(requests), ":room", LeaseItems.number(room)))
			.thenApply(Optional::isPresent);
	}

	@Override
	public CompletableFuture<Boolean> wakeUp(int group) {
		return updateGroup(group, "", "attribute_exists(#beats)", "ADD #bell :one",
				Map.of(":one", LeaseItems.number(1)))
			.thenApply(Optional::isPresent);
	}

	@Override
	public CompletableFuture<Void> leave(int group, String worker) {
		return updateGroup(group, worker, "attribute_exists(#beats)", "REMOVE #beats.#worker ADD #bell :one",
				Map.of(":one", LeaseItems.number(1)))
			.thenAccept((left) -> {
			});
	}

	@Override
	public CompletableFuture<Boolean> evict(int group, String worker, long heartbeat) {
		return updateGroup(group, worker, "#beats.#worker = :beat", "REMOVE #beats.#worker",
				Map.of(":beat", LeaseItems.number(heartbeat)))
			.thenApply(Optional::isPresent);
	}

	@Override
	public CompletableFuture<Boolean> removeGroup(int group) {
		return delete(this.items.key(group), "size(#beats) = :none", Map.of(":none", LeaseItems.number(0)));
	}

	/**
	 * Change a group's row, and see what it has become.
	 */
	private CompletableFuture<Optional<WorkerGroup>> updateAndReadGroup(int group, String worker, String condition,
			String change, Map<String, AttributeValue> values) {
		return updateGroup(group, worker, condition, change, values).thenApply((updated) -> updated
			.map((response) -> readRow("UpdateItem", () -> this.items.group(response.attributes()))));
	}

	private CompletableFuture<Optional<UpdateItemResponse>> updateGroup(int group, String worker, String condition,
			String change, Map<String, AttributeValue> values) {
		Map<String, String> names = LeaseItems.namesIn(condition + change);
		names.computeIfPresent("#worker", (placeholder, name) -> worker);
		return update(UpdateItemRequest.builder()
			.tableName(this.table.name())
			.key(this.items.key(group))
			.conditionExpression(condition)
			.updateExpression(change)
			.expressionAttributeNames(names)
			.expressionAttributeValues(values)
			.returnValues(ReturnValue.ALL_NEW)
			.build());
	}

	/**
	 * A row that cannot be read says nothing against the configuration once the worker
	 * runs: the call has failed, and may be made again when the row has been mended.
	 */
	private <T> T readRow(String action, Supplier<T> row) {
		try {
			return row.get();
		}
		catch (RuntimeException ex) {
			throw new KinesisException("dynamodb:" + action + " on the lease table '" + this.table.name()
					+ "' was answered with a row that cannot be used: " + ex.getMessage(), ex);
		}
	}

	private <T> CompletableFuture<Optional<T>> conditional(String action, CompletableFuture<T> write,
			Predicate<T> genuine) {
		return this.requests.observed(action, write, genuine).handle((response, ex) -> {
			if (ex == null) {
				return Optional.of(response);
			}
			if (DynamoDbFailures.causeOf(ex) instanceof ConditionalCheckFailedException) {
				return Optional.empty();
			}
			throw new CompletionException(DynamoDbFailures.explain(ex, action, this.table.name()));
		});
	}

}
