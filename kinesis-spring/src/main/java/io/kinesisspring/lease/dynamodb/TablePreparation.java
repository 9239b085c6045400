package io.kinesisspring.lease.dynamodb;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.Tag;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbAsyncWaiter;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.scheduling.Futures;
import io.kinesisspring.scheduling.Scheduler;

/**
 * Creates the table if it does not exist, and checks it otherwise. Several workers may do
 * so at once: later ones wait until the table is active. Thread-safe.
 */
final class TablePreparation {

	private static final Log logger = LogFactory.getLog(TablePreparation.class);

	private static final Duration FIRST_POLL = Duration.ofMillis(100);

	private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(2);

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private final DynamoDbAsyncClient client;

	private final TableSettings table;

	private final TableFormat format;

	private final TableRequests requests;

	private final TableObserver observer;

	private final PointInTimeRecovery pointInTimeRecovery;

	/** The differences that have been reported, by their texts. */
	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	TablePreparation(TableAccess access, Scheduler scheduler) {
		this.client = access.client();
		this.table = access.table();
		this.format = new TableFormat(access.table());
		this.requests = access.requests();
		this.observer = access.observer();
		this.pointInTimeRecovery = new PointInTimeRecovery(access, scheduler);
	}

	CompletableFuture<Void> run() {
		CompletableFuture<DescribeTableResponse> described = this.client
			.describeTable((describe) -> describe.tableName(this.table.name()));
		return this.requests.observed("DescribeTable", described, GenuineResponses::isDescription)
			.thenCompose((response) -> check(response.table()))
			.exceptionallyCompose((ex) -> (Futures.cause(ex) instanceof ResourceNotFoundException) ? create()
					: CompletableFuture.failedFuture(DynamoDbFailures.explain(ex, "DescribeTable", this.table.name())))
			.thenCompose((ready) -> this.pointInTimeRecovery.ensure());
	}

	private CompletableFuture<Void> check(TableDescription description) {
		this.format.check(description);
		if (description.tableStatus() == TableStatus.DELETING) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The lease table '" + this.table.name() + "' is being deleted",
					"Start again when it is gone, or set {tableName} to another table");
		}
		TableDifferences.between(this.table, description).forEach(this::report);
		return (description.tableStatus() == TableStatus.CREATING) ? awaitActive()
				: CompletableFuture.completedFuture(null);
	}

	private void report(InvalidOptionException difference) {
		if (this.reported.add(String.valueOf(difference.getMessage()))) {
			this.observer.differs(difference);
		}
	}

	private CompletableFuture<Void> create() {
		if (!this.table.create()) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"The lease table '" + this.table.name() + "' does not exist and {createTable} is false",
					"Create it with " + this.format.description()
							+ " and on-demand billing, or set {createTable} to true");
		}
		return this.requests
			.observed("CreateTable", this.client.createTable(this::describeNewTable),
					(response) -> response.tableDescription() != null)
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

	private void describeNewTable(CreateTableRequest.Builder create) {
		TableOptions options = this.table.options();
		create.tableName(this.table.name())
			.billingMode(BillingMode.PAY_PER_REQUEST)
			.keySchema(this.format.keySchema())
			.attributeDefinitions(this.format.attributeDefinitions())
			.deletionProtectionEnabled(options.deletionProtection());
		if (options.billingMode() == TableOptions.BillingMode.PROVISIONED) {
			create.billingMode(BillingMode.PROVISIONED)
				.provisionedThroughput((units) -> units.readCapacityUnits(options.readCapacityUnits())
					.writeCapacityUnits(options.writeCapacityUnits()));
		}
		if (options.tableClass() != null) {
			create.tableClass(options.tableClass().name());
		}
		if (!options.tags().isEmpty()) {
			create.tags(options.tags()
				.entrySet()
				.stream()
				.map((tag) -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
				.toList());
		}
	}

	/**
	 * Wait until the table is active. Its keys are checked again, because another worker
	 * may have created it.
	 */
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
				active.matched().response().map(DescribeTableResponse::table).ifPresent(this.format::check);
				return null;
			});
	}

}
