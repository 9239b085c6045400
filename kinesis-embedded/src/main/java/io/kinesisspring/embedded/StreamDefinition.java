package io.kinesisspring.embedded;

import java.util.regex.Pattern;

import io.kinesisspring.embedded.protocol.ServiceException;
import io.kinesisspring.embedded.store.Account;
import io.kinesisspring.embedded.store.StreamSettings;

/**
 * A stream to create.
 *
 * @param name the name of the stream
 * @param shards the number of its shards
 * @param settings its mode, and who distributes its records
 */
record StreamDefinition(String name, int shards, StreamSettings settings) {

	private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");

	private static final int PARTS = 3;

	StreamDefinition {
		if (!NAME.matcher(name).matches()) {
			throw new IllegalArgumentException(
					"'" + name + "' is no name of a stream: use 1 to 128 characters out of a-z A-Z 0-9 _ . -");
		}
		if (shards < 1) {
			throw new IllegalArgumentException(
					"The stream '" + name + "' must have at least one shard but is given " + shards);
		}
	}

	/**
	 * Define a stream in provisioned mode.
	 */
	StreamDefinition(String name, int shards) {
		this(name, shards, StreamSettings.defaults());
	}

	/**
	 * Create the stream.
	 * @param account the account of the stream
	 * @param unlessPresent whether to leave a stream with this name as it is
	 * @throws IllegalStateException if the stream exists or the shard limit is reached
	 */
	void createIn(Account account, boolean unlessPresent) {
		if (unlessPresent && account.streams().stream().anyMatch((stream) -> stream.name().equals(this.name))) {
			return;
		}
		try {
			account.create(this.name, this.shards, this.settings);
		}
		catch (ServiceException ex) {
			throw new IllegalStateException(
					"The stream '" + this.name + "' with " + this.shards + " shards cannot be created: " + ex.message(),
					ex);
		}
	}

	/**
	 * Parse a definition of the form {@code name}, {@code name:shards} or
	 * {@code name:shards:mode}.
	 * @param text the text to parse
	 * @return the definition
	 * @throws IllegalArgumentException if the text has another form
	 */
	static StreamDefinition parse(String text) {
		String[] parts = text.split(":", PARTS);
		try {
			int shards = (parts.length > 1) ? Integer.parseInt(parts[1].trim()) : 1;
			return new StreamDefinition(parts[0].trim(), shards,
					(parts.length == PARTS) ? settings(text, parts[2].trim()) : StreamSettings.defaults());
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("'" + text + "' must be of the form 'name:shards' or 'name:shards:mode'",
					ex);
		}
	}

	private static StreamSettings settings(String text, String mode) {
		return switch (mode) {
			case "provisioned" -> StreamSettings.defaults();
			case "on-demand" -> StreamSettings.defaults().withOnDemand(true);
			case "auto" -> StreamSettings.auto();
			default -> throw new IllegalArgumentException(
					"'" + text + "' has the mode '" + mode + "' but must have one of provisioned, on-demand and auto");
		};
	}

}
