package io.kinesisspring.lease.dynamodb;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.Supplier;

import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

import io.kinesisspring.KinesisException;
import io.kinesisspring.scheduling.Futures;

/**
 * Reads and conditionally writes single rows of the table. Thread-safe.
 */
final class TableRows {

	private final DynamoDbAsyncClient client;

	private final TableSettings table;

	private final TableRequests requests;

	TableRows(TableAccess access) {
		this.client = access.client();
		this.table = access.table();
		this.requests = access.requests();
	}

	CompletableFuture<Optional<Map<String, AttributeValue>>> get(Map<String, AttributeValue> key, boolean consistent) {
		return this.requests
			.explained("GetItem",
					this.client.getItem((get) -> get.tableName(this.table.name())
						.key(key)
						.consistentRead(consistent)
						.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)),
					GenuineResponses.got(key))
			.thenApply((response) -> response.hasItem() ? Optional.of(response.item()) : Optional.empty());
	}

	CompletableFuture<Boolean> putIfAbsent(Map<String, AttributeValue> item) {
		return conditional("PutItem",
				this.client.putItem((put) -> put.tableName(this.table.name())
					.item(item)
					.conditionExpression("attribute_not_exists(#key)")
					.expressionAttributeNames(Map.of("#key", this.table.keyAttribute()))
					.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)),
				GenuineResponses::isPutResponse)
			.thenApply(Optional::isPresent);
	}

	CompletableFuture<Optional<UpdateItemResponse>> update(UpdateItemRequest request) {
		return conditional("UpdateItem", this.client.updateItem(request), GenuineResponses.updated(request.key()));
	}

	CompletableFuture<Boolean> delete(Map<String, AttributeValue> key, String condition,
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

	private <T> CompletableFuture<Optional<T>> conditional(String action, CompletableFuture<T> write,
			Predicate<T> genuine) {
		return this.requests.observed(action, write, genuine).handle((response, ex) -> {
			if (ex == null) {
				return Optional.of(response);
			}
			if (Futures.cause(ex) instanceof ConditionalCheckFailedException) {
				return Optional.empty();
			}
			throw new CompletionException(DynamoDbFailures.explain(ex, action, this.table.name()));
		});
	}

	/**
	 * Read a row of a response. A row that cannot be read fails the call, not the
	 * configuration: the call may be repeated once the row is repaired.
	 */
	<T> T readRow(String action, Supplier<T> row) {
		try {
			return row.get();
		}
		catch (RuntimeException ex) {
			throw new KinesisException("dynamodb:" + action + " on the lease table '" + this.table.name()
					+ "' returned a row that cannot be used: " + ex.getMessage(), ex);
		}
	}

}
