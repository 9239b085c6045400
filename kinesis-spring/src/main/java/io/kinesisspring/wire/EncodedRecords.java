package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The records of a response, as it has them. Each value is decoded when a caller asks for
 * it, so that records that wait are a few arrays, which the garbage collector copies
 * faster than the objects of each record. The response has been checked: each record has
 * a sequence number and data, and no value fails to be decoded. Immutable once a caller
 * has it, and thread-safe.
 *
 * @since 0.1.0
 */
public final class EncodedRecords implements StoredRecords {

	/** The service's limit for a response. */
	private static final int MOST_RECORDS = 10_000;

	/** The time of arrival if that is unknown. */
	static final long NO_TIME = -1;

	private final byte[][] chunks;

	/** Where the chunks begin in their arrays. */
	private final int[] offsets;

	/** Where the chunks begin in the response, and, as the last one, where it ends. */
	private final int[] starts;

	private long[] sequenceNumbers;

	private long[] partitionKeys;

	private long[] arrivals;

	private long[] data;

	private int size;

	private boolean ascending = true;

	/** The bytes with which the data of records begins. */
	private final BitSet firstBytes = new BitSet(256);

	/** The chunk of the last value. The next value is probably in it. */
	private int recentChunk;

	/** The last time of arrival. Many records arrive in the same millisecond. */
	private Instant recentArrival = Instant.EPOCH;

	/**
	 * Create an empty list.
	 * @param content the chunks of the response, each with an accessible array
	 * @param expected the expected number of records
	 */
	EncodedRecords(List<ByteBuffer> content, long expected) {
		this.chunks = new byte[content.size()][];
		this.offsets = new int[content.size()];
		this.starts = new int[content.size() + 1];
		for (int i = 0; i < content.size(); i++) {
			ByteBuffer chunk = content.get(i);
			this.chunks[i] = chunk.array();
			this.offsets[i] = chunk.arrayOffset() + chunk.position();
			this.starts[i + 1] = this.starts[i] + chunk.remaining();
		}
		int capacity = (int) Math.max(0, Math.min(expected, MOST_RECORDS));
		this.sequenceNumbers = new long[capacity];
		this.partitionKeys = new long[capacity];
		this.arrivals = new long[capacity];
		this.data = new long[capacity];
	}

	/**
	 * Add a record.
	 * @param sequenceNumber where its sequence number is, see {@link CborInput#NO_SPAN}
	 * @param partitionKey where its partition key is
	 * @param arrival when it arrived, in milliseconds, or {@link #NO_TIME}
	 * @param content where its data is
	 */
	void add(long sequenceNumber, long partitionKey, long arrival, long content) {
		if (this.size == this.data.length) {
			int capacity = Math.max(64, 2 * this.size);
			this.sequenceNumbers = Arrays.copyOf(this.sequenceNumbers, capacity);
			this.partitionKeys = Arrays.copyOf(this.partitionKeys, capacity);
			this.arrivals = Arrays.copyOf(this.arrivals, capacity);
			this.data = Arrays.copyOf(this.data, capacity);
		}
		this.ascending = this.ascending && isNext(sequenceNumber);
		if (CborInput.length(content) > 0) {
			this.firstBytes.set(byteAt(CborInput.start(content)) & 0xFF);
		}
		this.sequenceNumbers[this.size] = sequenceNumber;
		this.partitionKeys[this.size] = partitionKey;
		this.arrivals[this.size] = arrival;
		this.data[this.size++] = content;
	}

	/**
	 * Whether a sequence number is a decimal number without leading zeros, and greater
	 * than the last one.
	 */
	private boolean isNext(long span) {
		int length = CborInput.length(span);
		byte[] source = source(span);
		int from = from(span, source);
		if (length == 0 || !Ascii.isDecimal(source, from, length) || (length > 1 && source[from] == '0')) {
			return false;
		}
		if (this.size == 0) {
			return true;
		}
		long last = this.sequenceNumbers[this.size - 1];
		int lastLength = CborInput.length(last);
		if (lastLength != length) {
			return lastLength < length;
		}
		byte[] lastSource = source(last);
		int lastFrom = from(last, lastSource);
		return Arrays.compare(lastSource, lastFrom, lastFrom + length, source, from, from + length) < 0;
	}

