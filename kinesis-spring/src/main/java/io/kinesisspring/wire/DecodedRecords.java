package io.kinesisspring.wire;

import java.time.Instant;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Records in columns, so that no record needs an object of its own. Not thread-safe while
 * records are added.
 */
final class DecodedRecords implements StoredRecords {

	/** The service's limit for a response. */
	private static final int MOST_RECORDS = 10_000;

	private String[] sequenceNumbers;

	private @Nullable String[] partitionKeys;

	private @Nullable Instant[] arrivals;

	private byte[][] data;

	private int size;

	/**
	 * Create an empty list.
	 * @param expected the expected number of records
	 */
	DecodedRecords(long expected) {
		int capacity = (int) Math.max(0, Math.min(expected, MOST_RECORDS));
		this.sequenceNumbers = new String[capacity];
		this.partitionKeys = new String[capacity];
		this.arrivals = new Instant[capacity];
		this.data = new byte[capacity][];
	}

	void add(String sequenceNumber, @Nullable String partitionKey, @Nullable Instant arrival, byte[] content) {
		if (this.size == this.data.length) {
			int capacity = Math.max(64, 2 * this.size);
			this.sequenceNumbers = Arrays.copyOf(this.sequenceNumbers, capacity);
			this.partitionKeys = Arrays.copyOf(this.partitionKeys, capacity);
			this.arrivals = Arrays.copyOf(this.arrivals, capacity);
			this.data = Arrays.copyOf(this.data, capacity);
		}
		this.sequenceNumbers[this.size] = sequenceNumber;
		this.partitionKeys[this.size] = partitionKey;
		this.arrivals[this.size] = arrival;
		this.data[this.size++] = content;
	}

	@Override
	public int size() {
		return this.size;
	}

	@Override
	public String sequenceNumber(int index) {
		return this.sequenceNumbers[index];
	}

	@Override
	public @Nullable String partitionKey(int index) {
		return this.partitionKeys[index];
	}

	@Override
	public @Nullable Instant approximateArrival(int index) {
		return this.arrivals[index];
	}

	@Override
	public byte[] data(int index) {
		return this.data[index];
	}

}
