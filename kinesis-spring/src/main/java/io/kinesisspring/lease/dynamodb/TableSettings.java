package io.kinesisspring.lease.dynamodb;

import java.util.HashMap;
import java.util.Map;

import org.springframework.util.Assert;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import io.kinesisspring.InvalidOptionException;

/**
 * The table that holds leases. Immutable.
 *
 * @param name its name
 * @param keyAttribute its HASH key, a string, or its RANGE key if it is shared; default
 * {@code shard}
 * @param create whether to create it if it is missing; default {@code true}
 * @param shared whether several applications share it. Its HASH key is then
 * {@code application}, a string, and each application reads and writes the rows with its
 * own name only; default {@code false}
 * @param options what it gets when it is created
 * @since 0.1.0
 */
public record TableSettings(String name, String keyAttribute, boolean create, boolean shared, TableOptions options) {

	/** The default of {@code keyAttribute}. */
	public static final String DEFAULT_KEY_ATTRIBUTE = "shard";

	/** The attribute with the name of the application, the HASH key of a shared table. */
	public static final String APPLICATION_ATTRIBUTE = "application";

	/**
	 * Create settings.
	 * @throws InvalidOptionException if a shared table has the key attribute
	 * {@code application}
	 */
	public TableSettings {
		Assert.hasText(name, "'name' must not be empty");
		Assert.hasText(keyAttribute, "'keyAttribute' must not be empty");
		Assert.notNull(options, "'options' must not be null");
		if (shared && keyAttribute.equals(APPLICATION_ATTRIBUTE)) {
			throw new InvalidOptionException(InvalidOptionException.Group.LEASE,
					"{shared} is 'true' and {keyAttribute} is '" + APPLICATION_ATTRIBUTE
							+ "', which is the HASH key of a shared table",
					"Leave {keyAttribute} out, or set it to another name");
		}
	}

	/**
	 * Create settings with the defaults.
	 * @param name its name
	 * @return the settings
	 */
	public static TableSettings named(String name) {
		return new TableSettings(name, DEFAULT_KEY_ATTRIBUTE, true, false, TableOptions.DEFAULTS);
	}

	/**
	 * The primary key of a row.
	 * @param application the application of the row
	 * @param key the key of a lease, or of another kind of row
	 * @return the key attributes
	 */
	public Map<String, AttributeValue> key(String application, String key) {
		Map<String, AttributeValue> own = Map.of(this.keyAttribute, AttributeValue.fromS(key));
		if (!this.shared) {
			return own;
		}
		Map<String, AttributeValue> both = new HashMap<>(own);
		both.put(APPLICATION_ATTRIBUTE, AttributeValue.fromS(application));
		return both;
	}

	/**
	 * Copy the settings for a table that several applications share.
	 * @return settings of a shared table
	 */
	public TableSettings withSharing() {
		return new TableSettings(this.name, this.keyAttribute, this.create, true, this.options);
	}

	/**
	 * Copy the settings with other options.
	 * @param other what the table gets when it is created
	 * @return settings with these options
	 */
	public TableSettings withOptions(TableOptions other) {
		return new TableSettings(this.name, this.keyAttribute, this.create, this.shared, other);
	}

}
