package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbAsyncWaiter;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.scheduling.Futures;

/**
 * Creates the table if it does not exist, and checks it otherwise. Several workers may do
 * so at once: later ones wait until the table is active.
 */
final class TablePreparation {

	private static final Log logger = LogFactory.getLog(TablePreparation.class);

	private static final Duration FIRST_POLL = Duration.ofMillis(100);

	private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(2);

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private final DynamoDbAsyncClient client;

	private final TableSettings table;

	private final TableRequests requests;

	TablePreparation(TableAccess access) {
		this.client = access.client();
		this.table = access.table();
		this.requests = access.requests();
	}

	CompletableFuture<Void> run() {
		CompletableFuture<DescribeTableResponse> described = this.client
			.describeTable((describe) -> describe.tableName(this.table.name()));
		return this.requests.observed("DescribeTable", described, GenuineResponses::isDescription)
			.thenCompose((response) -> check(response.table()))
			.exceptionallyCompose((ex) -> (Futures.cause(ex) instanceof ResourceNotFoundException) ? create()
					: CompletableFuture.failedFuture(DynamoDbFailures.explain(ex, "DescribeTable", this.table.name())));
	}

	private CompletableFuture<Void> check(TableDescription description) {
		boolean fits = description.keySchema().size() == 1 && description.keySchema()
			.stream()
			.allMatch((key) -> key.keyType() == KeyType.HASH && key.attributeName().equals(this.table.keyAttribute()));
		if (!fits && isOfTheKcl(description)) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The lease table '" + this.table.name() + "' is one of the KCL",
					"Set {tableName} to another name, and add '" + this.table.name()
							+ "' to {imports} to take over its checkpoints");
		}
		if (!fits) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The lease table '" + this.table.name() + "' has the key " + keysOf(description)
							+ " instead of the HASH key '" + this.table.keyAttribute() + "'",
					"Set {tableName} to another table, or {keyAttribute} to the table's HASH key if it has no other");
		}
		if (description.tableStatus() == TableStatus.DELETING) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The lease table '" + this.table.name() + "' is being deleted",
					"Start again when it is gone, or set {tableName} to another table");
		}
		return (description.tableStatus() == TableStatus.CREATING) ? awaitActive()
				: CompletableFuture.completedFuture(null);
	}

	private static boolean isOfTheKcl(TableDescription description) {
		return description.keySchema()
			.stream()
			.map(KeySchemaElement::attributeName)
			.toList()
			.equals(List.of("leaseKey"));
	}

	private static String keysOf(TableDescription description) {
		return description.keySchema()
			.stream()
			.map((key) -> "'" + key.attributeName() + "' (" + key.keyTypeAsString() + ")")
			.toList()
			.toString();
	}

	private CompletableFuture<Void> create() {
		if (!this.table.create()) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The lease table '" + this.table.name() + "' does not exist and {createTable} is false",
					"Create it with the string HASH key '" + this.table.keyAttribute()
							+ "' and on-demand billing, or set {createTable} to true");
		}
		return this.requests.observed("CreateTable", this.client.createTable((create) -> create
			.tableName(this.table.name())
			.billingMode(BillingMode.PAY_PER_REQUEST)
			.keySchema(
					KeySchemaElement.builder().attributeName(this.table.keyAttribute()).keyType(KeyType.HASH).build())
			.attributeDefinitions(AttributeDefinition.builder()
				.attributeName(this.table.keyAttribute())
				.attributeType(ScalarAttributeType.S)
				.build())), (response) -> response.tableDescription() != null)
			.handle((created, ex) -> {
				if (ex != null && !(Futures.cause(ex) instanceof ResourceInUseException)) {
					throw new CompletionException(DynamoDbFailures.explain(ex, "CreateTable", this.table.name()));
				}
				logger.info("Lease table '" + this.table.name() + "' "
						+ ((ex != null) ? "is being created by another worker" : "has been created"));
				return created;
			})
			.thenCompose((created) -> awaitActive());
	}

	private CompletableFuture<Void> awaitActive() {
		DynamoDbAsyncWaiter waiter = this.client.waiter();
		return waiter
			.waitUntilTableExists((describe) -> describe.tableName(this.table.name()),
					(wait) -> wait.waitTimeout(TIMEOUT)
						.maxAttempts(Integer.MAX_VALUE)
						.backoffStrategyV2(BackoffStrategy.exponentialDelay(FIRST_POLL, MAX_POLL_INTERVAL)))
			.handle((active, ex) -> {
				waiter.close();
				if (ex != null) {
					throw new CompletionException(DynamoDbFailures.explain(ex, "DescribeTable", this.table.name()));
				}
				return null;
			});
	}

}
