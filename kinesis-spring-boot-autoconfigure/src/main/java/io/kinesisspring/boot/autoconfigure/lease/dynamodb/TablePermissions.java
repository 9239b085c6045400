package io.kinesisspring.boot.autoconfigure.lease.dynamodb;

import java.util.List;
import java.util.Map;

import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.boot.autoconfigure.preflight.PermissionChecks;
import io.kinesisspring.lease.dynamodb.LeaseImport;
import io.kinesisspring.lease.dynamodb.TableSettings;

/**
 * Checks the actions that the lease table needs, by writes whose condition does not hold,
 * and whether the tables of imports may be read.
 */
final class TablePermissions {

	/** No lease and no worker group has this key. */
	private static final String KEY = "preflight:";

	private static final String IF_IT_IS_THERE = "attribute_exists(#key)";

	private final DynamoDbAsyncClient client;

	private final PermissionChecks checks;

	TablePermissions(DynamoDbAsyncClient client, PermissionChecks checks) {
		this.client = client;
		this.checks = checks;
	}

	void check(TableSettings table, List<LeaseImport> imports) {
		String name = table.name();
		String resource = resource(name);
		Map<String, AttributeValue> key = Map.of(table.keyAttribute(), AttributeValue.fromS(KEY));
		Map<String, String> names = Map.of("#key", table.keyAttribute());
		this.checks.check("dynamodb:DescribeTable", resource,
				this.client.describeTable((describe) -> describe.tableName(name)));
		this.checks.check("dynamodb:Scan", resource, this.client.scan((scan) -> scan.tableName(name).limit(1)));
		this.checks.check("dynamodb:GetItem", resource, this.client.getItem((get) -> get.tableName(name).key(key)));
		this.checks.check("dynamodb:PutItem", resource,
				this.client.putItem((put) -> put.tableName(name)
					.item(key)
					.conditionExpression(IF_IT_IS_THERE)
					.expressionAttributeNames(names)));
		this.checks.check("dynamodb:UpdateItem", resource,
				this.client.updateItem((update) -> update.tableName(name)
					.key(key)
					.conditionExpression(IF_IT_IS_THERE)
					.expressionAttributeNames(names)));
		this.checks.check("dynamodb:DeleteItem", resource,
				this.client.deleteItem((delete) -> delete.tableName(name)
					.key(key)
					.conditionExpression(IF_IT_IS_THERE)
					.expressionAttributeNames(names)));
		imports.forEach((source) -> this.checks.check("dynamodb:Scan", resource(source.tableName()),
				this.client.scan((scan) -> scan.tableName(source.tableName()).limit(1))));
	}

	private static String resource(String table) {
		return table.startsWith("arn:") ? table : "table/" + table;
	}

}
