package io.kinesisspring.embedded.action;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

import io.kinesisspring.embedded.protocol.Errors;
import io.kinesisspring.embedded.store.StoredRecord;

/**
 * A record to put, as it stands in the request.
 *
 * @param partitionKey the partition key
 * @param explicitHashKey the hash key that overrides the partition key's
 * @param data the payload
 */
record PutEntry(@Nullable String partitionKey, @Nullable String explicitHashKey, byte @Nullable [] data) {

	private static final byte[] NOTHING = {};

	static List<PutEntry> readAll(JsonParser parser) {
		List<PutEntry> entries = new ArrayList<>();
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			entries.add(read(parser));
		}
		return entries;
	}

	private static PutEntry read(JsonParser parser) {
		String partitionKey = null;
		String explicitHashKey = null;
		byte[] data = null;
		if (parser.currentToken() != JsonToken.START_OBJECT) {
			throw Errors.serialization("Start of structure or map found where not expected.");
		}
		for (JsonToken token = parser.nextToken(); token != JsonToken.END_OBJECT; token = parser.nextToken()) {
			if (token != JsonToken.PROPERTY_NAME) {
				throw Errors.serialization("The request ends within a structure.");
			}
			String name = parser.currentName();
			boolean isNull = parser.nextToken() == JsonToken.VALUE_NULL;
			if (name.equals("PartitionKey")) {
				partitionKey = isNull ? null : string(parser);
			}
			else if (name.equals("ExplicitHashKey")) {
				explicitHashKey = isNull ? null : string(parser);
			}
			else if (name.equals("Data")) {
				data = isNull ? null : parser.getBinaryValue();
			}
			else {
				parser.skipChildren();
			}
		}
		return new PutEntry(partitionKey, explicitHashKey, data);
	}

	private static String string(JsonParser parser) {
		if (parser.currentToken() != JsonToken.VALUE_STRING) {
			throw Errors.serialization(parser.currentToken() + " can not be converted to a String");
		}
		return parser.getString();
	}

	/**
	 * Return the entry's size as the service counts it.
	 */
	int size() {
		return StoredRecord.size(this.partitionKey, (this.data != null) ? this.data : NOTHING);
	}

}
