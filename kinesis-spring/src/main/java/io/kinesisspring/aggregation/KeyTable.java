package io.kinesisspring.aggregation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of an aggregated record, each of which is stored once. Not thread-safe.
 */
final class KeyTable {

	private final int field;

	private final Map<String, Integer> indexes = new HashMap<>();

	private final List<byte[]> keys = new ArrayList<>();

	/**
	 * Create a table.
	 * @param field the number of the field that holds a key
	 */
	KeyTable(int field) {
		this.field = field;
	}

	/**
	 * Where a key is or would be.
	 * @param key the key
	 * @return its index
	 */
	int index(String key) {
		return this.indexes.getOrDefault(key, this.keys.size());
	}

	/**
	 * How many bytes the table would grow by.
	 * @param key the key
	 * @return 0 if it is known
	 */
	int growth(String key) {
		return this.indexes.containsKey(key) ? 0
				: MessageWriter.sizeOfBytes(key.getBytes(StandardCharsets.UTF_8).length);
	}

	int add(String key) {
		Integer index = this.indexes.putIfAbsent(key, this.keys.size());
		if (index != null) {
			return index;
		}
		this.keys.add(key.getBytes(StandardCharsets.UTF_8));
		return this.keys.size() - 1;
	}

	void write(MessageWriter message) {
		for (byte[] key : this.keys) {
			message.bytes(this.field, key);
		}
	}

}
