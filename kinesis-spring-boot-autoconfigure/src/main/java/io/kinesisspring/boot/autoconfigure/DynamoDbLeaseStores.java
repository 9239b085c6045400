package io.kinesisspring.boot.autoconfigure;

import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.springframework.util.StringUtils;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.dynamodb.DynamoDbLeaseStore;
import io.kinesisspring.lease.dynamodb.TableObserver;
import io.kinesisspring.lease.dynamodb.TableSettings;

/**
 * Makes lease stores in DynamoDB, in the table that the properties name or else in that
 * of the application's name.
 */
final class DynamoDbLeaseStores {

	private static final Pattern TABLE = Pattern.compile("[a-zA-Z0-9_.-]{3,255}|arn:aws[^:]*:dynamodb:.+");

	private final KinesisProperties.Lease properties;

	private final Supplier<DynamoDbAsyncClient> client;

	private final TableObserver observer;

	DynamoDbLeaseStores(KinesisProperties.Lease properties, Supplier<DynamoDbAsyncClient> client,
			TableObserver observer) {
		this.properties = properties;
		this.client = client;
		this.observer = observer;
	}

	LeaseStore create(String application) {
		return new DynamoDbLeaseStore(client(), application, table(application), this.observer);
	}

	DynamoDbAsyncClient client() {
		return this.client.get();
	}

	TableSettings table(String application) {
		return new TableSettings(tableName(application), keyAttribute(), this.properties.isCreateTable());
	}

	private String tableName(String application) {
		String configured = this.properties.getTableName();
		boolean named = StringUtils.hasText(configured);
		String name = named ? String.valueOf(configured) : application;
		if (!TABLE.matcher(name).matches()) {
			throw new KinesisConfigurationException(
					(named ? "kinesis.lease.table-name is '" + name + "'"
							: "kinesis.lease.table-name is not set and the application's name is '" + name + "'")
							+ ", which is no name of a DynamoDB table",
					"Set kinesis.lease.table-name to 3 to 255 characters out of a-z A-Z 0-9 _ . -");
		}
		return name;
	}

	private String keyAttribute() {
		if (!StringUtils.hasText(this.properties.getKeyAttribute())) {
			throw new KinesisConfigurationException("kinesis.lease.key-attribute is empty",
					"Set it to the table's HASH key, or leave it out for '" + TableSettings.DEFAULT_KEY_ATTRIBUTE
							+ "'");
		}
		return this.properties.getKeyAttribute();
	}

}
