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

	void check(String application, TableSettings table, List<LeaseImport> imports) {
		String name = table.name();
		String resource = resource(name);
		Map<String, AttributeValue> key = table.key(application, KEY);
		Map<String, String> names = Map.of("#key", table.keyAttribute());
		this.checks.check("dynamodb:DescribeTable", resource,
				this.client.describeTable((describe) -> describe.tableName(name)));
		checkReading(application, table, resource);
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
		if (table.options().pointInTimeRecovery()) {
			this.checks.check("dynamodb:DescribeContinuousBackups", resource,
					this.client.describeContinuousBackups((describe) -> describe.tableName(name)));
		}
		imports.forEach((source) -> this.checks.check("dynamodb:Scan", resource(source.tableName()),
				this.client.scan((scan) -> scan.tableName(source.tableName()).limit(1))));
	}

	private void checkReading(String application, TableSettings table, String resource) {
		if (!table.shared()) {
			this.checks.check("dynamodb:Scan", resource,
					this.client.scan((scan) -> scan.tableName(table.name()).limit(1)));
			return;
		}
		this.checks.check("dynamodb:Query", resource,
				this.client.query((query) -> query.tableName(table.name())
					.keyConditionExpression("#key = :key")
					.expressionAttributeNames(Map.of("#key", TableSettings.APPLICATION_ATTRIBUTE))
					.expressionAttributeValues(Map.of(":key", AttributeValue.fromS(application)))
					.limit(1)));
	}

	private static String resource(String table) {
		return table.startsWith("arn:") ? table : "table/" + table;
	}

}
