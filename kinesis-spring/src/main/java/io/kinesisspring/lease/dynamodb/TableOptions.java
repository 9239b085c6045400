package io.kinesisspring.lease.dynamodb;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.kinesisspring.InvalidOptionException;

/**
 * What a table gets when it is created. An option that is {@code null} leaves the choice
 * to DynamoDB, or to on-demand billing, and is not compared with a table that exists. An
 * existing table is not changed, except that point-in-time recovery is enabled if the
 * option asks for it, because that is a second step after the creation. Immutable.
 *
 * @param billingMode how requests are billed, {@code null} for on-demand
 * @param readCapacityUnits the provisioned reads a second, with
 * {@link BillingMode#PROVISIONED} only
 * @param writeCapacityUnits the provisioned writes a second, with
 * {@link BillingMode#PROVISIONED} only
 * @param tableClass the class of the table, {@code null} for the standard class
 * @param deletionProtection whether the table is protected against deletion, {@code null}
 * if it is not
 * @param pointInTimeRecovery whether to enable point-in-time recovery on a table that has
 * none
 * @param tags the tags of the table
 * @since 0.1.0
 */
public record TableOptions(@Nullable BillingMode billingMode, @Nullable Long readCapacityUnits,
		@Nullable Long writeCapacityUnits, @Nullable TableClass tableClass, @Nullable Boolean deletionProtection,
		boolean pointInTimeRecovery, Map<String, String> tags) {

	/** Options that are all left open. */
	public static final TableOptions DEFAULTS = new TableOptions(null, null, null, null, null, false, Map.of());

	/**
	 * Create options.
	 * @throws InvalidOptionException if capacity units and billing mode do not match
	 */
	public TableOptions {
		tags = Map.copyOf(tags);
		assertPositive("readCapacityUnits", readCapacityUnits);
		assertPositive("writeCapacityUnits", writeCapacityUnits);
		boolean provisioned = billingMode == BillingMode.PROVISIONED;
		if (provisioned && (readCapacityUnits == null || writeCapacityUnits == null)) {
			throw invalid("{billingMode} is 'provisioned' and "
					+ ((readCapacityUnits != null) ? "{writeCapacityUnits}" : "{readCapacityUnits}") + " is not set",
					"Set {readCapacityUnits} and {writeCapacityUnits}, or set {billingMode} to 'on-demand'");
		}
		if (!provisioned && (readCapacityUnits != null || writeCapacityUnits != null)) {
			throw invalid(
					((readCapacityUnits != null) ? "{readCapacityUnits} is '" + readCapacityUnits
							: "{writeCapacityUnits} is '" + writeCapacityUnits) + "' and {billingMode} is "
							+ ((billingMode != null) ? "'on-demand'" : "not set"),
					"Set {billingMode} to 'provisioned', or leave the capacity units out");
		}
	}

	private static void assertPositive(String option, @Nullable Long units) {
		if (units != null && units < 1) {
			throw invalid("{" + option + "} is '" + units + "'", "Set it to 1 or more");
		}
	}

	private static InvalidOptionException invalid(String description, String action) {
		return new InvalidOptionException(InvalidOptionException.Group.LEASE_TABLE, description, action);
	}

	/**
	 * How the requests to a table are billed.
	 */
	public enum BillingMode {

		/** Each request is billed. */
		ON_DEMAND,

		/** The capacity units are billed, used or not. */
		PROVISIONED

	}

	/**
	 * The class of a table, which decides what storage and requests cost.
	 */
	public enum TableClass {

		/** The default, the right one for leases unless you know better. */
		STANDARD,

		/** Cheaper storage, more expensive requests. */
		STANDARD_INFREQUENT_ACCESS

	}

}
