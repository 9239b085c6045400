package io.kinesisspring.wire;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Decodes the response to GetRecords, completely or not at all. It knows all fields
 * except child shards, which come once in a shard's life. Unknown fields and unusual CBOR
 * are left to the SDK. Not thread-safe.
 */
final class RecordsDecoder {

	private static final byte[][] RESPONSE = CborInput.names("Records", "MillisBehindLatest", "NextShardIterator",
			"ChildShards");

	private static final byte[][] RECORD = CborInput.names("SequenceNumber", "ApproximateArrivalTimestamp", "Data",
			"PartitionKey", "EncryptionType");

	private final CborInput input;

	private @Nullable DecodedRecords records;

	private @Nullable Long millisBehindLatest;

	private @Nullable String nextShardIterator;

	/** The last time of arrival. Many records arrive in the same millisecond. */
	private Instant arrival = Instant.EPOCH;

	private RecordsDecoder(CborInput input) {
		this.input = input;
	}

	/**
	 * Decode a response.
	 * @param chunks its chunks, each with an accessible array
	 * @return the response
	 * @throws NotUnderstoodException if the SDK has to decode it
	 */
	static RecordsResponse decode(List<ByteBuffer> chunks) {
		CborInput input = new CborInput(chunks);
		RecordsDecoder decoder = new RecordsDecoder(input);
		input.fields(input.next(), RESPONSE, decoder::readResponseField);
		if (decoder.records == null || input.remaining() > 0) {
			throw new NotUnderstoodException("no records, or more than a response");
		}
		return new RecordsResponse(decoder.records, decoder.millisBehindLatest, decoder.nextShardIterator, List.of());
	}

	private void readResponseField(int field) {
		switch (field) {
			case 0 -> readRecords();
			case 1 -> {
				this.millisBehindLatest = optionalNumber(this.input.next());
			}
			case 2 -> {
				this.nextShardIterator = this.input.text();
			}
			default -> readNoChildShards();
		}
	}

	private void readNoChildShards() {
		int head = this.input.next();
		if (head != CborInput.NULL && this.input.size(head, CborInput.ARRAY) != 0) {
			throw new NotUnderstoodException("child shards");
		}
	}

	private void readRecords() {
		if (this.records != null) {
			throw new NotUnderstoodException("two lists of records");
		}
		long size = this.input.size(this.input.next(), CborInput.ARRAY);
		DecodedRecords decoded = new DecodedRecords(size);
		RecordReader reader = new RecordReader();
		for (long i = 0; i != size; i++) {
			int head = this.input.next();
			if (size == CborInput.INDEFINITE && head == CborInput.BREAK) {
				break;
			}
			reader.clear();
			this.input.fields(head, RECORD, reader);
			reader.addTo(decoded);
		}
		this.records = decoded;
	}

	private @Nullable Long optionalNumber(int head) {
		return (head != CborInput.NULL) ? this.input.number(head, CborInput.UNSIGNED) : null;
	}

	private @Nullable Instant time() {
		int head = this.input.next();
		if (head == CborInput.NULL) {
			return null;
		}
		long millis = this.input.number((head == CborInput.TIMESTAMP_TAG) ? this.input.next() : head,
				CborInput.UNSIGNED);
		if (this.arrival.toEpochMilli() != millis) {
			this.arrival = Instant.ofEpochMilli(millis);
		}
		return this.arrival;
	}

	/**
	 * Reads the fields of a record. As in the SDK, the last one of a name counts.
	 */
	private final class RecordReader implements CborInput.FieldReader {

		private @Nullable String sequenceNumber;

		private @Nullable String partitionKey;

		private @Nullable Instant arrivedAt;

		private byte @Nullable [] data;

		void clear() {
			this.sequenceNumber = null;
			this.partitionKey = null;
			this.arrivedAt = null;
			this.data = null;
		}

		void addTo(DecodedRecords decoded) {
			if (this.sequenceNumber == null || this.data == null) {
				throw new NotUnderstoodException("an incomplete record");
			}
			decoded.add(this.sequenceNumber, this.partitionKey, this.arrivedAt, this.data);
		}

		@Override
		public void read(int field) {
			CborInput input = RecordsDecoder.this.input;
			switch (field) {
				case 0 -> {
					this.sequenceNumber = input.text();
				}
				case 1 -> {
					this.arrivedAt = time();
				}
				case 2 -> {
					this.data = input.data();
				}
				case 3 -> {
					this.partitionKey = input.text();
				}
				default -> input.text();
			}
		}

	}

}
