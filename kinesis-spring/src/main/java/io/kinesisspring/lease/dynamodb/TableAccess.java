package io.kinesisspring.lease.dynamodb;

import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * The lease table of an application, and the way to it. Immutable.
 *
 * @param client makes the requests
 * @param table the table
 * @param items reads and writes its rows
 * @param observer sees the requests
 */
record TableAccess(DynamoDbAsyncClient client, TableSettings table, LeaseItems items, TableObserver observer) {

	static TableAccess of(DynamoDbAsyncClient client, String application, TableSettings table, TableObserver observer) {
		return new TableAccess(client, table, new LeaseItems(table, application), observer);
	}

	String tableName() {
		return this.table.name();
	}

	/**
	 * The requests to the lease table.
	 */
	TableRequests requests() {
		return requests(tableName());
	}

	/**
	 * The requests to another table.
	 */
	TableRequests requests(String otherTable) {
		return new TableRequests(otherTable, this.observer);
	}

}
