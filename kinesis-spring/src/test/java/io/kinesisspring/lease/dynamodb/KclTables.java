package io.kinesisspring.lease.dynamodb;

import java.util.List;

import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.MultiStreamLease;
import software.amazon.kinesis.leases.dynamodb.DynamoDBLeaseSerializer;
import software.amazon.kinesis.leases.dynamodb.DynamoDBMultiStreamLeaseSerializer;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/**
 * Fills lease tables of the KCL by the KCL's own code.
 */
final class KclTables {

	static final String OWNER = "worker-1";

	private final DynamoDbAsyncClient client;

	private final String table;

	KclTables(DynamoDbAsyncClient client, String table) {
		this.client = client;
		this.table = table;
	}

	static KclTables create(DynamoDbAsyncClient client, String table) {
		createTable(client, table, "leaseKey");
		return new KclTables(client, table);
	}

	static void createTable(DynamoDbAsyncClient client, String table, String key) {
		client
			.createTable((create) -> create.tableName(table)
				.billingMode(BillingMode.PAY_PER_REQUEST)
				.keySchema(KeySchemaElement.builder().attributeName(key).keyType(KeyType.HASH).build())
				.attributeDefinitions(
						AttributeDefinition.builder().attributeName(key).attributeType(ScalarAttributeType.S).build()))
			.join();
	}

	void put(String shardId, ExtendedSequenceNumber checkpoint, String... parents) {
		Lease lease = new Lease();
		lease.leaseKey(shardId);
		fill(lease, checkpoint, parents);
		this.client
			.putItem((put) -> put.tableName(this.table).item(new DynamoDBLeaseSerializer().toDynamoRecord(lease)))
			.join();
	}

	/**
	 * Put a row of an application with several streams.
	 */
	void putOf(String stream, String shardId, String sequenceNumber) {
		MultiStreamLease lease = new MultiStreamLease();
		lease.streamIdentifier(stream);
		lease.shardId(shardId);
		lease.leaseKey(MultiStreamLease.getLeaseKey(stream, shardId));
		fill(lease, new ExtendedSequenceNumber(sequenceNumber, 0L));
		this.client.putItem(
				(put) -> put.tableName(this.table).item(new DynamoDBMultiStreamLeaseSerializer().toDynamoRecord(lease)))
			.join();
	}

	private static void fill(Lease lease, ExtendedSequenceNumber checkpoint, String... parents) {
		lease.leaseOwner(OWNER);
		lease.leaseCounter(5L);
		lease.ownerSwitchesSinceCheckpoint(0L);
		lease.checkpoint(checkpoint);
		lease.parentShardIds(List.of(parents));
	}

}
