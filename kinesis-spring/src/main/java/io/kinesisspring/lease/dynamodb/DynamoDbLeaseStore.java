package io.kinesisspring.lease.dynamodb;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

import io.kinesisspring.lease.Checkpoint;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.LeaseTable;
import io.kinesisspring.lease.Worker;

/**
 * A {@link LeaseStore} in a DynamoDB table with a string HASH key: a row a lease, a row a
 * worker. The table serves one application. Thread-safe; the client is the caller's to
 * close.
 * <p>
 * Needs {@code dynamodb:DescribeTable}, {@code Scan}, {@code PutItem}, {@code UpdateItem}
 * and {@code DeleteItem} on the table, and {@code CreateTable} where it is to be created.
 *
 * @since 0.1.0
 */
public final class DynamoDbLeaseStore implements LeaseStore {

	private static final String HELD = "#owner = :owner AND #epoch = :epoch";

	private static final String UNOWNED = "attribute_not_exists(#owner) AND #epoch = :epoch";

	private final DynamoDbAsyncClient client;

	private final TableSettings table;

	private final LeaseItems items;

	/**
	 * Create a store.
	 * @param client the client; nothing is asked of it before {@link #prepare()}
	 * @param application whose leases the table holds
	 * @param table the table
	 */
	public DynamoDbLeaseStore(DynamoDbAsyncClient client, String application, TableSettings table) {
		Assert.notNull(client, "'client' must not be null");
		Assert.hasText(application, "'application' must not be empty");
		Assert.notNull(table, "'table' must not be null");
		this.client = client;
		this.table = table;
		this.items = new LeaseItems(table, application);
	}

	@Override
	public CompletableFuture<Void> prepare() {
		return new TablePreparation(this.client, this.table).run();
	}

	@Override
	public CompletableFuture<LeaseTable> load() {
		return scan(null, new ArrayList<>(), new ArrayList<>());
	}

	private CompletableFuture<LeaseTable> scan(@Nullable Map<String, AttributeValue> from, List<Lease> leases,
			List<Worker> workers) {
		return this.client
			.scan((scan) -> scan.tableName(this.table.name()).consistentRead(true).exclusiveStartKey(from))
			.handle(explained("Scan"))
			.thenCompose((page) -> {
				page.items().forEach((item) -> this.items.read(item, leases::add, workers::add));
				return page.hasLastEvaluatedKey() ? scan(page.lastEvaluatedKey(), leases, workers)
						: CompletableFuture.completedFuture(new LeaseTable(leases, workers));
			});
	}

	@Override
	public CompletableFuture<Boolean> create(Lease lease) {
		return conditional("PutItem",
				this.client.putItem((put) -> put.tableName(this.table.name())
					.item(this.items.write(lease))
					.conditionExpression("attribute_not_exists(#key)")
					.expressionAttributeNames(Map.of("#key", this.table.keyAttribute()))))
			.thenApply(Optional::isPresent);
	}

	@Override
	public CompletableFuture<Optional<Lease>> claim(Lease seen, String worker) {
		UpdateItemRequest request = update(seen, (seen.owner() != null) ? HELD : UNOWNED,
				"SET #owner = :worker, #epoch = :next", (values) -> {
					values.put(":worker", LeaseItems.string(worker));
					values.put(":next", LeaseItems.number(seen.epoch() + 1));
				})
			.returnValues(ReturnValue.ALL_NEW)
			.build();
		return conditional("UpdateItem", this.client.updateItem(request))
			.thenApply((claimed) -> claimed.map((response) -> this.items.lease(response.attributes())));
	}

	@Override
	public CompletableFuture<Boolean> checkpoint(Lease held, Checkpoint checkpoint) {
		return write(update(held, HELD, "SET #checkpoint = :checkpoint, #subSequence = :subSequence", (values) -> {
			values.put(":checkpoint", LeaseItems.string(CheckpointText.write(checkpoint)));
			values.put(":subSequence", LeaseItems.number(CheckpointText.subSequence(checkpoint)));
		}));
	}

	@Override
	public CompletableFuture<Boolean> release(Lease held) {
		return write(update(held, HELD, "REMOVE #owner", (values) -> {
		}));
	}

	private CompletableFuture<Boolean> write(UpdateItemRequest.Builder request) {
		return conditional("UpdateItem", this.client.updateItem(request.build())).thenApply(Optional::isPresent);
	}

	private UpdateItemRequest.Builder update(Lease lease, String condition, String change,
			Consumer<Map<String, AttributeValue>> values) {
		return UpdateItemRequest.builder()
			.tableName(this.table.name())
			.key(this.items.key(lease))
			.conditionExpression(condition)
			.updateExpression(change)
			.expressionAttributeNames(LeaseItems.namesIn(condition + change))
			.expressionAttributeValues(this.items.fence(lease, values));
	}

	@Override
	public CompletableFuture<Boolean> delete(Lease seen) {
		String condition = ((seen.owner() != null) ? HELD : UNOWNED) + " AND #checkpoint = :checkpoint";
		return conditional("DeleteItem",
				this.client.deleteItem((delete) -> delete.tableName(this.table.name())
					.key(this.items.key(seen))
					.conditionExpression(condition)
					.expressionAttributeNames(LeaseItems.namesIn(condition))
					.expressionAttributeValues(this.items.fence(seen,
							(values) -> values.put(":checkpoint",
									LeaseItems.string(CheckpointText.write(Checkpoint.SHARD_END)))))))
			.thenApply(Optional::isPresent);
	}

	@Override
	public CompletableFuture<Void> beat(Worker worker) {
		return this.client
			.updateItem((update) -> update.tableName(this.table.name())
				.key(this.items.key(worker.id()))
				.updateExpression("SET #streams = :streams, #application = :application ADD #beat :one")
				.expressionAttributeNames(LeaseItems.namesIn("#streams #application #beat"))
				.expressionAttributeValues(this.items.heartbeat(worker)))
			.handle(explained("UpdateItem"))
			.thenAccept((done) -> {
			});
	}

	@Override
	public CompletableFuture<Boolean> bury(Worker seen) {
		return conditional("DeleteItem",
				this.client.deleteItem((delete) -> delete.tableName(this.table.name())
					.key(this.items.key(seen.id()))
					.conditionExpression("#beat = :beat")
					.expressionAttributeNames(LeaseItems.namesIn("#beat"))
					.expressionAttributeValues(Map.of(":beat", LeaseItems.number(seen.beat())))))
			.thenApply(Optional::isPresent);
	}

	@Override
	public CompletableFuture<Void> retire(String workerId) {
		return this.client.deleteItem((delete) -> delete.tableName(this.table.name()).key(this.items.key(workerId)))
			.handle(explained("DeleteItem"))
			.thenAccept((done) -> {
			});
	}

	private <T> CompletableFuture<Optional<T>> conditional(String action, CompletableFuture<T> write) {
		return write.handle((response, ex) -> {
			if (ex == null) {
				return Optional.of(response);
			}
			if (DynamoDbFailures.causeOf(ex) instanceof ConditionalCheckFailedException) {
				return Optional.empty();
			}
			throw new CompletionException(DynamoDbFailures.explain(ex, action, this.table.name()));
		});
	}

	private <T> BiFunction<T, @Nullable Throwable, T> explained(String action) {
		return (result, ex) -> {
			if (ex != null) {
				throw new CompletionException(DynamoDbFailures.explain(ex, action, this.table.name()));
			}
			return result;
		};
	}

}
