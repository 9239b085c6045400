package io.kinesisspring.lease.dynamodb;

import org.springframework.util.Assert;

/**
 * The table that holds leases. Immutable.
 *
 * @param name its name
 * @param keyAttribute its HASH key, a string; default {@code shard}
 * @param create whether to create it if it is missing, with on-demand billing; default
 * {@code true}
 * @since 0.1.0
 */
public record TableSettings(String name, String keyAttribute, boolean create) {

	/** The default of {@code keyAttribute}. */
	public static final String DEFAULT_KEY_ATTRIBUTE = "shard";

	public TableSettings {
		Assert.hasText(name, "'name' must not be empty");
		Assert.hasText(keyAttribute, "'keyAttribute' must not be empty");
	}

	/**
	 * Create settings with the defaults.
	 * @param name its name
	 * @return the settings
	 */
	public static TableSettings named(String name) {
		return new TableSettings(name, DEFAULT_KEY_ATTRIBUTE, true);
	}

}
