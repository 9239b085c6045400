package io.kinesisspring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.kinesisspring.lease.dynamodb.TableOptions.BillingMode;
import io.kinesisspring.lease.dynamodb.TableOptions.TableClass;

/**
 * How instances share the shards.
 *
 * @param store Where leases and checkpoints are kept: 'dynamodb', 'memory', 'none', or
 * the name of a store that another library brings.
 * @param tableName Name of the DynamoDB table. Each application needs its own table,
 * unless 'shared' is set.
 * @param tableNames Names of the tables of single applications, by application name. They
 * override 'table-name'.
 * @param shared Whether several applications share the table. Each of them must set this
 * property and the same 'table-name'.
 * @param keyAttribute Name of the table's HASH key, a string. RANGE key of a shared
 * table.
 * @param createTable Whether to create the table if it does not exist.
 * @param table What the table gets when it is created. An existing table is not changed.
 * @param failoverAfter Time without a heartbeat of an instance after which others take
 * its leases.
 * @param maxPerListener Maximum number of shards that a listener reads in this instance.
 * If not set, there is no limit.
 * @param imports Other tables whose checkpoints are imported, once, before the first
 * record is read.
 * @since 0.1.0
 */
public record LeaseProperties(@DefaultValue("dynamodb") String store, @Nullable String tableName,
		@DefaultValue Map<String, String> tableNames, boolean shared, @DefaultValue("shard") String keyAttribute,
		@DefaultValue("true") boolean createTable, @DefaultValue Table table,
		@DefaultValue("10s") Duration failoverAfter, @Nullable Integer maxPerListener,
		@DefaultValue List<Import> imports) {

	/**
	 * What the table gets when it is created. An existing table is not changed.
	 *
	 * @param billingMode How requests are billed. If not set, on-demand.
	 * @param readCapacityUnits Provisioned read capacity. Required for 'provisioned'.
	 * @param writeCapacityUnits Provisioned write capacity. Required for 'provisioned'.
	 * @param tableClass Class of the table. If not set, standard.
	 * @param deletionProtection Whether the table is protected against deletion. If not
	 * set, it is not.
	 * @param pointInTimeRecovery Whether to enable point-in-time recovery, also on an
	 * existing table that does not have it.
	 * @param tags Tags of the table.
	 */
	public record Table(@Nullable BillingMode billingMode, @Nullable Long readCapacityUnits,
			@Nullable Long writeCapacityUnits, @Nullable TableClass tableClass, @Nullable Boolean deletionProtection,
			boolean pointInTimeRecovery, @DefaultValue Map<String, String> tags) {

	}

	/**
	 * A table of the Kinesis Client Library, a metadata store of Spring Integration, or
	 * another lease table of this library.
	 *
	 * @param tableName Name or ARN of the table.
	 * @param stream Name of the stream whose checkpoints are imported. Required for a KCL
	 * table of a single stream. If not set, all streams that the table names.
	 * @param consumerGroup Group whose checkpoints are imported from a metadata store, or
	 * application whose checkpoints are imported from another lease table. If not set,
	 * the application.
	 * @param application Application that imports them. If not set, the value of
	 * kinesis.application-name.
	 */
	@ConfigurationPropertiesSource
	public record Import(@Nullable String tableName, @Nullable String stream, @Nullable String consumerGroup,
			@Nullable String application) {

	}

}
