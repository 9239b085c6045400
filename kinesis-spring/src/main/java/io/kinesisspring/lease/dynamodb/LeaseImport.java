package io.kinesisspring.lease.dynamodb;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A table of another library whose checkpoints are imported, once. It is a lease table of
 * the KCL (1.x to 3.x) or one of Spring Integration's {@code DynamoDbMetadataStore}, and
 * its rows show which. The table is read and never written. Immutable.
 *
 * @param tableName name or ARN of the table; the KCL names it like its application
 * @param stream name of the stream whose checkpoints are taken over. A KCL table of a
 * single stream does not say which one that is, so it must be said here; {@code null}
 * takes over all streams that the rows name
 * @param consumerGroup the group whose checkpoints are taken over from a metadata store,
 * where {@code null} is the name of the application; means nothing for a KCL table
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
