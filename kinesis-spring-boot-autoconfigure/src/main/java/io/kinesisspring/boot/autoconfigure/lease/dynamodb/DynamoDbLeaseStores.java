package io.kinesisspring.boot.autoconfigure.lease.dynamodb;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.KinesisConfigurationException;
import io.kinesisspring.boot.autoconfigure.LeaseProperties;
import io.kinesisspring.boot.autoconfigure.OptionProperties;
import io.kinesisspring.lease.LeaseStore;
import io.kinesisspring.lease.dynamodb.DynamoDbLeaseStore;
import io.kinesisspring.lease.dynamodb.LeaseImport;
import io.kinesisspring.lease.dynamodb.TableObserver;
import io.kinesisspring.lease.dynamodb.TableOptions;
import io.kinesisspring.lease.dynamodb.TableSettings;

/**
 * Creates lease stores in DynamoDB. The table has the configured name, or the name of the
 * application.
 */
final class DynamoDbLeaseStores {

	private static final Pattern TABLE = Pattern.compile("[a-zA-Z0-9_.-]{3,255}|arn:aws[^:]*:dynamodb:.+");

	private final LeaseProperties properties;

	private final @Nullable String defaultApplication;

	private final Supplier<DynamoDbAsyncClient> client;

	private final TableObserver observer;

	DynamoDbLeaseStores(LeaseProperties properties, @Nullable String defaultApplication,
			Supplier<DynamoDbAsyncClient> client, TableObserver observer) {
		this.properties = properties;
		this.defaultApplication = defaultApplication;
		this.client = client;
		this.observer = new DifferencesLog(observer);
	}

	LeaseStore create(String application) {
		return new DynamoDbLeaseStore(client(), application, table(application), this.observer, imports(application));
	}

	DynamoDbAsyncClient client() {
		return this.client.get();
	}

	TableSettings table(String application) {
		try {
			return new TableSettings(tableName(application), keyAttribute(), this.properties.createTable(),
					this.properties.shared(), options(this.properties.table()));
		}
		catch (InvalidOptionException ex) {
			throw OptionProperties.translate(ex);
		}
	}

	private static TableOptions options(LeaseProperties.Table table) {
		return new TableOptions(table.billingMode(), table.readCapacityUnits(), table.writeCapacityUnits(),
				table.tableClass(), table.deletionProtection(), table.pointInTimeRecovery(), table.tags());
	}

	/**
	 * The tables from which an application imports checkpoints.
	 */
	List<LeaseImport> imports(String application) {
		List<LeaseImport> imports = new ArrayList<>();
		for (LeaseProperties.Import source : this.properties.imports()) {
			String tableName = source.tableName();
			if (!StringUtils.hasText(tableName)) {
				throw new KinesisConfigurationException(
						"kinesis.lease.imports[" + this.properties.imports().indexOf(source)
								+ "].table-name is not set",
						"Set it to the table whose checkpoints to import, or remove the entry");
			}
			String taker = textOrNull(source.application());
			if (application.equals((taker != null) ? taker : this.defaultApplication)) {
				imports
					.add(new LeaseImport(tableName, textOrNull(source.stream()), textOrNull(source.consumerGroup())));
			}
		}
		return imports;
	}

	private static @Nullable String textOrNull(@Nullable String text) {
		return StringUtils.hasText(text) ? text : null;
	}

	private String tableName(String application) {
		String own = this.properties.tableNames().get(application);
		String configured = StringUtils.hasText(own) ? own : this.properties.tableName();
		boolean named = StringUtils.hasText(configured);
		if (this.properties.shared() && !named) {
			throw new KinesisConfigurationException(
					"kinesis.lease.shared is 'true' and kinesis.lease.table-name is not set",
					"Set kinesis.lease.table-name to the same table in each application that shares it, or leave kinesis.lease.shared out");
		}
		String name = named ? String.valueOf(configured) : application;
		if (!TABLE.matcher(name).matches()) {
			String property = "kinesis.lease.table-name" + (StringUtils.hasText(own) ? "s." + application : "");
			throw new KinesisConfigurationException(
					(named ? property + " is '" + name + "'"
							: "kinesis.lease.table-name is not set and the application's name is '" + name + "'")
							+ ", which is no name of a DynamoDB table",
					"Set " + property + " to 3 to 255 characters out of a-z A-Z 0-9 _ . -");
		}
		return name;
	}

	private String keyAttribute() {
		if (!StringUtils.hasText(this.properties.keyAttribute())) {
			throw new KinesisConfigurationException("kinesis.lease.key-attribute is empty",
					"Set it to the table's key, or leave it out for '" + TableSettings.DEFAULT_KEY_ATTRIBUTE + "'");
		}
		return this.properties.keyAttribute();
	}

}
