package io.kinesisspring.lease.dynamodb;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Reads the rows of another library.
 */
interface ForeignTable {

	/**
	 * Whether the library has written a row, judged by its key.
	 */
	boolean matches(Map<String, AttributeValue> item);

	/**
	 * The checkpoints in the rows of the library.
	 * @throws io.kinesisspring.KinesisConfigurationException if a row cannot be
	 * interpreted
	 */
	List<ImportedRow> read(List<Map<String, AttributeValue>> items);

	static @Nullable String text(Map<String, AttributeValue> item, String attribute) {
		AttributeValue value = item.get(attribute);
		return (value != null) ? value.s() : null;
	}

}
