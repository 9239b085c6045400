package io.kinesisspring.lease.dynamodb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.lease.Lease;
import io.kinesisspring.lease.LeaseTable;
import io.kinesisspring.lease.WorkerGroup;

/**
 * Reads all rows of an application: the whole table with {@code Scan}, or the rows with
 * its name with {@code Query} if the table is shared. Thread-safe.
 */
final class TablePages {

	private static final String OWN_ROWS = "#application = :application";

	private final TableAccess access;

	private final LeaseItems items;

	private final TableRequests requests;

	TablePages(TableAccess access) {
		this.access = access;
		this.items = access.items();
		this.requests = access.requests();
	}

	CompletableFuture<LeaseTable> readAll() {
		return readFrom(null, new Content(new ArrayList<>(), new ArrayList<>(), new HashMap<>()));
	}

	private CompletableFuture<LeaseTable> readFrom(@Nullable Map<String, AttributeValue> start, Content content) {
		return (this.access.table().shared() ? query(start) : scan(start)).thenCompose((page) -> {
			page.rows()
				.forEach((row) -> this.items.read(row, content.leases::add, content.groups::add,
						content.unreadable::put));
			return (page.next() != null) ? readFrom(page.next(), content)
					: CompletableFuture.completedFuture(content.toTable());
		});
	}

	private CompletableFuture<Page> scan(@Nullable Map<String, AttributeValue> start) {
		return this.requests
			.explained("Scan", this.access.client()
				.scan((scan) -> scan.tableName(this.access.tableName()).consistentRead(true).exclusiveStartKey(start)),
					GenuineResponses::isPage)
			.thenApply((page) -> new Page(page.items(), page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : null));
	}

	private CompletableFuture<Page> query(@Nullable Map<String, AttributeValue> start) {
		return this.requests
			.explained("Query",
					this.access.client()
						.query((query) -> query.tableName(this.access.tableName())
							.keyConditionExpression(OWN_ROWS)
							.expressionAttributeNames(LeaseItems.namesIn(OWN_ROWS))
							.expressionAttributeValues(Map.of(":application", this.items.application()))
							.consistentRead(true)
							.exclusiveStartKey(start)),
					GenuineResponses::isPage)
			.thenApply((page) -> new Page(page.items(), page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : null));
	}

	/**
	 * The rows of one response, and where the next one begins.
	 */
	private record Page(List<Map<String, AttributeValue>> rows, @Nullable Map<String, AttributeValue> next) {

	}

	/**
	 * What has been read so far.
	 */
	private record Content(List<Lease> leases, List<WorkerGroup> groups,
			Map<String, KinesisConfigurationException> unreadable) {

		private LeaseTable toTable() {
			return new LeaseTable(this.leases, this.groups, this.unreadable);
		}

	}

}
