package io.kinesisspring.lease.dynamodb;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A table whose checkpoints are imported, once. It is a lease table of the KCL (1.x to
 * 3.x), one of Spring Integration's {@code DynamoDbMetadataStore}, or another lease table
 * of this library, and its rows show which. The table is read and never written.
 * Immutable.
 *
 * @param tableName name or ARN of the table; the KCL names it like its application
 * @param stream name of the stream whose checkpoints are imported. It is required for a
 * KCL table of a single stream, whose rows do not name it; {@code null} imports all
 * streams that the rows name
 * @param consumerGroup the group whose checkpoints are imported from a metadata store, or
 * the application whose checkpoints are imported from a table of this library;
 * {@code null} for the name of the application; ignored for a KCL table
 * @since 0.1.0
 */
public record LeaseImport(String tableName, @Nullable String stream, @Nullable String consumerGroup) {

	public LeaseImport {
		Assert.hasText(tableName, "'tableName' must not be empty");
	}

	/**
	 * The key of the row that marks the import as done.
	 */
	String id() {
		return this.tableName + ":" + Objects.toString(this.stream, "") + ":"
				+ Objects.toString(this.consumerGroup, "");
	}

	/**
	 * Whether the checkpoints of a stream are wanted.
	 */
	boolean wants(String name) {
		return this.stream == null || this.stream.equals(name);
	}

}
