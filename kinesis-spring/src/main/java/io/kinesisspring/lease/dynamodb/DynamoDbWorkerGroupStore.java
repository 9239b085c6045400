package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

import io.kinesisspring.lease.WorkerGroup;
import io.kinesisspring.lease.WorkerGroupStore;

/**
 * Keeps each worker group in one row of the lease table. A heartbeat of one member
 * therefore costs one write unit, and its response shows the heartbeats of all members.
 * The row's attributes keep their first names: {@code beats}, {@code bell}, {@code asks}
 * and {@code patience}. Thread-safe.
 */
final class DynamoDbWorkerGroupStore implements WorkerGroupStore {

	private final TableSettings table;

	private final LeaseItems items;

	private final TableRows rows;

	DynamoDbWorkerGroupStore(TableSettings table, LeaseItems items, TableRows rows) {
		this.table = table;
		this.items = items;
		this.rows = rows;
	}

	@Override
	public CompletableFuture<Optional<WorkerGroup>> join(int group, String worker, Collection<String> streams,
			Duration timeout) {
		return enter(group, worker, streams, timeout)
			.thenCompose((entered) -> entered.isPresent() ? CompletableFuture.completedFuture(entered)
					: create(group, worker, streams, timeout))
			.thenCompose((created) -> created.isPresent() ? CompletableFuture.completedFuture(created)
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
	 * Create the group. If another worker creates it at the same moment, this one enters
	 * it.
	 */
	private CompletableFuture<Optional<WorkerGroup>> create(int group, String worker, Collection<String> streams,
			Duration timeout) {
		Map<String, AttributeValue> item = this.items.write(group, worker, streams, timeout);
		return this.rows.putIfAbsent(item)
			.thenApply((created) -> created ? Optional.of(this.items.group(item)) : Optional.empty());
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
		return this.rows.get(this.items.key(group), consistent)
			.thenApply((found) -> found.map((item) -> this.rows.readRow("GetItem", () -> this.items.group(item))));
	}

	@Override
	public CompletableFuture<Boolean> requestHandover(int group, Collection<String> requests) {
		int capacity = WorkerGroup.maxRequestsBeside(requests);
		if (capacity < 0) {
			return CompletableFuture.completedFuture(false);
		}
		return updateGroup(group, "",
				"attribute_exists(#beats) AND (attribute_not_exists(#asks) OR size(#asks) <= :room)", "ADD #asks :asks",
				Map.of(":asks", LeaseItems.strings(requests), ":room", LeaseItems.number(capacity)))
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
		return this.rows.delete(this.items.key(group), "size(#beats) = :none", Map.of(":none", LeaseItems.number(0)));
	}

	/**
	 * Update a group's row and read the result.
	 */
	private CompletableFuture<Optional<WorkerGroup>> updateAndReadGroup(int group, String worker, String condition,
			String change, Map<String, AttributeValue> values) {
		return updateGroup(group, worker, condition, change, values).thenApply((updated) -> updated
			.map((response) -> this.rows.readRow("UpdateItem", () -> this.items.group(response.attributes()))));
	}

	private CompletableFuture<Optional<UpdateItemResponse>> updateGroup(int group, String worker, String condition,
			String change, Map<String, AttributeValue> values) {
		Map<String, String> names = LeaseItems.namesIn(condition + change);
		names.computeIfPresent("#worker", (placeholder, name) -> worker);
		return this.rows.update(UpdateItemRequest.builder()
			.tableName(this.table.name())
			.key(this.items.key(group))
			.conditionExpression(condition)
			.updateExpression(change)
			.expressionAttributeNames(names)
			.expressionAttributeValues(values)
			.returnValues(ReturnValue.ALL_NEW)
			.build());
	}

}
