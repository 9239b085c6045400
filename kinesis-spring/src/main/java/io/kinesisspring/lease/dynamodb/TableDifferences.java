package io.kinesisspring.lease.dynamodb;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.BillingModeSummary;
import software.amazon.awssdk.services.dynamodb.model.TableClassSummary;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

import io.kinesisspring.InvalidOptionException;
import io.kinesisspring.lease.dynamodb.TableOptions.BillingMode;
import io.kinesisspring.lease.dynamodb.TableOptions.TableClass;

/**
 * Compares the description of a table with the options that are set. Capacity units are
 * not compared, because auto scaling may change them. Tags and point-in-time recovery are
 * not part of the description.
 */
final class TableDifferences {

	private final String table;

	private final List<InvalidOptionException> found = new ArrayList<>();

	private TableDifferences(String table) {
		this.table = table;
	}

	/**
	 * The options that the table does not have, each with its remedy.
	 */
	static List<InvalidOptionException> between(TableSettings table, TableDescription description) {
		TableDifferences differences = new TableDifferences(table.name());
		TableOptions options = table.options();
		differences.compare("billingMode", options.billingMode(), billingMode(description.billingModeSummary()));
		differences.compare("tableClass", options.tableClass(), tableClass(description.tableClassSummary()));
		differences.compare("deletionProtection", options.deletionProtection(),
				Boolean.TRUE.equals(description.deletionProtectionEnabled()));
		return differences.found;
	}

	/**
	 * A table without a summary has always been provisioned.
	 */
	private static BillingMode billingMode(@Nullable BillingModeSummary summary) {
		return (summary != null
				&& summary.billingMode() == software.amazon.awssdk.services.dynamodb.model.BillingMode.PAY_PER_REQUEST)
						? BillingMode.ON_DEMAND : BillingMode.PROVISIONED;
	}

	private static TableClass tableClass(@Nullable TableClassSummary summary) {
		return (summary != null && summary
			.tableClass() == software.amazon.awssdk.services.dynamodb.model.TableClass.STANDARD_INFREQUENT_ACCESS)
					? TableClass.STANDARD_INFREQUENT_ACCESS : TableClass.STANDARD;
	}

	private void compare(String option, @Nullable Object wanted, Object actual) {
		if (wanted != null && !wanted.equals(actual)) {
			this.found.add(new InvalidOptionException(InvalidOptionException.Group.LEASE_TABLE,
					"{" + option + "} is '" + text(wanted) + "', and the lease table '" + this.table + "' has '"
							+ text(actual) + "'. An existing table is not changed",
					"Change the table, or set {" + option + "} to '" + text(actual) + "'"));
		}
	}

	private static String text(Object value) {
		return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