	@Override
	public int size() {
		return this.size;
	}

	/**
	 * Return whether each sequence number is a decimal number without leading zeros, and
	 * greater than the one before, as the service has them.
	 * @return whether all of them are
	 */
	public boolean isAscending() {
		return this.ascending;
	}

	/**
	 * Return whether the data of any record begins with a byte.
	 * @param first the byte
	 * @return whether any does
	 */
	public boolean hasFirstByte(byte first) {
		return this.firstBytes.get(first & 0xFF);
	}

	@Override
	public String sequenceNumber(int index) {
		return text(this.sequenceNumbers[index]);
	}

	@Override
	public @Nullable String partitionKey(int index) {
		long span = this.partitionKeys[index];
		return (span != CborInput.NO_SPAN) ? text(span) : null;
	}

	@Override
	public @Nullable Instant approximateArrival(int index) {
		long millis = this.arrivals[index];
		if (millis == NO_TIME) {
			return null;
		}
		Instant recent = this.recentArrival;
		if (recent.toEpochMilli() != millis) {
			recent = Instant.ofEpochMilli(millis);
			this.recentArrival = recent;
		}
		return recent;
	}

	@Override
	public byte[] data(int index) {
		long span = this.data[index];
		return copy(CborInput.start(span), CborInput.length(span));
	}

	/**
	 * Return the length of the data of a record.
	 * @param index the index of the record, from 0
	 * @return the length in bytes
	 */
	public int dataLength(int index) {
		return CborInput.length(this.data[index]);
	}

	/**
	 * Return the first byte of the data of a record.
	 * @param index the index of the record, from 0
	 * @return the byte; 0 if there is none
	 */
	public byte firstByte(int index) {
		long span = this.data[index];
		return (CborInput.length(span) > 0) ? byteAt(CborInput.start(span)) : 0;
	}

	private String text(long span) {
		byte[] source = source(span);
		return new String(source, from(span, source), CborInput.length(span), StandardCharsets.UTF_8);
	}

	/**
	 * An array that has a value: that of its chunk, or a copy if more chunks have it.
	 */
	private byte[] source(long span) {
		int start = CborInput.start(span);
		int chunk = chunkOf(start);
		return (start + CborInput.length(span) <= this.starts[chunk + 1]) ? this.chunks[chunk]
				: copy(start, CborInput.length(span));
	}

	/**
	 * Where a value begins in its array.
	 */
	private int from(long span, byte[] source) {
		int start = CborInput.start(span);
		int chunk = chunkOf(start);
		return (source == this.chunks[chunk]) ? arrayIndex(chunk, start) : 0;
	}

	private byte byteAt(int position) {
		int chunk = chunkOf(position);
		return this.chunks[chunk][arrayIndex(chunk, position)];
	}

	private byte[] copy(int start, int length) {
		byte[] copy = new byte[length];
		int copied = 0;
		for (int chunk = chunkOf(start); copied < length; chunk++) {
			int position = start + copied;
			int part = Math.min(length - copied, this.starts[chunk + 1] - position);
			System.arraycopy(this.chunks[chunk], arrayIndex(chunk, position), copy, copied, part);
			copied += part;
		}
		return copy;
	}

	private int arrayIndex(int chunk, int position) {
		return this.offsets[chunk] + (position - this.starts[chunk]);
	}

	/**
	 * The chunk with a position. At the end of the response, it is the last one.
	 */
	private int chunkOf(int position) {
		int chunk = this.recentChunk;
		if (has(chunk, position)) {
			return chunk;
		}
		chunk++;
		if (chunk == this.chunks.length || !has(chunk, position)) {
			int found = Arrays.binarySearch(this.starts, position);
			chunk = (found >= 0) ? found : -found - 2;
			while (chunk + 1 < this.chunks.length && this.starts[chunk + 1] <= position) {
				chunk++;
			}
			chunk = Math.min(chunk, this.chunks.length - 1);
		}
		this.recentChunk = chunk;
		return chunk;
	}

	private boolean has(int chunk, int position) {
		return this.starts[chunk] <= position && position < this.starts[chunk + 1];
	}

}
